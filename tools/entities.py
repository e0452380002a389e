#!/usr/bin/env python3
"""Writes indexer/corpus/entities.inc: the named characters of HTML (html.spec.whatwg.org, "Named
character references") that end with ';', sorted by name, as Python's own table has them.

    python3 tools/entities.py > indexer/corpus/entities.inc
"""
import html.entities

names = sorted((name[:-1], text) for name, text in html.entities.html5.items() if name.endswith(";"))
print("/* Made by tools/entities.py; sorted by name. */")
line = ""
for name, text in names:
    octal = "".join(f"\\{byte:03o}" for byte in text.encode())
    row = f'{{"{name}", "{octal}"}}, '
    if len(line) + len(row) > 108:
        print(line.rstrip())
        line = ""
    line += row
print(line.rstrip())
