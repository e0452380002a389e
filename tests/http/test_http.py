#!/usr/bin/env python3
"""The server by an ordinary client and by a hostile one: addresses, conditions, ranges, compression, limits,
deadlines, reloads. Prints a line a check; exit 1 when any fails."""
import gzip
import html.parser
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time

from server import PINCITE, ROOT, SKIPPED, Server, build, scratch

failed = 0
passed = 0


def check(what, good, detail=""):
    global failed, passed
    if good:
        passed += 1
    else:
        failed += 1
    print(("ok    " if good else "FAIL  ") + what + (f": {detail}" if detail and not good else ""), flush=True)


HOSTILE = r'''{"id":"x/one","module":"x","module_title":"<script>alert(1)</script>","question":"<script>alert('q')</script> & \"quotes\"?","answer":"<img src=x onerror=alert(1)> [bad](javascript:alert(1)) [good](https://example.org/?a=1&b=2) <script>alert(2)</script>","status":"draft","author":"</title><script>alert(3)</script>","citations":[{"source":"</script><script>alert(4)","note":"<b>note</b>"}]}
'''


class Judge(html.parser.HTMLParser):
    """What a browser would run or load that is not ours."""

    def __init__(self):
        super().__init__()
        self.bad = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("img", "iframe", "object", "embed", "svg", "base", "style"):
            self.bad.append(tag)
        if tag == "script" and given.get("type") != "application/ld+json" and not re.match(r"(\.\./|\./)*assets/", given.get("src") or "x"):
            self.bad.append(f"script {given}")
        for name, value in attributes:
            if name.startswith("on") or (name in ("href", "src", "action") and re.match(r"\s*(javascript|data|vbscript):", value or "", re.I)):
                self.bad.append(f"{tag} {name}={value}")


def addresses(s):
    for path, status in [("/", 200), ("/items/", 200), ("/items/2/", 200), ("/secure-by-default/", 200),
                         ("/secure-by-default/tailor-made-exception/", 200), ("/law/cra/", 200),
                         ("/law/cra/art_13.par_8/", 200), ("/search/?q=update", 200), ("/search/", 200),
                         ("/api/v1/search?q=update", 200), ("/api/v1/coverage", 200),
                         ("/api/v1/items/secure-by-default/tailor-made-exception", 200),
                         ("/api/v1/provisions/cra/art_13.par_8", 200), ("/sitemap.xml", 200), ("/opensearch.xml", 200),
                         ("/llms.txt", 200), ("/healthz", 200), ("/metrics", 200), ("/secure-by-default.md", 200),
                         ("/secure-by-default/tailor-made-exception.md", 200),
                         ("/items/999/", 404), ("/no/such/", 404), ("/law/cra/art_999/", 404), ("/law/zzz/", 404),
                         ("/api/v1/nothing", 404), ("/api/v1/search", 400), ("/api/v1/search?q=a&k=0", 400),
                         ("/.well-known/security.txt", 404)]:
        got = s.get(path)
        check(f"GET {path} answers {status}", got[0] == status, f"{got[0]}")
    status, headers, _ = s.get("/secure-by-default")
    check("an address without its slash is moved to the one with it",
          status == 301 and headers.get("location") == "/secure-by-default/", f"{status} {headers.get('location')}")
    status, headers, _ = s.get("/search?q=software+update")
    check("a search without its slash keeps its query", headers.get("location") == "/search/?q=software+update", headers.get("location"))
    status, headers, _ = s.get("/items/a%0d%0aX-Evil:%20x%3fy%25%c3%a4")
    check("what a redirect repeats is encoded", status == 301 and headers.get("location") == "/items/a%0D%0AX-Evil:%20x%3Fy%25%C3%A4/",
          f"{status} {headers}")
    status, headers, body = s.get("/api/v1/items/no/such")
    problem = json.loads(body)
    check("an error of the API is a problem", headers["content-type"] == "application/problem+json" and problem["status"] == 404)
    status, headers, body = s.get("/secure-by-default/tailor-made-exception/", {"Accept": "text/markdown"})
    check("Accept: text/markdown gives the Markdown twin", headers["content-type"].startswith("text/markdown") and body.startswith(b"#"),
          headers["content-type"])
    status, headers, _ = s.get("/secure-by-default/tailor-made-exception/")
    check("a card names its twin in Link", 'rel="alternate"' in headers.get("link", ""))
    check("the policy forbids everything but our own", "default-src 'none'" in headers["content-security-policy"]
          and "unsafe" not in headers["content-security-policy"])
    status, headers, body = s.get("/", method="HEAD")
    check("HEAD has the headers and no body", status == 200 and body == b"" and int(headers["content-length"]) > 1000)


