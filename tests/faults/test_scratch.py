#!/usr/bin/env python3
"""A build with little memory: the same bytes, below its limit, and nothing left behind when the disk is full or
the build is killed. Items are made here; SCRATCH_ITEMS says how many."""
import hashlib
import json
import os
import pty
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PINCITE = os.environ.get("PINCITE", "build/pincite")
ITEMS = int(os.environ.get("SCRATCH_ITEMS", "45000"))
SANITIZED = bool(os.environ.get("PINCITE_SANITIZE"))
LIMIT = 128  # MiB; without a limit the same build takes more
failures = []


def fail(text):
    failures.append(text)
    print("FAILED:", text)


def make_corpus(path):
    chance = random.Random(7)
    words = ["".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in range(chance.randint(1, 4)))
             for _ in range(4000)]

    def some(low, high):  # early words are far more frequent
        return " ".join(words[int(len(words) * chance.random() ** 3)] for _ in range(chance.randint(low, high)))

    with open(path, "w", encoding="utf-8") as out:
        for i in range(ITEMS):
            verdict = chance.choice(["Yes, ", "No, ", "", ""])
            out.write(json.dumps({
                "id": f"part-{i % 211}/{some(1, 2).replace(' ', '-')}-{i}",
                "question": f"Must {some(5, 12)}?",
                "answer": f"{verdict}{some(30, 60)}. See Article {i % 71 + 1}({i % 9 + 1}). {some(20, 40)}.",
                "citations": [{"source": "cra", "provision": f"Article {i % 71 + 1}", "note": some(2, 6)}],
                "updated": f"2026-{i % 12 + 1:02}-{i % 28 + 1:02}",
            }) + "\n")


def build(corpus, output, *options, **how):
    return subprocess.run([PINCITE, "build", corpus, "-o", output, *options], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False, **how)


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def last_line(text):
    return text.strip().splitlines()[-1] if text.strip() else ""


def peak_of(arguments):
    """Largest resident size in MiB, of one run in a process of its own."""
    program = ("import resource, subprocess, sys\n"
               "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode\n"
               "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    code, peak = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True,
                                check=True).stdout.split()
    return int(code), int(peak) / 1024


def test_same_bytes(corpus, work):
    want = None
    for memory, threads in ((None, "1"), (None, "3"), ("128M", "1"), ("128M", "2"), ("200M", "3")):
        output = os.path.join(work, "out.pin")
        options = ["--threads", threads] + (["--memory", memory] if memory else [])
        done = build(corpus, output, *options)
        if done.returncode != 0:
            fail(f"{options}: exit {done.returncode}: {last_line(done.stderr)}")
            continue
        got = digest(output)
        want = want or got
        if got != want:
            fail(f"{options}: other bytes")
    return want


def test_limit(corpus, work):
    if SANITIZED:
        print("skipped: peak memory (sanitizers have their own)")
        return
    output = os.path.join(work, "out.pin")
    free_code, free = peak_of([PINCITE, "build", corpus, "-o", output, "--threads", "2"])
    code, peak = peak_of([PINCITE, "build", corpus, "-o", output, "--threads", "2", "--memory", f"{LIMIT}M"])
    print(f"peak {peak:.0f} MiB with --memory {LIMIT}M, {free:.0f} MiB without")
    if code != 0 or free_code != 0:
        fail(f"exit {code} and {free_code}")
    if free <= LIMIT:
        fail("the corpus is too small to show anything")
    if peak > LIMIT:
        fail(f"--memory {LIMIT}M is not honoured: {peak:.0f} MiB")


def test_bad_values(corpus, work):
    output = os.path.join(work, "none.pin")
    for value in ("", "0", "5", "127M", "0G", "M", "-1G", "1T", "1.5G", "128MB", "12345678M", " 1G"):
        done = build(corpus, output, "--memory", value)
        lines = done.stderr.strip().splitlines()
        if done.returncode != 2 or len(lines) != 1 or "--memory" not in lines[0] or os.path.exists(output):
            fail(f"--memory '{value}': exit {done.returncode}, {lines[:2]}")


def leftovers(folder):
    return [name for name in os.listdir(folder) if name != "faq.pin"]


def holds_scratch(pid):
    """Has the process an open file without a name?"""
    try:
        names = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return False
    return any(name.endswith("(deleted)") for name in names)


