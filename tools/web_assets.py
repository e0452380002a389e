#!/usr/bin/env python3
"""Makes what a site without a server carries, and compiles it into C.

    tools/web_assets.py OUT_FOLDER EXPORTS_TXT LOADER_JS SITE_JS COMPONENT_JS OFFLINE_JS [SEARCH_WASM GRAMMAR_WASM]

Checks the modules against exports.txt (their exports and imports), joins the loader with the scripts that
use it, strips comments, and writes the files into OUT_FOLDER and, as arrays, into OUT_FOLDER/web_assets.c.
Without the modules everything is written but these, and exports cannot search by themselves.
"""
import gzip
import hashlib
import os
import re
import sys


def leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def sections(data):
    at = 8
    while at < len(data):
        kind = data[at]
        size, at = leb(data, at + 1)
        yield kind, data[at:at + size]
        at += size


def name_at(body, at):
    size, at = leb(body, at)
    return body[at:at + size].decode(), at + size


def import_at(body, at):
    """Name of an import, and where the next one starts."""
    module, at = name_at(body, at)
    name, at = name_at(body, at)
    kind, at = body[at], at + 1
    if kind == 2:  # a memory: flags, and one or two limits
        flags, at = leb(body, at)
        for _ in range(1 + (flags & 1)):
            _, at = leb(body, at)
    else:
        assert kind == 0, "only functions and memories are imported"
        _, at = leb(body, at)
    return f"import {module}.{name}", at


def interface(data):
    """Names that the module exports, and those that it imports."""
    names = []
    for kind, body in sections(data):
        count, at = leb(body, 0) if kind in (2, 7) else (0, 0)
        for _ in range(count):
            if kind == 2:
                name, at = import_at(body, at)
            else:
                name, at = name_at(body, at)
                _, at = leb(body, at + 1)
            names.append(name)
    return sorted(names)


def check(data, contract, module):
    """Against the part of the contract that begins with [module]."""
    with open(contract, encoding="utf-8") as file:
        part = file.read().split(f"[{module}]\n")[1].split("\n[")[0]
    promised = sorted(line if line.startswith("import ") else line.split()[0]
                      for line in part.split("\n") if line.strip() and not line.startswith("#"))
    if interface(data) != promised:
        sys.exit(f"the module {module} has {interface(data)}; exports.txt promises {promised}")


def plain(path):
    """A script without its comments and indents. Comments stand on lines of their own, or after two spaces."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"^[ \t]*/\*.*?\*/[ \t]*\n", "", text, flags=re.S | re.M)
    text = re.sub(r"^[ \t]*//.*\n", "", text, flags=re.M)
    text = re.sub(r"[ \t]+// [^\"'`\n]*$", "", text, flags=re.M)
    return re.sub(r"\n\s*", "\n", text).strip() + "\n"


def joined(loader, script):
    """The loader inside a function of its own, then the script: one classic script, which file:// allows."""
    names = re.findall(r"^export (?:async )?(?:function|class|const) (\w+)", plain(loader), flags=re.M)
    body = re.sub(r"^export ", "", plain(loader), flags=re.M)
    text = plain(script).replace('"use strict";\n', "", 1)
    return f'"use strict";\nconst pincite = (() => {{\n{body}return {{ {", ".join(names)} }};\n}})();\n{text}'


def c_array(number, data):
    cells = ",".join(map(str, data)) or "0"
    return f"static const unsigned char web_{number}[] = {{{cells}}};\n"


def main():
    folder, contract, loader, site, component, offline = sys.argv[1:7]
    files = [  # plain name, type, bytes, name to be hashed with
        ("site.js", "text/javascript; charset=utf-8", joined(loader, site).encode()),
        ("pincite-search.js", "text/javascript; charset=utf-8", joined(loader, component).encode()),
        ("offline.js", "text/javascript; charset=utf-8", plain(offline).encode()),
        ("loader.js", "text/javascript; charset=utf-8", plain(loader).encode()),
    ]
    modules = {}
    for name, path in zip(("pincite", "citations"), sys.argv[7:9]):
        with open(path, "rb") as file:
            modules[name] = file.read()
        check(modules[name], contract, name)
    wasm_hash = hashlib.sha256(b"".join(modules.values())).hexdigest()[:8]  # one for both: they fit only each other
    for name, data in modules.items():
        files += [(f"{name}.wasm", "application/wasm", data),
                  (f"{name}.wasm.gz", "application/gzip", gzip.compress(data, 9, mtime=0))]
    arrays, rows = [], []
    for number, (name, kind, data) in enumerate(files):
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data)
        stem, _, rest = name.partition(".")
        digest = wasm_hash if ".wasm" in name else hashlib.sha256(data).hexdigest()[:8]
        hashed = f"{stem}.{digest}.{rest}"
        arrays.append(c_array(number, data))
        rows.append(f'    {{{{"{hashed}", {len(hashed)}}}, {{"{name}", {len(name)}}}, {{"{kind}", {len(kind)}}}, '
                    f'{{(const char *)web_{number}, {len(data)}}}}},')
    with open(os.path.join(folder, "web_assets.c"), "w", encoding="utf-8") as out:
        out.write("/* Made by tools/web_assets.py; do not edit. */\n#include \"host/export/export.h\"\n\n" + "".join(arrays) +
                  "\nstatic const pin_asset assets[] = {\n" + "\n".join(rows) + "\n};\n\n"
                  "bool pin_web_asset_at(pin_asset *out, uint32_t i)\n{\n"
                  "    if (i >= sizeof assets / sizeof *assets)\n        return false;\n    *out = assets[i];\n"
                  "    return true;\n}\n")


main()