def representation(s):
    path = "/secure-by-default/"
    _, plain, body = s.get(path)
    _, zipped, packed = s.get(path, {"Accept-Encoding": "gzip"})
    check("gzip unpacks to the same bytes", zipped.get("content-encoding") == "gzip" and gzip.decompress(packed) == body)
    _, br, packed = s.get(path, {"Accept-Encoding": "br, gzip;q=0.5"})
    same = subprocess.run(["node", "-e", "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(0)))"],
                          input=packed, capture_output=True).stdout if shutil.which("node") else body
    check("brotli unpacks to the same bytes", br.get("content-encoding") == "br" and same == body)
    check("each coding has a tag of its own", len({plain["etag"], zipped["etag"], br["etag"]}) == 3)
    check("a refused coding is not used", "content-encoding" not in s.get(path, {"Accept-Encoding": "gzip;q=0, identity"})[1])
    check("a known tag gives 304 and no body", s.get(path, {"If-None-Match": plain["etag"]})[0::2] == (304, b""))
    check("a list of tags is read", s.get(path, {"If-None-Match": f'"x", {plain["etag"]}'})[0] == 304)
    check("an old tag gives the page", s.get(path, {"If-None-Match": '"old"'})[0] == 200)
    status, headers, part = s.get(path, {"Range": "bytes=10-19"})
    check("a range gives its bytes", status == 206 and part == body[10:20] and headers["content-range"] == f"bytes 10-19/{len(body)}")
    status, headers, part = s.get(path, {"Range": "bytes=-7"})
    check("a range from the end", status == 206 and part == body[-7:])
    status, headers, part = s.get(path, {"Range": "bytes=5-"})
    check("a range to the end", status == 206 and part == body[5:])
    check("a range behind the end is 416", s.get(path, {"Range": f"bytes={len(body)}-"})[0] == 416)
    for odd in ["bytes=5-2", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4", "bytes=", "bytes=--5"]:
        check(f"an odd range is ignored: {odd}", s.get(path, {"Range": odd})[0] == 200)
    status, headers, _ = s.get(path, {"Range": "bytes=0-1"}, method="HEAD")
    check("HEAD takes no range", status == 200 and int(headers["content-length"]) == len(body), f"{status}")
    for name, conditions in {"304": {"If-None-Match": plain["etag"]}, "206": {"Range": "bytes=0-1"}}.items():
        again = s.get(path, conditions)[1]
        check(f"a {name} says the same to caches as the page", "Accept" in again["vary"].split(", ")
              and [again.get(h) for h in ("vary", "cache-control", "etag")] == [plain.get(h) for h in ("vary", "cache-control", "etag")], again)
    check("If-Range with an old tag gives all", s.get(path, {"Range": "bytes=0-1", "If-Range": '"old"'})[0] == 200)
    check("If-Range with the tag gives the part", s.get(path, {"Range": "bytes=0-1", "If-Range": plain["etag"]})[0] == 206)
    asset = re.search(rb'assets/style\.[0-9a-f]+\.css', s.get("/")[2])[0].decode()
    kept = s.get("/" + asset)[1]
    check("assets may be kept for ever", "immutable" in kept["cache-control"])
    check("and still may when they are asked for again", "immutable" in s.get("/" + asset, {"If-None-Match": kept["etag"]})[1]["cache-control"])


def hostile_requests(s):
    for path in ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%252e%252e/", "/%00", "/a%00b/", "/%ff%fe/", "/%zz/",
                 "//", "/./", "/%2f%2f/", "/secure-by-default/%2e%2e/", "/\\..\\", "/law/cra/../../", "/items/-1/", "/items/00000000000000002/",
                 "/items/4294967298/", "/api/v1/items/../../x", "/assets/../x", "/a" * 900 + "/"]:
        reply = s.raw(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", timeout=5)
        status = int(reply[9:12] or 0) if reply.startswith(b"HTTP/") else 0
        check(f"{path[:40]} is refused calmly", 300 <= status < 500 and b"root:" not in reply, f"{status}")
    long = s.raw(b"GET /" + b"a" * 65536 + b"/ HTTP/1.1\r\nHost: x\r\n\r\n", timeout=5)
    check("a path of 64 kB is refused", long == b"" or int(long[9:12]) in (400, 414, 431, 413, 501), long[:40])
    query = s.raw(b"GET /search/?q=" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: x\r\n\r\n", timeout=5)
    check("a query of 1 MB is refused", query == b"" or int(query[9:12]) in (400, 414, 431, 413, 501), query[:40])
    for q in ["%01%02%1b%5b31m", "<script>alert(1)</script>", "%22%3E%3Cscript%3E", "%ff", "%E2%80%AE", "!!!", "%20"]:
        status, headers, body = s.get("/search/?q=" + q.replace("<", "%3C").replace(">", "%3E"))
        check(f"the query {q} makes no script", status in (200, 400, 404) and b"<script>alert" not in body and b"\x1b" not in body, f"{status}")
    for name, request in {
        "two lengths": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "length and chunks": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "a body on GET": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "chunks on GET": b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "no host": b"GET / HTTP/1.1\r\n\r\n",
        "a space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "a negative length": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "a huge length": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "nonsense": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
        "POST": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "DELETE": b"DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "200 headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 200) for i in range(400)) + b"\r\n",
    }.items():
        reply = s.raw(request, timeout=4)
        status = reply[9:12]
        check(f"{name} is refused", reply == b"" or status[:1] in (b"4", b"5"), reply[:60])
    check("the server is well after all that", s.get("/healthz")[0] == 200 and s.alive())