def test_killed(corpus, work, old, new):
    killed = 0
    for delay in (0.0, 0.3, 1.0):
        site = tempfile.mkdtemp(dir=work)
        target = os.path.join(site, "faq.pin")
        shutil.copy(old, target)
        before = digest(target)
        process = subprocess.Popen([PINCITE, "build", corpus, "-o", target, "--memory", "128M"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.time() + 30
        while process.poll() is None and not holds_scratch(process.pid) and time.time() < deadline:
            time.sleep(0.005)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            killed += 1
            if digest(target) not in (before, new):
                fail(f"killed after {delay} s: the index is neither the old nor the new one")
        left = leftovers(site)
        if any("scratch" in name for name in left):
            fail(f"killed after {delay} s: {left}")
        if build(corpus, target, "--memory", "128M").returncode != 0 or leftovers(site) or digest(target) != new:
            fail(f"killed after {delay} s: the next build does not put things right: {leftovers(site)}")
    if killed < 2:
        fail(f"only {killed} builds were killed in time")


def injected(corpus, target, point, errno):
    return subprocess.run(["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=fallocate", "-e",
                           f"inject=fallocate:error={errno}:when={point}+", PINCITE, "build", corpus, "-o", target,
                           "--memory", "128M"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})


def test_full_disk(corpus, work, old):
    if not shutil.which("strace") or subprocess.run(["strace", "-o", "/dev/null", "true"], check=False).returncode:
        print("skipped: injected faults (strace cannot trace here)")
        return
    before = digest(old)
    refused = 0
    for point in range(1, 6):
        site = tempfile.mkdtemp(dir=work)
        target = os.path.join(site, "faq.pin")
        shutil.copy(old, target)
        done = injected(corpus, target, point, "ENOSPC")
        if done.returncode == 0:
            break  # it did not need so much
        refused += 1
        line = last_line(done.stderr)
        if done.returncode != 2 or "No space left" not in line:
            fail(f"disk full at extent {point}: exit {done.returncode}: {line}")
        if digest(target) != before or leftovers(site):
            fail(f"disk full at extent {point}: the old index or the folder is not as it was: {leftovers(site)}")
    if refused < 2:
        fail(f"scratch was written only {refused} times")
    # an interrupted call is tried again
    site = tempfile.mkdtemp(dir=work)
    done = subprocess.run(["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=fallocate", "-e",
                           "inject=fallocate:error=EINTR:when=1", PINCITE, "build", corpus, "-o",
                           os.path.join(site, "faq.pin"), "--memory", "128M"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    if done.returncode != 0:
        fail(f"an interrupted call ends the build: {last_line(done.stderr)}")


def test_progress(corpus, work):
    """On a terminal the build says how much is done, how fast, and how long it will take."""
    main, terminal = pty.openpty()
    process = subprocess.Popen([PINCITE, "build", corpus, "-o", os.path.join(work, "out.pin"), "--threads", "1"],
                               stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    text = b""
    while True:
        try:
            piece = os.read(main, 4096)
        except OSError:
            break
        if not piece:
            break
        text += piece
    os.close(main)
    if process.wait() != 0:
        fail("the build with progress failed")
    shown = re.findall(r"(reading|checking|packing)[ a-zA-Z]* (\d+) of (\d+) \((\d+)%\), (\d+)/s, (\d+) s left", text.decode())
    if not shown:
        fail(f"no progress with rate and time left: {text[:300]!r}")
    for _, done, total, percent, _, _ in shown:
        if int(done) > int(total) or abs(100 * int(done) / int(total) - int(percent)) > 1:
            fail(f"progress contradicts itself: {done} of {total}, {percent}%")
    print("progress:", ", ".join(sorted({stage for stage, *_ in shown})))


def main():
    if not os.access(PINCITE, os.X_OK):
        print("skipped: no program at", PINCITE)
        return 77
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as work:
        corpus = os.path.join(work, "items.jsonl")
        make_corpus(corpus)
        small = os.path.join(work, "small.jsonl")
        with open(small, "w", encoding="utf-8") as f:
            f.write('{"id":"a/b","question":"Old?","answer":"Yes."}\n')
        old = os.path.join(work, "old.pin")
        if build(small, old).returncode != 0:
            fail("the small build fails")
            return 1
        new = test_same_bytes(corpus, work)
        test_limit(corpus, work)
        test_bad_values(corpus, work)
        test_killed(corpus, work, old, new)
        test_full_disk(corpus, work, old)
        test_progress(corpus, work)
    print("good" if not failures else f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
