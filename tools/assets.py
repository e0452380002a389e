#!/usr/bin/env python3
"""Compiles the files that pages load into C: tools/assets.py OUT.c FILE...
or, for one file that does not belong to the site: tools/assets.py --text FUNCTION HEADER OUT.c FILE

Names get a hash of their content (style.3f2a91c0.css), so that they can be cached for ever.
"""
import hashlib
import os
import sys

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
         ".json": "application/json", ".wasm": "application/wasm"}


def one_text(function, header, out, path):
    """A C file with `pin_str FUNCTION(void)`, which gives the bytes of the file at `path`."""
    with open(path, "rb") as file:
        data = file.read()
    with open(out, "w", encoding="utf-8") as file:
        file.write(f'/* Made by tools/assets.py from {os.path.basename(path)}; do not edit. */\n#include "{header}"\n\n'
                   f"static const unsigned char text[] = {{{','.join(map(str, data))}}};\n\n"
                   f"pin_str {function}(void) {{ return (pin_str){{(const char *)text, sizeof text}}; }}\n")


def main():
    if sys.argv[1] == "--text":
        one_text(*sys.argv[2:])
        return
    rows, arrays = [], []
    for number, path in enumerate(sorted(sys.argv[2:])):
        with open(path, "rb") as file:
            data = file.read()
        plain = os.path.basename(path)
        stem, extension = os.path.splitext(plain)
        name = f"{stem}.{hashlib.sha256(data).hexdigest()[:8]}{extension}"
        cells = ",".join(map(str, data)) or "0"
        arrays.append(f"static const unsigned char asset_{number}[] = {{{cells}}};\n")
        rows.append(f'    {{{{"{name}", {len(name)}}}, {{"{plain}", {len(plain)}}}, '
                    f'{{"{TYPES[extension]}", {len(TYPES[extension])}}}, {{(const char *)asset_{number}, {len(data)}}}}},')
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write('/* Made by tools/assets.py from core/page/assets/; do not edit. */\n#include "pincite/site.h"\n\n'
                  + "".join(arrays) + "\nstatic const pin_asset assets[] = {\n" + "\n".join(rows) + "\n};\n\n"
                  "bool pin_site_asset_at(pin_asset *out, uint32_t i)\n{\n"
                  "    if (i >= sizeof assets / sizeof *assets)\n        return false;\n    *out = assets[i];\n"
                  "    return true;\n}\n")


main()
