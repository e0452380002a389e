#!/usr/bin/env python3
"""A second reader of index files, written from docs/format.md alone, with Python's standard library.

usage: reader.py FILE           every section as JSON Lines, in a fixed order
       reader.py FILE --check   reads and compares all checksums, the revision of every item that is or
                                was, and the root of the release (docs/evidence.md); prints one line

The tests compare its lines with those of the C reader. It trusts no byte more than it must: whatever
contradicts docs/format.md ends it with exit code 1 and a message.
"""
import hashlib
import json
import struct
import sys
import zlib

MASK = (1 << 64) - 1
P1, P2, P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P4, P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
NAMES = ("META MODULES SOURCES STATUSES ABBREVIATIONS TERM_KEYS WORD_KEYS ITEM_DICTIONARY TERMS "
         "ITEM_ROWS ITEM_STATUS EXACT FORWARD QUESTION_LISTS ANSWER_LISTS WORDS TYPOS IDS MEMBERS PROVISION_ROWS "
         "PROVISION_IDS PROVISION_ALSO PROVISION_NAMES CITING TEXT_DICTIONARY PROVISION_TEXTS ITEMS "
         "REVISIONS PAST ARCHIVE RELEASES STEPS PACKED_11 AHEAD PACKED FLAT CARDS CARD_STEPS").split()
REQUIRED = 27  # the others came with minor versions 1 and 2
STATES = ("resolved", "does not exist", "other act", "not understood", "not checked")
KINDS = {name: kind for kind, name in enumerate(NAMES, 1)}
NONE = 0xFFFFFFFF


class Damaged(Exception):
    pass


def must(claim, message):
    if not claim:
        raise Damaged(message)


def rotl(x, r):
    return (x << r | x >> (64 - r)) & MASK


def lane(acc, value):
    return rotl((acc + value * P2) & MASK, 31) * P1 & MASK