def deadlines(s):
    def drip(seconds, out):
        try:
            with socket.create_connection(("127.0.0.1", s.port), timeout=30) as c:
                began = time.monotonic()
                for byte in b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"y" * 200:
                    c.sendall(bytes([byte]))
                    c.setblocking(False)
                    try:
                        if c.recv(1) == b"":
                            break
                    except BlockingIOError:
                        pass
                    c.setblocking(True)
                    if time.monotonic() - began > seconds:
                        out.append(None)
                        return
                    time.sleep(1)
        except OSError:
            pass
        out.append(time.monotonic() - began)

    cut = []
    crowd = [threading.Thread(target=drip, args=(25, cut)) for _ in range(500)]
    for t in crowd:
        t.start()
    time.sleep(3)
    times = []
    for _ in range(50):
        began = time.monotonic()
        check_status = s.get("/secure-by-default/")[0]
        times.append(time.monotonic() - began)
    times.sort()
    check("others are answered while 500 clients drip", check_status == 200 and times[25] < 1.0, f"median {times[25]:.3f} s")
    for t in crowd:
        t.join()
    check("clients that drip a byte a second are cut off within 15 s", len(cut) == 500 and all(t is not None and t <= 15 for t in cut),
          f"{len(cut)} ended, slowest {max((t or 99) for t in cut):.1f} s")


def crowds(s):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(10000, (hard if hard != resource.RLIM_INFINITY else 10000) - 100)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted + 100, hard if hard != resource.RLIM_INFINITY else wanted + 100)), hard))
    held = []
    for _ in range(wanted):
        c = socket.socket()
        c.setblocking(False)
        c.connect_ex(("127.0.0.1", s.port))
        held.append(c)
    time.sleep(1)
    for c in held:
        c.close()
    for attempt in range(40):
        try:
            good = s.get("/healthz", timeout=5)[0] == 200
            break
        except OSError:
            good = False
            time.sleep(0.5)
    check(f"after {wanted} connections at once it answers again", good and s.alive())


