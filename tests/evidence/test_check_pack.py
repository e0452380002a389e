#!/usr/bin/env python3
"""tools/check_pack.py, written from docs/evidence.md, and pincite verify agree: on packs as made, on every byte
changed (the checker; the same for pincite is host/evidence/check_test.c), and on what can happen to a folder."""
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.join(here, "..", "..")
program = os.path.abspath(os.environ["PINCITE"])
spec = importlib.util.spec_from_file_location("check_pack", os.path.join(root, "tools", "check_pack.py"))
check_pack = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(check_pack)


def run(*words, expect=0):
    done = subprocess.run([program, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    if done.returncode != expect:
        sys.exit(f"pincite {' '.join(words)}: exit {done.returncode}, expected {expect}: {done.stdout}")
    return done.stdout


def both(pack, sound, *key):
    """The two checkers must say the same, and it must be this."""
    options = ["--pub", key[0]] if key else []
    ours = subprocess.run([program, "verify", pack, *options], capture_output=True).returncode
    theirs = subprocess.run([sys.executable, os.path.join(root, "tools", "check_pack.py"), pack, *key], capture_output=True)
    if (ours, theirs.returncode) != ((0, 0) if sound else (1, 1)):
        sys.exit(f"{pack} {key}: pincite {ours}, check_pack.py {theirs.returncode} ({theirs.stdout}), sound should be {sound}")


def every_byte(pack):
    files = check_pack.read(pack)
    assert list(check_pack.check(files)) == []
    count = 0
    for name, whole in files.items():
        for at in range(len(whole)):
            files[name] = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
            if next(check_pack.check(files), None) is None:
                sys.exit(f"check_pack.py does not see byte {at} of {pack}/{name}")
            count += 1
        files[name] = whole
    return count


def damaged(pack, how):
    copy = pack + "-copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(pack, copy)
    how(copy)
    both(copy, False)


def main():
    os.chdir(tempfile.mkdtemp())
    run("build", os.path.join(root, "tests/golden/corpus"), "-o", "faq.pin")
    run("sign", "--generate", "k")
    run("sign", "--generate", "other")
    run("pack", "faq.pin", "keepers/support-period", "gates/closing", "faq:01", "--query", "zeppelin", "-o", "plain")
    run("pack", "faq.pin", "gates/squeaks", "--query", "squeak", "-o", "signed", "--key", "k.key")
    run("pack", "faq.pin", "--query", " no   such\tthing ", "-o", "nothing")
    for pack in "plain", "signed", "nothing":
        both(pack, True)
    both("signed", True, "k.pub")
    both("signed", False, "other.pub")
    both("plain", False, "k.pub")
    changed = every_byte("plain") + every_byte("signed")
    for pack in "plain", "signed":
        names = [name for name in check_pack.read(pack)]
        for name in names:
            damaged(pack, lambda copy: os.remove(os.path.join(copy, name)))
        damaged(pack, lambda copy: open(os.path.join(copy, "more.txt"), "w").close())
        damaged(pack, lambda copy: os.mkdir(os.path.join(copy, "more")))
        damaged(pack, lambda copy: os.mkdir(os.path.join(copy, "items", "more")))
        damaged(pack, lambda copy: os.symlink("index.html", os.path.join(copy, "more")))
        damaged(pack, lambda copy: (os.rename(f"{copy}/index.html", "x"), os.symlink("../x", f"{copy}/index.html")))
        damaged(pack, lambda copy: open(os.path.join(copy, "manifest"), "a").write("\n"))
    # every leaf of trees of every size: the paths that C makes, Python follows
    proofs = 0
    for count in list(range(1, 18)) + [31, 32, 33]:
        with open("many.jsonl", "w") as file:
            for i in range(count):
                file.write('{"id":"m/q-%03d","question":"What is %d?","answer":"A number."}\n' % (i, i))
        run("build", "many.jsonl", "-o", "many.pin")
        shutil.rmtree("many", ignore_errors=True)
        run("pack", "many.pin", *[f"m/q-{i:03}" for i in range(count)], "-o", "many")
        both("many", True)
        proofs += count
    print(f"{changed} changed bytes seen, {proofs} proofs followed, good and damaged packs judged alike")
    shutil.rmtree(os.getcwd())


main()