def xxh64(data, seed=0):
    """XXH64 of doc/xxhash_spec.md."""
    length, at = len(data), 0
    if length >= 32:
        a, b, c, d = (seed + P1 + P2) & MASK, (seed + P2) & MASK, seed, (seed - P1) & MASK
        stripes = length // 32
        for w, x, y, z in struct.iter_unpack("<4Q", data[:stripes * 32]):
            a, b, c, d = lane(a, w), lane(b, x), lane(c, y), lane(d, z)
        acc = (rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18)) & MASK
        for v in (a, b, c, d):
            acc = ((acc ^ lane(0, v)) * P1 + P4) & MASK
        at = stripes * 32
    else:
        acc = (seed + P5) & MASK
    acc = (acc + length) & MASK
    while length - at >= 8:
        acc = (rotl(acc ^ lane(0, struct.unpack_from("<Q", data, at)[0]), 27) * P1 + P4) & MASK
        at += 8
    if length - at >= 4:
        acc = (rotl(acc ^ struct.unpack_from("<I", data, at)[0] * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        acc = rotl(acc ^ byte * P5 & MASK, 11) * P1 & MASK
    acc = (acc ^ acc >> 33) * P2 & MASK
    acc = (acc ^ acc >> 29) * P3 & MASK
    return acc ^ acc >> 32


def hash32(data, seed):
    return xxh64(data, seed) & 0xFFFFFFFF


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        must(n <= len(self.data) - self.at, "a record is cut short")
        self.at += n
        return self.data[self.at - n:self.at]

    def u8(self):
        return self.take(1)[0]

    def u32(self):
        return struct.unpack("<I", self.take(4))[0]

    def varint(self):
        value = 0
        for shift in range(0, 70, 7):
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                must(value <= MASK, "a varint has more than 64 bits")
                return value
        raise Damaged("a varint has more than 10 bytes")

    def blob(self):
        return self.take(self.varint())

    def text(self):
        return self.blob().decode("utf-8")

    def left(self):
        return len(self.data) - self.at


def u32s(data, at, count):
    must(at + 4 * count <= len(data), "a table is cut short")
    return list(struct.unpack_from("<%dI" % count, data, at))


class Index:
    def __init__(self, data):
        self.data, self.codebooks = data, {}
        must(len(data) >= 64 and data[:8] == b"\x89PIN\r\n\x1a\n", "not an index file")
        (major, self.minor, features, length, self.file_id, self.items, self.modules, self.sources, self.provisions,
         sections, self.head_len, reserved) = struct.unpack_from("<HHIQQIIIIIIQ", data, 8)
        must(major == 1, "another version")
        must(features == 0, "a required feature is unknown")
        must(length == len(data), "cut short, or longer than it says")
        must(1 <= sections <= 64 and reserved == 0, "header is wrong")
        head = bytearray(data[:64 + 32 * sections])
        head[24:32] = bytes(8)
        must(xxh64(bytes(head)) == self.file_id, "file id is wrong")
        self.section, end = {}, len(head)
        for i in range(sections):
            kind, flags, zero, offset, size, check = struct.unpack_from("<HHIQQQ", data, 64 + 32 * i)
            must(offset % 64 == 0 and offset >= end and offset + size + 64 <= len(data), "section lies wrongly")
            must(not any(data[end:offset]), "bytes between sections are not zero")
            must(xxh64(data[offset:offset + size]) == check, "checksum of section %d" % kind)
            end = offset + size
            if kind not in range(1, len(NAMES) + 1):
                must(flags & 1, "unknown section")
                continue
            must(kind not in self.section, "section is there twice")
            self.section[kind] = data[offset:end]
            end += 64
            must(not any(data[end - 64:end]), "padding is not zero")
        must(not any(data[end:]), "bytes at the end are not zero")
        must(all(kind in self.section for kind in range(1, REQUIRED + 1)), "a section is missing")

    def bytes_of(self, name):
        return self.section[KINDS[name]]

    # ---- small tables
    def release(self):
        c = Cursor(self.bytes_of("META"))
        out = {k: c.text() for k in ("engine", "release", "title", "publisher", "base", "language", "updated",
                                     "published", "default_source")}
        out["citations"], out["skipped"] = c.varint(), c.varint()
        out["states"] = [c.varint() for _ in range(5)]
        out["weights"] = [c.varint(), c.varint()]
        for _ in range(6):
            c.varint()
        self.as_of, self.past_count = (c.text(), c.varint()) if c.left() else ("", 0)
        return out

    def statuses(self):
        c = Cursor(self.bytes_of("STATUSES"))
        return [c.text() for _ in range(c.u8())]

    def records(self, name, count, before=0, tables=0):
        data = self.bytes_of(name)
        starts = u32s(data, before, count + 1)
        base = before + 4 * (count + 1) + tables
        return [Cursor(data[base + starts[i]:base + starts[i + 1]]) for i in range(count)]

    def module_rows(self):
        n, data = self.modules, self.bytes_of("MODULES")
        first = u32s(data, 4 * (2 * n + 1), n + 1)
        members = u32s(self.bytes_of("MEMBERS"), 0, len(self.bytes_of("MEMBERS")) // 4)
        for m, c in enumerate(self.records("MODULES", n, 0, 4 * (2 * n + 1))):
            out = {"module": m}
            for key in ("slug", "title", "description", "icon", "audience", "author", "published", "updated"):
                out[key] = c.text()
            out["overview"] = c.blob().hex()
            row, count = c.varint(), c.varint()
            must(row + count <= len(members), "members lie outside their section")
            out["first"], out["count"] = first[m], first[m + 1] - first[m]
            out["members"] = members[row:row + count]
            yield out

    def source_rows(self):
        for s, c in enumerate(self.records("SOURCES", self.sources)):
            out = {"source": s}
            for key in ("id", "title", "celex", "eli", "version", "language", "link", "rank"):
                out[key] = c.text()
            out["names"] = [c.text() for _ in range(c.varint())]
            out["flags"], out["first"], out["count"] = c.u8(), c.varint(), c.varint()
            yield out

    def abbreviation_rows(self):
        count = u32s(self.bytes_of("ABBREVIATIONS"), 0, 1)[0]
        for c in self.records("ABBREVIATIONS", count, 4):
            yield {"abbreviation": [c.text(), c.text()]}

    # ---- packed records
    def codebook(self, name):
        """{(bits, code): entry}"""
        data = self.bytes_of(name)
        longest, start = (18, "I") if len(data) >= 65536 else (15, "H")
        *counts, n = struct.unpack_from("<%dH" % (longest + 1), data)
        must(sum(counts) == n, "counts of a codebook")
        form = "<%d%s" % (n + 1, start)
        at = 2 * longest + 2
        starts, texts = struct.unpack_from(form, data, at), data[at + struct.calcsize(form):]
        must(starts[0] == 0 and starts[n] == len(texts), "texts of a codebook")
        codes, code, e = {}, 0, 0
        for bits, count in enumerate(counts, 1):
            code *= 2
            for _ in range(count):
                must(starts[e] < starts[e + 1], "an empty entry")
                codes[bits, code] = texts[starts[e]:starts[e + 1]]
                code, e = code + 1, e + 1
            must(code <= 1 << bits, "a codebook has too many codes")
        return codes

    def spelled(self, payload, raw_len, name):
        if name not in self.codebooks:
            self.codebooks[name] = self.codebook(name)
        codes, out, bits, code = self.codebooks[name], bytearray(), 0, 0
        for i in range(len(payload) * 8):
            bit = payload[i // 8] >> (7 - i % 8) & 1
            if len(out) == raw_len:
                must(bit == 0 and i // 8 == len(payload) - 1 and i % 8, "a packed record does not end")
                continue
            bits, code = bits + 1, code * 2 + bit
            must(bits <= 18, "a code that is none")
            if (bits, code) in codes:
                out += codes[bits, code]
                bits, code = 0, 0
        return bytes(out)

    def unpack(self, name, place, number, dictionary):
        data, offset, size = self.bytes_of(name), place >> 24, place & 0xFFFFFF
        zdict = self.bytes_of(dictionary) if dictionary else b""
        must(offset + size <= len(data), "a place lies outside its section")
        c = Cursor(data[offset:offset + size])
        must(c.u32() == hash32(data[offset + 4:offset + size], number), "checksum of a record")
        method, raw_len = c.u8(), c.varint()
        payload = c.take(c.left())
        if method == 1:
            d = zlib.decompressobj(-15, zdict=zdict)
            payload = d.decompress(payload) + d.flush()
            must(d.eof and not d.unused_data, "a packed record does not end")
        elif method == 2:
            payload = self.spelled(payload, raw_len, dictionary)
        else:
            must(method == 0, "a record is packed in an unknown way")
        must(len(payload) == raw_len, "a record has another length")
        return Cursor(payload)

    def citation_rows(self, c):
        before = {"entry": 0, "written": "", "source": "", "note": "", "quote": ""}
        for _ in range(c.varint()):
            how, same = c.u8(), c.u8()
            out = {"how": how, "entry": before["entry"] if same & 1 else c.varint()}
            for bit, key in ((2, "written"), (4, "source"), (8, "note"), (16, "quote")):
                out[key] = before[key] if same & bit else c.text()
            out["id"], out["label"], out["provision"] = c.text(), c.text(), c.varint() - 1
            before = out
            yield out

    def item_rows(self):
        places = struct.unpack("<%dQ" % self.items, self.bytes_of("ITEM_ROWS"))
        statuses, status_of = [""] + self.statuses(), self.bytes_of("ITEM_STATUS")
        for i, place in enumerate(places):
            c = self.unpack("ITEMS", place, i, "ITEM_DICTIONARY")
            out = {"item": i, "module": c.varint(), "id": c.text()}
            slug = c.varint()
            out["slug"] = out["id"].encode()[slug:].decode()
            out["given_id"], out["question"], out["verdict"] = c.text(), c.text(), c.text()
            status = c.varint()
            must(status == status_of[i], "an item has two statuses")
            out["status"] = statuses[status]
            for key in ("status_text", "author", "published", "updated", "language"):
                out[key] = c.text()
            out["blocks"] = c.blob().hex()
            out["related"] = [c.text() for _ in range(c.varint())]
            out["citations"] = list(self.citation_rows(c))
            must(c.left() == 0, "an item has bytes too many")
            yield out

    def provision_rows(self):
        rows, citing = self.bytes_of("PROVISION_ROWS"), self.bytes_of("CITING")
        names, all_rows = self.bytes_of("PROVISION_NAMES"), len(citing) // 8
        table = list(struct.iter_unpack("<IIHHIQQ", rows))
        for p, (parent, end, source, depth, first, name_place, text_place) in enumerate(table):
            offset, size = name_place >> 24, name_place & 0xFFFFFF
            c = Cursor(names[offset:offset + size])
            must(c.u32() == hash32(names[offset + 4:offset + size], p), "checksum of a provision")
            out = {"provision": p, "source": source, "parent": -1 if parent == NONE else parent, "depth": depth,
                   "end": end, "id": c.text(), "label": c.text(), "kind": c.text(), "heading": c.text()}
            for _ in range(c.varint()):
                must(p in self.lookup("PROVISION_ALSO", self.source_ids[source] + b":" + c.blob()), "other label is lost")
            c = self.unpack("PROVISION_TEXTS", text_place, p, "TEXT_DICTIONARY")
            own_only, own = c.u8() == 1, c.text()
            out["own"], out["text"] = own, own if own_only else c.text()
            last = table[p + 1][4] if p + 1 < len(table) else all_rows
            must(first <= last <= all_rows, "citing rows lie wrongly")
            out["citing"] = [[item, which & 0x7FFFFFFF, which >> 31]
                             for item, which in struct.iter_unpack("<II", citing[first * 8:last * 8])]
            yield out

    # ---- keys
    def keys(self, name, separators, start):
        data, sep = self.bytes_of(name), self.bytes_of(separators)
        pages, count = u32s(sep, 0, 2)
        starts, first = u32s(sep, 8, pages + 1), u32s(sep, 8 + 4 * (pages + 1), pages)
        texts, key, number = sep[8 + 4 * (2 * pages + 1):], b"", 0
        page_len = len(data) // pages if pages else 1024
        must(len(data) == pages * page_len and page_len in (512, 1024, 2048, 4096), "pages do not fill their section")
        for p in range(pages):
            page = data[p * page_len:(p + 1) * page_len]
            check, n, end = struct.unpack_from("<IHH", page)
            must(check == hash32(page[4:], p), "checksum of a page")
            must(first[p] == number, "a page starts at another number")
            text = texts[starts[p]:starts[p + 1]]
            must(p == 0 or text > key, "a separator is too low")
            bases = struct.unpack_from("<QQ", page, 8) if start == 24 else None
            c = Cursor(page[:end])
            c.at = start
            for i in range(n):
                if i % 16 == 0:
                    must(struct.unpack_from("<H", page, page_len - 2 * (i // 16 + 1))[0] == c.at, "a group lies elsewhere")
                shared, rest, size = c.u8(), c.u8(), c.u8()
                must(i % 16 or shared == 0, "a group shares bytes")
                new = key[:shared] + c.take(rest)
                must(new > key, "keys are not in order")
                key = new
                must(i or text <= key, "a separator is too high")
                yield number, key, Cursor(c.take(size)), bases
                number += 1
            must(c.at == end, "a page has bytes too many")
        must(number == count, "keys are counted wrongly")

    def short_list(self, data, offset, size, count):
        c = Cursor(data[offset:offset + size])
        must(c.u32() == hash32(data[offset + 4:offset + size], offset), "checksum of a short list")
        ids, next_id = [], 0
        for _ in range(count):
            ids.append(next_id + c.varint())
            next_id = ids[-1] + 1
        return list(zip(ids, c.take(count)))

    def flat_list(self, data, offset, size):
        raw = data[offset:offset + size - 4]
        must(offset % 64 == 0 and len(raw) == (self.items + 1) // 2, "a flat list lies wrongly")
        must(struct.unpack_from("<I", data, offset + size - 4)[0] == hash32(raw, offset), "checksum of a flat list")
        nibbles = [raw[i // 2] >> (i & 1) * 4 & 15 for i in range(self.items)]
        return [(i, 17 * n) for i, n in enumerate(nibbles) if n]

    def block(self, raw, n, base, last):
        c = Cursor(raw)
        if raw[0] == 0xFF:
            c.u8()
            bits = int.from_bytes(c.take((last - base) // 8 + 1), "little")
            ids = [base + i for i in range(last - base + 1) if bits >> i & 1]
        else:
            widths, ids = c.take((n + 31) // 32), []
            for g, width in enumerate(widths):
                k = min(32, n - 32 * g)
                bits = int.from_bytes(c.take((k * width + 7) // 8), "little")
                for i in range(k):
                    ids.append(base + (bits >> i * width & (1 << width) - 1))
                    base = ids[-1] + 1
        must(len(ids) == n and ids[-1] == last, "a block has other items")
        return list(zip(ids, c.take(n)))

    def block_list(self, data, offset, size, count):
        raw = data[offset:offset + size]
        check, h, n, b = struct.unpack_from("<4I", raw)
        windows = (self.items + 4095) // 4096 if count > 2048 else 0
        must(n == count and b == (count + 127) // 128 and h == 96 + 11 * b + windows, "header of a list")
        must(check == hash32(raw[4:h], offset), "checksum of a list header")
        best = list(zip(u32s(raw, 16, 16), raw[80:96]))
        last, ends = u32s(raw, 96, b), u32s(raw, 96 + 4 * b, b)
        checks = struct.unpack_from("<%dH" % b, raw, 96 + 8 * b)
        maxes, window_maxes = raw[96 + 10 * b:96 + 11 * b], raw[96 + 11 * b:h]
        out = []
        for i in range(b):
            piece = raw[h if i == 0 else ends[i - 1]:ends[i]]
            must(checks[i] == hash32(piece, offset + i) & 0xFFFF, "checksum of a block")
            got = self.block(piece, min(128, count - 128 * i), last[i - 1] + 1 if i else 0, last[i])
            must(max(x for _, x in got) == maxes[i], "maximum of a block")
            out += got
        must(ends[-1] == size, "blocks do not fill their list")
        must(sorted(out, key=lambda p: (-p[1], p[0]))[:16] == best, "best of a list")
        for w in range(windows):
            must(window_maxes[w] == max((x for i, x in out if i // 4096 == w), default=0), "maximum of a window")
        return out

    def list_of(self, c, count, data, base):
        if count <= 8:
            out, next_id = [], 0
            for _ in range(count):
                out.append((next_id + c.varint(), c.u8()))
                next_id = out[-1][0] + 1
            return out
        largest, tenth = c.u8(), c.u8()
        offset, packed = base + c.varint(), c.varint()
        size, form = packed >> 2, packed & 3
        must(offset + size <= len(data), "a list lies outside its section")
        if form == 1:
            out = self.short_list(data, offset, size, count)
        elif form == 2:
            out = self.block_list(data, offset, size, count)
        else:
            must(form == 3, "form of a list")
            out = self.flat_list(data, offset, size)
        must(len(out) == count, "count of a list")
        impacts = sorted((x for _, x in out), reverse=True)
        must(impacts[0] == largest and (impacts[9] if count > 9 else 0) == tenth, "best impacts of a list")
        return out

    def term_rows(self):
        questions, answers = self.bytes_of("QUESTION_LISTS"), self.bytes_of("ANSWER_LISTS")
        for number, key, c, bases in self.keys("TERMS", "TERM_KEYS", 24):
            q, a, more = c.varint(), c.varint(), c.varint()
            lists = [self.list_of(c, q, questions, bases[0]), self.list_of(c, a, answers, bases[1])]
            must(c.left() == 0, "a term has bytes too many")
            must(len({i for one in lists for i, _ in one}) == max(q, a) + more, "items of a term")
            for one in lists:
                must(all(x < y for (x, _), (y, _) in zip(one, one[1:])) and all(0 < x < 256 for _, x in one),
                     "a list is not in order")
            yield {"term": number, "key": key.hex(), "df": max(q, a) + more, "question": lists[0], "answer": lists[1]}

    def word_rows(self):
        for number, key, c, _ in self.keys("WORDS", "WORD_KEYS", 8):
            df, question_df = c.varint(), c.varint()
            yield {"word": number, "text": key.decode("utf-8"), "df": df, "question_df": question_df,
                   "deletes": self.lookup("TYPOS", key)}

    # ---- hash tables
    def lookup(self, name, key):
        data = self.bytes_of(name)
        rows, bits, width, zero = struct.unpack_from("<IBBH", data)
        buckets = 1 << bits
        marks, h = 8 + 4 * (buckets + 1), xxh64(key, KINDS[name])
        values = marks + 2 * rows
        must(zero == 0 and values + rows * width == len(data), "a hash table has another length")
        first, last = struct.unpack_from("<II", data, 8 + 4 * (h >> (64 - bits) if bits else 0))
        mark = h >> (48 - bits) & 0xFFFF
        return [int.from_bytes(data[values + i * width:values + (i + 1) * width], "little") for i in range(first, last)
                if struct.unpack_from("<H", data, marks + 2 * i)[0] == mark]

    def question_terms(self, item):
        data = self.bytes_of("FORWARD")
        first, last = u32s(data, 4 * item, 2)
        base = 4 * (self.items + 1)
        c, out = Cursor(data[base + first:base + last]), []
        while c.left():
            out.append(c.varint())
        return out

    # ---- evidence: docs/evidence.md
    def current(self):
        """(item, footings) for every item; a footing is (version, words)"""
        versions = {row["id"]: row["version"] for row in self.source_rows()}
        self.source_ids = [key.encode() for key in versions]
        texts = [row["text"] for row in self.provision_rows()]
        for item in self.item_rows():
            yield item, [(versions.get(c["source"], ""), texts[c["provision"]] if c["provision"] >= 0 else "")
                         for c in item["citations"]]

    def archived(self, place):
        c = self.unpack("ARCHIVE", place, place >> 24, None)
        item = {"id": c.text(), "slug": c.varint()}
        for key in ("given_id", "question", "verdict", "status", "status_text", "author", "published", "updated",
                    "language"):
            item[key] = c.text()
        item["blocks"] = c.blob().hex()
        item["related"] = [c.text() for _ in range(c.varint())]
        item["citations"] = list(self.citation_rows(c))
        footings = []
        for k in range(len(item["citations"])):
            back = c.varint()
            must(back <= k, "a footing looks back too far")
            if back:
                footings.append(footings[k - back])
                continue
            version, _, _ = c.text(), c.text(), c.text()
            words = c.varint() << 24 | c.varint()
            text = self.unpack("ARCHIVE", words, words >> 24, None) if words & 0xFFFFFF else Cursor(b"")
            footings.append((version, text.take(text.left()).decode("utf-8")))
        must(c.left() == 0, "an archived item has bytes too many")
        return item, footings

    def past_rows(self):
        fates = ("current", "withdrawn", "moved", "merged", "vanished")
        data = self.section.get(KINDS["PAST"], b"\0" * 8)
        must(u32s(data, 0, 1)[0] == self.past_count, "the past is counted wrongly")
        for number, c in enumerate(self.records("PAST", self.past_count, 4)):
            must(c.u32() == hash32(c.data[4:], number), "checksum of the past")
            out = {"id": c.text(), "fate": fates[c.u8()]}
            for key in ("since", "reason", "target", "question"):
                out[key] = c.text()
            out["revisions"] = [{"hash": c.take(32).hex(), "date": c.text(), "seen": c.text(), "until": c.text(),
                                 "place": c.varint() << 24 | c.varint()} for _ in range(c.varint())]
            must(c.left() == 0, "the past has bytes too many")
            yield out

    def check_packed(self):
        if KINDS["PACKED"] in self.section:
            packed, at = self.bytes_of("PACKED"), self.data.index(self.bytes_of("META"), 64)
            size, tables, lists = u32s(packed, 0, 3)
            raw = bytearray(zlib.decompress(packed[12 + 8 * tables:], -15))
            self.check_flat(u32s(raw, size, 2 * lists))
            del raw[size:]
            for t in range(tables):
                start, told = u32s(packed, 12 + 8 * t, 2)
                count, width = told & 0x7FFFFFFF, 2 if told >> 31 else 4
                steps, total = bytes(raw[start:start + width * count]), 0
                for i in range(count):
                    total = total + sum(steps[b * count + i] << 8 * b for b in range(width)) & (1 << 8 * width) - 1
                    raw[start + width * i:start + width * (i + 1)] = total.to_bytes(width, "little")
            must(len(raw) == size and raw == self.data[at:at + len(raw)],
                 "the head that is packed is another one")

    def check_cards(self, places):
        """items that are there once more, against themselves"""
        steps = self.bytes_of("CARD_STEPS") if KINDS["CARD_STEPS"] in self.section else b""
        if not steps:
            return
        cards, at = self.bytes_of("CARDS"), 0
        must(len(steps) == self.items + 1, "steps of cards are not one an item")
        for i, place in enumerate(places):
            size, end = struct.unpack_from("<H", cards, at)[0], at + (steps[1 + i] << steps[0])
            card, item = self.unpack("CARDS", at + 2 << 24 | size, i, None), self.unpack("ITEMS", place, i, "ITEM_DICTIONARY")
            must(card.data == item.data and not any(cards[at + 2 + size:end]), "a card is not its item")
            at = end
        must(at == len(cards), "CARDS has bytes too many")

    def check_flat(self, rows):
        """flat lists that are there once more, against themselves"""
        packed, at = self.bytes_of("FLAT") if KINDS["FLAT"] in self.section else b"", 0
        for place, size in zip(rows[::2], rows[1::2]):
            data, offset = self.bytes_of("ANSWER_LISTS" if place & 1 else "QUESTION_LISTS"), place // 2 * 64
            raw = zlib.decompress(packed[at:at + size], -15)
            must(len(raw) == (self.items + 1) // 2 + 4 and raw == data[offset:offset + len(raw)], "a flat list that is packed is another one")
            at += size
        must(at == len(packed), "FLAT has bytes too many")

    def check_ahead(self):
        """what AHEAD says of the dictionary, against the dictionary"""
        if KINDS["AHEAD"] not in self.section:
            return
        c, data = Cursor(self.bytes_of("AHEAD")), self.bytes_of("TERMS")
        terms = {number: (key, d.data, *bases) for number, key, d, bases in self.keys("TERMS", "TERM_KEYS", 24)}
        all_pages = u32s(self.bytes_of("TERM_KEYS"), 0, 1)[0]
        pages, count, number, key = c.u32(), c.u32(), -1, b""
        for name in ("EXACT", "TYPOS", "PROVISION_IDS", "PROVISION_ALSO"):
            each, bits, width, zero = struct.unpack("<IBBH", c.take(8))
            table = self.bytes_of(name)
            must(each == 0 or (table[4], table[5], zero) == (bits, width, 0) and
                 list(u32s(table, 8, (1 << bits) + 1)) == [b * each for b in range((1 << bits) + 1)], "a table ahead is not even")
        must(pages == (all_pages if all_pages <= 4096 else 0), "pages ahead")
        for _ in range(count):
            number += c.varint() + 1
            shared, rest, size = c.u8(), c.u8(), c.u8()
            key = key[:shared] + c.take(rest)
            here, (there_key, there_data, q, a) = Cursor(c.take(size)), terms[number]
            there = Cursor(there_data)
            must(key == there_key, "a term ahead has another number")
            must(self.term_data(here, 0, 0) == self.term_data(there, q, a), "a term ahead is another one")
        starts = list(struct.unpack_from("<QQ", data, i * (len(data) // all_pages) + 8) for i in range(pages))
        starts.append((len(self.bytes_of("QUESTION_LISTS")), len(self.bytes_of("ANSWER_LISTS"))))
        for before, after in zip(starts, starts[1:] if pages else ()):
            for f, shift in ((0, 4), (1, 6)):
                must(c.varint() == (after[f] >> shift) - (before[f] >> shift), "a page ahead lies elsewhere")
        must(c.left() == 0, "AHEAD has bytes too many")

    def term_data(self, c, *bases):
        """counts, and of each list its postings or where it lies"""
        q, a, more = c.varint(), c.varint(), c.varint()
        out = [q, a, more]
        for count, base in zip((q, a), bases):
            if count <= 8:
                out += [(c.varint(), c.u8()) for _ in range(count)]
            else:
                out += [c.u8(), c.u8(), base + c.varint(), c.varint()]
        must(c.left() == 0, "a term has bytes too many")
        return out

    def check_steps(self, places):
        steps = self.bytes_of("STEPS") if KINDS["STEPS"] in self.section else b""
        for i, place in enumerate(places if steps else ()):
            start, end = place >> 24, (place >> 24) + (place & 0xFFFFFF)
            must((end >> steps[0]) - (start >> steps[0]) == steps[1 + i], "a step to the next item")
        must(len(steps) in (0, self.items + 1), "steps are not one an item")

    def check_evidence(self):
        """How many revisions were computed anew; each must be what the file says."""
        release, count = self.release(), 0
        if KINDS["REVISIONS"] not in self.section:
            return 0
        rows, leaves = self.bytes_of("REVISIONS"), []
        size = len(rows) // self.items if self.items else 52
        must(len(rows) == size * self.items and (size == 40 or 52 <= size <= 128 and size % 4 == 0), "revisions are not one an item")
        places, ahead = self.bytes_of("ITEM_ROWS"), self.bytes_of("FORWARD")
        starts, texts = struct.unpack_from("<%dI" % (self.items + 1), ahead), ahead[4 * self.items + 4:]
        for item, footings in self.current():
            i = item["item"]
            row = rows[size * i:size * i + size]
            terms = texts[starts[i]:starts[i + 1]]
            fits = len(terms) <= size - 49
            must(hash32(row[4:], i) == struct.unpack_from("<I", row)[0], "checksum of a revision")
            must(size == 40 or row[40:48] == places[8 * i:8 * i + 8] and row[48] == (len(terms) if fits else 255) and
                 row[49:] == (terms if fits else b"").ljust(size - 49, b"\0"), "a revision says something else of its item")
            revision = row[8:40]
            must(digest(canonical(item, footings)) == revision, "the revision of " + item["id"])
            leaves.append((item["id"].encode(), revision))
        self.check_packed()
        self.check_ahead()
        self.check_steps(struct.unpack("<%dQ" % self.items, places))
        self.check_cards(struct.unpack("<%dQ" % self.items, places))
        must(root(sorted(leaves)).hex() == release["release"], "the release is not the root of its revisions")
        before = None
        for row in self.past_rows():
            must(before is None or before < row["id"].encode(), "the past is not sorted")
            before = row["id"].encode()
            for r in row["revisions"]:
                item, footings = self.archived(r["place"])
                must(item["id"] == row["id"] and digest(canonical(item, footings)).hex() == r["hash"],
                     "an archived revision of " + row["id"])
                count += 1
        c = Cursor(self.bytes_of("RELEASES"))
        releases = [(c.text(), c.text(), c.text(), c.varint()) for _ in range(c.varint())]
        must(c.left() == 0 and releases[-1][0] == release["release"], "the last release is not this one")
        return len(leaves) + count

    # ---- everything
    def rows(self):
        yield {"file_id": "%016x" % self.file_id, "items": self.items, "modules": self.modules,
               "sources": self.sources, "provisions": self.provisions}
        yield self.release()
        yield from self.module_rows()
        self.source_ids = []
        for row in self.source_rows():
            self.source_ids.append(row["id"].encode())
            yield row
        for row in self.provision_rows():
            key = self.source_ids[row["source"]] + b":" + row["id"].encode()
            must(row["provision"] in self.lookup("PROVISION_IDS", key), "a provision is lost")
            yield row
        for row in self.item_rows():
            for key in (row["id"], row["given_id"]):
                must(not key or row["item"] in self.lookup("IDS", key.encode()), "an item is lost")
            row["terms"] = self.question_terms(row["item"])
            yield row
        yield from self.abbreviation_rows()
        yield from self.term_rows()
        yield from self.word_rows()


# ---- The canonical form of an item
def digest(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def plain(blocks):
    """An answer as plain text: the table of docs/evidence.md."""
    c, out, open_ops, parting, in_row = Cursor(blocks), "", [], False, False

    def add(text):
        nonlocal out, parting
        if text:
            out += "\n" + text if parting and out else text
            parting = False

    def end_line():
        if out and out[-1] != "\n":
            add("\n")

    while c.left():
        op = c.u8()
        if op == 0:
            if open_ops.pop() in (1, 2, 5, 8):  # paragraph, heading, entry, row
                end_line()
        elif op in (40, 41):  # text, code
            add(c.text())
        elif op in (10, 43):  # a block of code, an image: the second string
            c.text()
            if op == 10:
                end_line()
            add(c.text())
            if op == 10:
                end_line()
        elif op in (11, 42):  # a rule, a line break
            if op == 42:
                end_line()
        else:
            open_ops.append(op)
            if op in (2, 8, 9):
                c.u8()
            elif op in (4, 7, 25):
                c.varint()
            elif op in (23, 24):
                c.text()
            if op in (1, 3, 4, 6, 7, 8):  # paragraph, lists, quote, table, row
                end_line()
            if op == 9 and in_row:  # a cell behind another
                add("\t")
            in_row = op == 9 or (in_row and op != 8)
        if not open_ops and out:
            parting = True
    return out


def canonical(item, footings):
    blocks = bytes.fromhex(item["blocks"])
    fields = [("id", item["id"]), ("language", item["language"]), ("question", item["question"]),
              ("verdict", item["verdict"]), ("answer", plain(blocks)), ("structure", digest(blocks).hex())]
    for c, (version, words) in zip(item["citations"], footings):
        how = c["how"]
        fields += [("written", c["written"]), ("source", c["source"]), ("provision", c["id"]),
                   ("state", STATES[how & 7]), ("range", "yes" if how & 16 else "no"),
                   ("listed", "yes" if how & 8 else "no"), ("note", c["note"]), ("quote", c["quote"]),
                   ("version", version), ("words", words)]
    out = b"pincite-revision 1\n"
    for name, value in fields:
        value = value.encode()
        out += b"%s %d\n%s\n" % (name.encode(), len(value), value)
    return out


def root(leaves):
    if not leaves:
        return digest(b"")
    if len(leaves) == 1:
        return digest(b"\0" + leaves[0][0] + b"\0" + leaves[0][1])
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return digest(b"\1" + root(leaves[:k]) + root(leaves[k:]))


def main(arguments):
    if len(arguments) not in (1, 2) or (len(arguments) == 2 and arguments[1] != "--check"):
        sys.stderr.write(__doc__)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            index = Index(file.read())
        count = 0
        for row in index.rows():
            count += 1
            if len(arguments) == 1:
                print(json.dumps(row, separators=(",", ":")))
        if len(arguments) == 2:
            print("good: %d rows, %d revisions" % (count, index.check_evidence()))
    except OSError as e:
        sys.stderr.write("cannot read '%s': %s\n" % (arguments[0], e.strerror))
        return 2
    except (Damaged, struct.error, IndexError, UnicodeDecodeError, zlib.error) as e:
        sys.stderr.write("'%s': %s\n" % (arguments[0], e))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
