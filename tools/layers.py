#!/usr/bin/env python3
"""Draws which folder includes which, from the real #include lines, and fails on a forbidden arrow.

The house's rule is the table ALLOWED below: a folder may include itself and what is listed. Tests
(files named *_test.c, and everything in tests/) stand outside the house and may include anything.
"""
import os
import re
import sys

CORE_PUBLIC = "include/pincite"
ALLOWED = {
    "include/pincite": [],
    "core/bytes": [CORE_PUBLIC],
    "core/text": ["core/bytes", CORE_PUBLIC],
    "core/cite": ["core/bytes", CORE_PUBLIC],
    "core/format": ["core/bytes", CORE_PUBLIC],
    "core/read": ["core/bytes", "core/cite", "core/format", CORE_PUBLIC],
    "core/search": ["core/bytes", "core/text", "core/read", "core/cite", CORE_PUBLIC],
    "core/page": ["core/bytes", "core/search", "core/read", "core/cite", CORE_PUBLIC],
    "indexer/corpus": ["core/bytes", "core/cite", "core/text", CORE_PUBLIC],
    "indexer/source": ["core/bytes", "core/cite", "indexer/corpus", CORE_PUBLIC],
    "indexer/check": ["core/bytes", "core/cite", "core/text", "indexer/corpus", "indexer/source", CORE_PUBLIC],
    "indexer/evidence": ["core/bytes", "indexer/corpus", "indexer/source", CORE_PUBLIC],
    "indexer/order": ["core/bytes", "indexer/corpus", CORE_PUBLIC],
    "indexer/write": ["core/bytes", "core/text", "core/format", "indexer/corpus", "indexer/source",
                      "indexer/evidence", CORE_PUBLIC],
    "indexer": ["core/bytes", "core/text", "core/cite", "indexer/corpus", "indexer/source", "indexer/check",
                "indexer/evidence", "indexer/order", "indexer/write", CORE_PUBLIC],
    "host/folder": [CORE_PUBLIC],
    "host/evidence": ["host/folder", CORE_PUBLIC],
    "host/cli": ["host/folder", "host/evidence", "host/server", "host/export", CORE_PUBLIC],
    "host/server": ["host/folder", CORE_PUBLIC],
    "host/export": ["host/folder", CORE_PUBLIC],
    "host/web": [CORE_PUBLIC],
}
# The core is pure: it may see these headers of C and no others.
CORE_HEADERS = {"stdbool.h", "stddef.h", "stdint.h", "string.h", "assert.h", "limits.h"}
SIMD_HEADERS = {"immintrin.h", "wasm_simd128.h", "arm_neon.h"}

GENERATED = {"templates.h"}  # made at build, from core/page/templates

OURS = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
SYSTEM = re.compile(r"^\s*#\s*include\s*<([^>]+)>")


def folder_of(path):
    """The room a file stands in: the longest key of ALLOWED that is its folder or above it."""
    folder = os.path.dirname(path)
    while folder and folder not in ALLOWED:
        folder = os.path.dirname(folder)
    return folder


def sources(root):
    for top in ("include", "core", "indexer", "host"):
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(files):
                if name.endswith((".c", ".h")) and not name.endswith("_test.c"):
                    yield os.path.relpath(os.path.join(folder, name), root)


def resolve(name, path, root):
    """An include name as a path in the tree, or None for what is made at build."""
    for candidate in (name, "include/" + name, os.path.join(os.path.dirname(path), name)):
        if os.path.exists(os.path.join(root, candidate)):
            return os.path.normpath(candidate)
    return None


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    arrows, broken = {}, []
    for path in sources(root):
        here = folder_of(path)
        with open(os.path.join(root, path), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                ours, system = OURS.match(line), SYSTEM.match(line)
                if system and path.startswith("core/") and system[1] not in CORE_HEADERS | SIMD_HEADERS:
                    broken.append(f"{path}:{number}: the core may not include <{system[1]}>")
                if not ours:
                    continue
                target = resolve(ours[1], path, root)
                there = folder_of(target) if target else None
                if target is None and ours[1] in GENERATED:
                    continue
                if not there:
                    broken.append(f"{path}:{number}: '{ours[1]}' is in no room of the house")
                elif there != here:
                    arrows.setdefault(here, set()).add(there)
                    if there not in ALLOWED.get(here, []):
                        broken.append(f"{path}:{number}: {here} may not include {there}")
    width = max(map(len, arrows), default=0)
    for here in sorted(arrows):
        print(f"{here:<{width}}  ->  {'  '.join(sorted(arrows[here]))}")
    for line in broken:
        print(line, file=sys.stderr)
    print(f"{sum(map(len, arrows.values()))} arrows, {len(broken)} forbidden")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
