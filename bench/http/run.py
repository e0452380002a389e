#!/usr/bin/env python3
"""make bench-http: our server beside nginx, the same pre-compressed page, the same load, in turns.

Prints requests a second, p99 and processor time of the server per request (user + system, from /proc), for a card page
(both servers) and for searches (ours alone). Needs wrk and nginx; loopback only; bounded in time.
    bench/http/run.py [--seconds 4] [--rounds 3] [--corpus PATH] [--out bench/results/http.md]
"""
import argparse
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PINCITE = os.environ.get("PINCITE", os.path.join(ROOT, "build", "pincite"))
sys.path.insert(0, os.path.join(ROOT, "tests", "http"))
from server import Server, build  # noqa: E402

NGINX = """user root; worker_processes 2; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log; events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; open_file_cache max=1000; keepalive_requests 1000000;
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; gzip_static on; }} }}
"""
LUA = """local q = {}
for line in io.lines("%s") do q[#q + 1] = line end
local i = 0
request = function() i = i %% #q + 1; return wrk.format("GET", "/api/v1/search?q=" .. q[i], {["Accept-Encoding"] = "gzip"}) end
"""


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def children(pid):
    out = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(p) for p in out]


def load(url, seconds, pids, lua=None):
    """One run of wrk: requests a second, p99 in ms, server CPU in microseconds a request."""
    before = cpu_seconds(pids)
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", "-H", "Accept-Encoding: gzip"]
    out = subprocess.run(command + (["-s", lua] if lua else []) + [url], capture_output=True, text=True).stdout
    used = cpu_seconds(pids) - before
    count = int(re.search(r"(\d+) requests in", out)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    if re.search(r"Non-2xx", out):
        raise RuntimeError(out)
    return rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit], used * 1e6 / count


def start_nginx(folder, page):
    os.makedirs(os.path.join(folder, "www", "page"))
    for name, headers in (("index.html", {}), ("index.html.gz", {"Accept-Encoding": "gzip"})):
        with urllib.request.urlopen(urllib.request.Request(page, headers=headers)) as reply:
            with open(os.path.join(folder, "www", "page", name), "wb") as file:
                file.write(reply.read())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(os.path.join(folder, "nginx.conf"), "w", encoding="ascii") as file:
        file.write(NGINX.format(dir=folder, port=port))
    process = subprocess.Popen(["nginx", "-p", folder, "-c", os.path.join(folder, "nginx.conf")], stderr=subprocess.DEVNULL)
    time.sleep(1)
    if process.poll() is None:
        return process, port
    raise RuntimeError("nginx did not start")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--corpus", default=os.path.join(ROOT, "examples", "cra"))
    options.add_argument("--card", default="security-updates/free-of-charge/")
    options.add_argument("--out")
    o = options.parse_args()
    for tool in ("wrk", "nginx"):
        if not shutil.which(tool):
            print(f"unmeasured: {tool} is not installed")
            return 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(build(o.corpus, os.path.join(folder, "x.pin")))
        page = f"http://127.0.0.1:{server.port}/{o.card}"
        nginx, port = start_nginx(folder, page)
        queries = []
        for number in range(1, 12):
            try:
                body = urllib.request.urlopen(f"http://127.0.0.1:{server.port}/items/{number}/" if number > 1 else f"http://127.0.0.1:{server.port}/items/").read().decode()
            except OSError:
                break
            queries += [re.sub(r"<[^>]+>", "", q) for q in re.findall(r"<h2>(.*?)</h2>", body)]
        with open(os.path.join(folder, "q.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(urllib.request.quote(q) for q in queries) + "\n")
        lua = os.path.join(folder, "q.lua")
        with open(lua, "w", encoding="ascii") as file:
            file.write(LUA % os.path.join(folder, "q.txt"))
        rows = {"nginx, card page": [], "pincite, card page": [], "pincite, search API": []}
        ours, theirs = [server.process.pid], [nginx.pid, *children(nginx.pid)]
        for _ in range(o.rounds):
            rows["nginx, card page"].append(load(f"http://127.0.0.1:{port}/page/", o.seconds, theirs))
            rows["pincite, card page"].append(load(page, o.seconds, ours))
            rows["pincite, search API"].append(load(f"http://127.0.0.1:{server.port}/", o.seconds, ours, lua))
        nginx.terminate()
        server.stop()
    lines = [f"Machine: {platform.machine()}, {os.cpu_count()} processors, Linux {platform.release()}; wrk and servers share them.",
             f"Command: bench/http/run.py --seconds {o.seconds} --rounds {o.rounds}; corpus: {os.path.relpath(o.corpus, ROOT)}, {len(queries)} queries (its own questions).", "",
             "| what | requests/s, median (range) | p99, ms | server CPU per request, µs |", "| --- | --: | --: | --: |"]
    medians = {}
    for name, runs in rows.items():
        rate, p99, cpu = (statistics.median(run[i] for run in runs) for i in range(3))
        medians[name] = cpu
        lines.append(f"| {name} | {rate:,.0f} ({min(r[0] for r in runs):,.0f} to {max(r[0] for r in runs):,.0f}) | {p99:.2f} | {cpu:.1f} |")
    ratios = sorted(b[2] / a[2] for a, b in zip(rows["nginx, card page"], rows["pincite, card page"]))
    lines += ["", f"CPU per request, pincite over nginx, round by round: {', '.join(f'{r:.2f}' for r in ratios)}; target: at most 2.5."]
    text = "\n".join(lines) + "\n"
    print(text)
    if o.out:
        with open(o.out, "w", encoding="utf-8") as file:
            file.write("# HTTP beside nginx\n\n" + text)
    return 0


sys.exit(main())