def reloads(folder):
    index = os.path.join(folder, "live.pin")
    first, second = build(os.path.join(ROOT, "examples", "cra"), os.path.join(folder, "a.pin")), os.path.join(folder, "b.pin")
    one = os.path.join(folder, "one.jsonl")
    with open(one, "w", encoding="utf-8") as file:
        file.write('{"id":"new/one","question":"Is this the new file?","answer":"Yes, it is."}\n')
    build(one, second)
    shutil.copy(first, index)
    s = Server(index, "--watch")
    stop, errors, count = threading.Event(), [], [0]

    def client():
        c = s.connect()
        while not stop.is_set():
            try:
                c.request("GET", "/")
                r = c.getresponse()
                r.read()
                if r.status != 200:
                    errors.append(r.status)
                count[0] += 1
            except Exception as e:  # a dropped connection is a failed request
                errors.append(repr(e))
                c = s.connect()

    crowd = [threading.Thread(target=client) for _ in range(4)]
    for t in crowd:
        t.start()
    def replace(source):
        temporary = index + ".new"
        shutil.copy(source, temporary)
        os.replace(temporary, index)

    def items():
        return re.search(r"pincite_items (\d+)", s.get("/metrics")[2].decode())[1]

    before = items()
    replace(second)
    s.hangup()
    time.sleep(1.5)
    check("SIGHUP takes the new file", items() == "1" and before != "1", items())
    check("its pages are there", s.get("/new/one/")[0] == 200 and s.get("/secure-by-default/")[0] == 404)
    with open(index + ".bad", "wb") as bad:
        bad.write(open(first, "rb").read()[:5000])
    os.replace(index + ".bad", index)
    time.sleep(3.5)
    check("a cut file is refused and the old one is served on", items() == "1" and any("still serving" in line for line in s.said))
    replace(first)
    time.sleep(3.5)
    check("--watch takes a good one again", items() == before, items())
    with open(index, "r+b") as file:
        file.truncate(1000)
    time.sleep(2.5)
    check("a file cut in place does no harm", s.get("/secure-by-default/")[0] == 200 and s.alive())
    os.remove(index)
    time.sleep(1.5)
    check("a file that is gone does no harm", s.get("/items/")[0] == 200 and s.alive())
    stop.set()
    for t in crowd:
        t.join()
    check(f"no request of {count[0]} failed meanwhile", not errors, errors[:3])
    check("SIGTERM ends it with 0", s.stop() == 0)


def hostile_corpus(folder):
    corpus = os.path.join(folder, "hostile.jsonl")
    with open(corpus, "w", encoding="utf-8") as file:
        file.write(HOSTILE)
    s = Server(build(corpus, os.path.join(folder, "hostile.pin")))
    for path in ["/", "/items/", "/x/", "/x/one/", "/search/?q=script", "/x.md", "/x/one.md", "/llms.txt", "/sitemap.xml"]:
        status, headers, body = s.get(path)
        if headers["content-type"].startswith("text/html"):
            judge = Judge()
            judge.feed(body.decode())
            scripts, fine = judge.bad, not judge.bad
            check(f"a hostile corpus puts no script into {path}", status == 200 and fine, scripts)
        else:
            check(f"{path} is not HTML", status == 200 and headers["x-content-type-options"] == "nosniff")
    s.stop()


def starting(folder):
    index = build(os.path.join(ROOT, "examples", "cra"), os.path.join(folder, "start.pin"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        r = subprocess.run([PINCITE, "serve", index, "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True)
        check("a port in use is one clear line and exit 2", r.returncode == 2 and "in use" in r.stderr and r.stderr.count("\n") == 1, r.stderr)
    for listen in ["nowhere", "127.0.0.1:99999", "1.2.3.4.5:80", ":80", "127.0.0.1:"]:
        r = subprocess.run([PINCITE, "serve", index, "--listen", listen], capture_output=True, text=True)
        check(f"--listen {listen} is refused", r.returncode == 2 and r.stderr.count("\n") == 1, r.stderr)
    r = subprocess.run([PINCITE, "serve", os.path.join(folder, "none.pin")], capture_output=True, text=True)
    check("a file that is not there is refused", r.returncode == 2 and r.stderr.count("\n") == 1, r.stderr)
    s = Server(index, "--access-log", "--security-contact", "mailto:security@example.org", "--security-expires", "2027-01-01T00:00:00Z")
    check("security.txt when configured", b"Contact: mailto:security@example.org" in s.get("/.well-known/security.txt")[2])
    s.get("/items/")
    time.sleep(0.3)
    s.raw(b"\x1b]0;owned\x07 /\x1b[2J HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", timeout=5)
    time.sleep(0.3)
    check("nothing in the access log drives a terminal", len(s.said) > 1 and not any("\x1b" in line or "\x07" in line for line in s.said), s.said)
    check("the access log has no addresses", any("/items/" in line for line in s.said) and not any("127.0.0.1" in line for line in s.said))
    s.stop()


def main():
    if not os.path.exists(PINCITE):
        print(f"skipped: no program at {PINCITE}")
        return SKIPPED
    with scratch() as folder:
        s = Server(build(os.path.join(ROOT, "examples", "cra"), os.path.join(folder, "cra.pin")))
        for part in (addresses, representation, hostile_requests, deadlines, crowds):
            part(s)
        check("the server ends with 0", s.stop() == 0)
        hostile_corpus(folder)
        starting(folder)
        reloads(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
