#!/usr/bin/env python3
"""Checks an evidence pack without pincite: tools/check_pack.py DIR [PUBLIC_KEY_FILE]

Written from docs/evidence.md alone, with nothing but Python. Prints what is wrong, a line each; exit 0 when
nothing is, 1 when something is, 2 when the folder cannot be read.
"""
import base64
import hashlib
import json
import os
import re
import sys


def blake(data, size=32):
    return hashlib.blake2b(data, digest_size=size).digest()


# ---- Ed25519, verification only (RFC 8032, section 5.1.7) ----
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign):
        raise ValueError("not a point")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, p):
    out = (0, 1, 1, 0)
    while n:
        out, p, n = add(out, p) if n & 1 else out, add(p, p), n >> 1
    return out


def point(data):
    number = int.from_bytes(data, "little")
    return recover(number & (2**255 - 1), number >> 255)


BASE = recover(4 * pow(5, P - 2, P) % P, 0)


def signed(key, message, signature):
    try:
        a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    except ValueError:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return s < L and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


# ---- The parts of a pack ----
def key_of(data):
    raw = base64.b64decode(data.split(b"\n")[1], validate=True)
    if len(raw) != 42 or raw[:2] != b"Ed":
        raise ValueError("not a public key")
    return raw[2:10], raw[10:]


def check_signature(files, key_id, key, signer):
    lines = files["manifest.minisig"].split(b"\n")
    raw, whole = base64.b64decode(lines[1], validate=True), base64.b64decode(lines[3], validate=True)
    comment = lines[2][len(b"trusted comment: "):]
    shown = b"untrusted comment: signed by pincite with the key %s" % signer.encode()
    spelt = [shown, base64.b64encode(raw), b"trusted comment: " + comment, base64.b64encode(whole), b""]
    if signer != "none" and lines != spelt:
        yield "manifest.minisig: changed"
    if len(raw) != 74 or raw[:2] != b"ED" or raw[2:10] != key_id or (signer != "none" and key_id[::-1].hex().upper() != signer):
        yield "manifest.minisig: made with another key, or in another way"
    elif not signed(key, blake(files["manifest"], 64), raw[10:]) or not signed(key, raw[10:] + comment, whole):
        yield "manifest.minisig: does not fit"


def fields_of(text):
    """(name, value) for each field of a canonical form; ValueError when it is none."""
    if not text.startswith(b"pincite-revision 1\n"):
        raise ValueError("not a canonical form")
    at = 19
    while at < len(text):
        end = text.index(b"\n", at)
        name, size = text[at:end].decode().split(" ")
        at = end + 1 + int(size)
        if text[at:at + 1] != b"\n":
            raise ValueError("a field ends elsewhere")
        yield name, text[end + 1:at].decode()
        at += 1


def agrees(item, text):
    said = {name: value for name, value in fields_of(text[:]) if name in ("id", "language", "question", "verdict")}
    names = ("written", "source", "provision", "state", "note", "quote", "version", "words")
    cited = [(name, value) for name, value in fields_of(text) if name in names]
    return all(item[name] == value for name, value in said.items()) and len(said) == 4 and \
        cited == [(name, c[name]) for c in item["citations"] for name in names]


def follow(item):
    """The release that an item and its proof lead to (RFC 9162, section 2.1.3.2)."""
    proof, at = item["proof"], item["proof"]["leaf"]
    node = blake(b"\0" + item["id"].encode() + b"\0" + bytes.fromhex(item["revision"]))
    last = proof["leaves"] - 1
    if not 0 <= at <= last:
        return None
    for step in map(bytes.fromhex, proof["path"]):
        if last == 0:
            return None
        if at & 1 or at == last:
            node = blake(b"\1" + step + node)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            node = blake(b"\1" + node + step)
        at, last = at >> 1, last >> 1
    return node.hex() if last == 0 else None


def check_item(files, name, release):
    item = json.loads(files[name])
    text = files[item["text"]]
    if blake(text).hex() != item["revision"]:
        yield f"{item['text']}: its hash is not the revision"
    if not agrees(item, text):
        yield f"{name}: does not say what {item['text']} says"
    if (item["proof"] is None) == item["current"] or (item["proof"] and follow(item) != release):
        yield f"{name}: its proof does not lead to the release"


def check(files, trusted=None):
    """Everything wrong with a pack, given as {name: bytes}."""
    if "manifest" not in files:
        yield "manifest: missing"
        return
    body, end = files["manifest"][:-71], files["manifest"][-71:]
    head = re.match(rb"# pincite-pack 1\n# release ([0-9a-f]{64})\n# signer (none|[0-9A-F]{16})\n", body)
    if end != b"# end " + blake(body).hex().encode() + b"\n" or not head:
        yield "manifest: changed"
        return
    release, signer = head[1].decode(), head[2].decode()
    named = dict(line.split("  ", 1)[::-1] for line in body[head.end():].decode().splitlines())
    for name in sorted(named.keys() | files.keys() - {"manifest", "manifest.minisig"}):
        if name not in files:
            yield f"{name}: missing"
        elif name not in named:
            yield f"{name}: the manifest does not name it"
        elif blake(files[name]).hex() != named[name]:
            yield f"{name}: changed"
    try:
        if "manifest.minisig" in files:
            yield from check_signature(files, *key_of(trusted or files["key.pub"]), signer)
        elif signer != "none" or trusted:
            yield "manifest.minisig: missing"
        pack = json.loads(files["pack.json"])
        if (pack["release"], pack["signer"] or "none") != (release, signer):
            yield "pack.json: another release or signer than the manifest"
        for name in pack["items"]:
            yield from check_item(files, name, release)
        for search in pack["searches"]:
            answer = json.loads(files[search["answer"]])
            if answer["release"] != release or any(answer[k] != search[k] for k in ("query", "total", "confident")):
                yield f"{search['answer']}: does not say what pack.json says"
    except (KeyError, ValueError, IndexError, TypeError) as error:
        yield f"not a pack: {error!r}"


def read(folder):
    def fail(error):
        raise error

    files = {}
    for here, folders, names in os.walk(folder, onerror=fail):
        for name in names + [f for f in folders if not os.listdir(os.path.join(here, f))]:
            path = os.path.join(here, name)
            whole = os.path.isfile(path) and not os.path.islink(path)
            files[os.path.relpath(path, folder)] = open(path, "rb").read() if whole else b""
    return files


def main():
    try:
        if not os.path.isdir(sys.argv[1]):
            raise OSError(f"{sys.argv[1]}: not a folder")
        files, trusted = read(sys.argv[1]), open(sys.argv[2], "rb").read() if len(sys.argv) > 2 else None
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    problems = list(check(files, trusted))
    print("\n".join(problems) or f"{sys.argv[1]}: sound, {len(files)} files")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
