#!/usr/bin/env python3
"""make bench: pincite beside its peers, on the same items and queries, in the same run.

For every size: generate, build with each engine, then rounds in which the engines take turns, then cold
starts, also in turns. Writes bench/results/results.json and, from it, report.md and the plots. A size
that is measured again replaces its own part of the results only; each part says when and how.
"""
import argparse
import collections
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engines  # noqa: E402
import report  # noqa: E402

HERE, ROOT = engines.HERE, engines.ROOT
KINDS = ["natural", "keywords", "typo", "prefix", "provision", "phrase"]
COLD_STARTS = 5
GENERATION = "1"  # one more whenever the generator's bytes change: corpora made before are made anew


def say(text):
    print(text, file=sys.stderr, flush=True)


# ---- Running one process ------------------------------------------------------------------------
class Watch(threading.Thread):
    """Samples the memory of the launched process that no file backs: what serving costs beside the mapped index."""

    def __init__(self, launcher):
        super().__init__(daemon=True)
        self.launcher, self.child, self.most, self.done = launcher, None, 0, threading.Event()

    def sample(self):
        if not self.child:
            self.child = read(f"/proc/{self.launcher}/task/{self.launcher}/children").strip()
        found = re.search(r"RssAnon:\s+(\d+)", read(f"/proc/{self.child}/status")) if self.child else None
        self.most = max(self.most, int(found.group(1))) if found else self.most

    def run(self):
        while not self.done.wait(0.01):
            try:
                self.sample()
            except OSError:
                return

    def end_child(self):
        if self.child:
            os.kill(int(self.child), signal.SIGKILL)


def measured(command, environment, nice, limit):
    """Runs a command: wall and processor seconds, peak and anonymous memory in KiB. None when it failed."""
    log, cost = os.path.join(WORK, "last.log"), os.path.join(WORK, "last.cost")
    with open(log, "wb") as output:
        process = subprocess.Popen(["nice", "-n", str(nice), os.path.join(WORK, "bin", "launch"), cost, *command],
                                   stdout=subprocess.DEVNULL, stderr=output, env={**os.environ, **environment})
        watch = Watch(process.pid)
        timer = threading.Timer(limit, watch.end_child)
        watch.start()
        timer.start()
        process.wait()
        late = not timer.is_alive()
        timer.cancel()
        watch.done.set()
    if process.returncode not in (0, 1):  # 1: nothing found
        last = (read(log).strip().splitlines() or ["no message"])[-1]
        why = f"ended after {limit} s" if late else f"exit {process.returncode}: {last[:200]}"
        say(f"    {' '.join(command[:3])} ... {why}")
        return None
    wall, cpu, peak = read(cost).split()
    return {"wall_s": float(wall), "cpu_s": float(cpu), "peak_kib": int(peak), "anon_kib": watch.most}


def bytes_at(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


# ---- The corpus ---------------------------------------------------------------------------------
def make_tools():
    """The launcher, and the generator, whose program is returned."""
    sources = sorted(name for name in os.listdir(os.path.join(HERE, "generate")) if name.endswith(".c"))
    program, launch = (os.path.join(WORK, "bin", name) for name in ("generate", "launch"))
    os.makedirs(os.path.dirname(program), exist_ok=True)
    engines.run(["gcc", "-std=c17", *engines.WARNINGS, os.path.join(HERE, "launch.c"), "-o", launch])
    engines.run(["gcc", "-std=c17", *engines.WARNINGS, *(os.path.join(HERE, "generate", name) for name in sources),
                 "-o", program])
    engines.run([program, "--selftest"])
    return program


class Corpus:
    def __init__(self, items, queries):
        self.items, self.place = items, os.path.join(WORK, str(items))
        self.lines, self.queries, self.qrels = (os.path.join(self.place, name)
                                                for name in ("corpus.jsonl", "queries.tsv", "qrels.tsv"))
        self.count = queries

    def at(self, *parts):
        return os.path.join(self.place, *parts)

    def make(self, generator):
        """Again only when it is not there, or not with as many queries."""
        os.makedirs(self.at("index"), exist_ok=True)
        stamp, wanted = self.at("made"), f"{self.items} {self.count} {GENERATION}"
        if not os.path.exists(stamp) or read(stamp) != wanted:
            say(f"  generating {self.items:,} items")
            start = time.monotonic()
            engines.run([generator, str(self.items), self.lines, self.queries, self.qrels, str(self.count)])
            say(f"    {self.items / (time.monotonic() - start):,.0f} items/s")
            with open(stamp, "w", encoding="utf-8") as to:
                to.write(wanted)

    def text_bytes(self):
        """Bytes of questions and answers."""
        total = 0
        with open(self.lines, encoding="ascii") as lines:
            for line in lines:
                question = line.index('"question":"') + 12
                answer = line.index('","answer":"', question)
                total += answer - question + line.index('","citations":', answer) - answer - 12
        return total


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


# ---- One size -----------------------------------------------------------------------------------
def build_all(corpus, ready, options, results):
    rounds = options.build_rounds or (3 if corpus.items <= 20_000 else 1)
    for number in range(rounds):
        for engine in ready:
            index = corpus.at("index", engine.name)
            say(f"  build {number + 1}/{rounds}  {engine.title}")
            took = measured(engine.build(corpus.lines, index), engine.environment, options.nice, options.limit)
            if took is None:
                results[engine.name]["unmeasured"] = "the build failed or took too long"
                continue
            results[engine.name].setdefault("builds", []).append(took)
            results[engine.name]["bytes"] = bytes_at(index)


def quantile(sorted_values, percent):
    """Nearest rank: the smallest value that at least so many in a hundred do not exceed."""
    return sorted_values[max(0, -(-len(sorted_values) * percent // 100) - 1)]


def read_times(path):
    """{kind: {qid: (wall, processor)}} in microseconds"""
    times = collections.defaultdict(dict)
    for line in read(path).splitlines():
        qid, kind, wall, cpu = line.split("\t")
        times[kind][qid] = (float(wall), float(cpu))
    return times


def search_all(corpus, ready, options, results):
    """Returns {engine: [times of a round, ...]}."""
    rounds = collections.defaultdict(list)
    for number in range(options.rounds):
        for engine in ready if number % 2 == 0 else reversed(ready):
            index, name = corpus.at("index", engine.name), engine.name
            say(f"  search {number + 1}/{options.rounds}  {engine.title}")
            rows, times = corpus.at(f"{name}.run.tsv"), corpus.at(f"{name}.times.tsv")
            took = measured(engine.search(index, corpus.queries, rows, times, options.seconds), engine.environment,
                            options.nice, options.limit)
            if took is None:
                results[name]["unmeasured"] = "the search failed or took too long"
                continue
            rounds[name].append(read_times(times))
            results[name]["search_peak_kib"] = max(took["peak_kib"], results[name].get("search_peak_kib", 0))
            results[name]["search_anon_kib"] = max(took["anon_kib"], results[name].get("search_anon_kib", 0))
    return rounds


def summary(rounds, clock, only):
    """Figures of each round over the queries in `only`, then the median of the rounds and their spread."""
    figures = []
    for times in rounds:
        values = sorted(times[qid][clock] for qid in only)
        figures.append({"mean": statistics.fmean(values), "p50": quantile(values, 50), "p99": quantile(values, 99),
                        "max": values[-1]})
    median = {key: statistics.median(f[key] for f in figures) for key in figures[0]}
    means = [f["mean"] for f in figures]
    return {**median, "n": len(only), "rounds": len(figures), "spread": (max(means) - min(means)) / median["mean"]}


def answered(rounds, kind):
    """The queries of a kind that an engine answered in every round."""
    sets = [set(times[kind]) for times in rounds if kind in times]
    return set.intersection(*sets) if len(sets) == len(rounds) and sets else set()


def summarise(rounds, clock, results):
    ours = rounds.get("pincite", [])
    for name, of_engine in rounds.items():
        results[name]["kinds"], results[name]["against"] = {}, {}
        for kind in KINDS:
            queries = answered(of_engine, kind)
            if not queries:
                continue
            results[name]["kinds"][kind] = summary([times[kind] for times in of_engine], clock, queries)
            common = queries & answered(ours, kind)
            if common and name != "pincite":
                peer = summary([times[kind] for times in of_engine], clock, common)
                own = summary([times[kind] for times in ours], clock, common)
                results[name]["against"][kind] = {key: peer[key] / own[key] for key in ("mean", "p50", "p99")}


def read_rows(path):
    rows = collections.defaultdict(list)
    for line in read(path).splitlines():
        qid, item, _, _ = line.split("\t")
        rows[qid].append(item)
    return rows


def compare_answers(corpus, ready, results):
    """Agreement with the reference, and how often the item that the query was made from is among the ten."""
    kind_of = dict(line.split("\t")[:2] for line in read(corpus.queries).splitlines())
    target = {line.split("\t")[0]: line.split("\t")[2] for line in read(corpus.qrels).splitlines()}
    reference = read_rows(corpus.at("reference.run.tsv")) if os.path.exists(corpus.at("reference.run.tsv")) else {}
    for engine in ready:
        path = corpus.at(f"{engine.name}.run.tsv")
        if not os.path.exists(path):
            continue
        agree, found = collections.defaultdict(list), collections.defaultdict(list)
        done = answered_in(corpus.at(f"{engine.name}.times.tsv"))
        rows = read_rows(path)
        for qid in done:
            kind = kind_of[qid]
            found[kind].append(target[qid] in rows[qid])
            if kind in ("natural", "keywords") and reference.get(qid):
                agree[kind].append(len(set(rows[qid]) & set(reference[qid])) / len(reference[qid]))
        results[engine.name]["agreement"] = {kind: statistics.fmean(values) for kind, values in agree.items()}
        results[engine.name]["found"] = {kind: statistics.fmean(values) for kind, values in found.items()}


def judge(corpus, ready, options, results):
    """pincite's own plain scorer must give the same rows."""
    ours = next((engine for engine in ready if engine.name == "pincite"), None)
    if not ours:
        return
    plain = corpus.at("pincite.plain.tsv")
    command = ours.search(corpus.at("index", "pincite"), corpus.queries, plain, corpus.at("plain.times.tsv"), options.seconds)
    if measured(command, {"PINCITE_EXHAUSTIVE": "1"}, options.nice, options.limit):
        clever, judged = (read_lines(path) for path in (corpus.at("pincite.run.tsv"), plain))
        common = answered_in(corpus.at("pincite.times.tsv")) & answered_in(corpus.at("plain.times.tsv"))
        results["pincite"]["same_as_plain"] = [sum(clever[qid] == judged[qid] for qid in common), len(common)]


def read_lines(path):
    """{qid: its rows as written}"""
    lines = collections.defaultdict(list)
    for line in read(path).splitlines():
        lines[line.split("\t")[0]].append(line)
    return lines


def answered_in(path):
    return {qid for queries in read_times(path).values() for qid in queries}


def cold_starts(corpus, ready, options, results):
    query = next(line.split("\t")[2] for line in read(corpus.queries).splitlines() if "\tnatural\t" in line)
    for _ in range(COLD_STARTS):
        for engine in ready:
            took = measured(engine.first(corpus.at("index", engine.name), "natural", query), engine.environment,
                            options.nice, options.limit)
            if took:
                results[engine.name].setdefault("first_s", []).append(took["wall_s"])


def measure_size(items, chosen, unmeasured, generator, options):
    corpus = Corpus(items, options.queries)
    say(f"{items:,} items")
    corpus.make(generator)
    before = os.getloadavg()
    results = collections.defaultdict(dict)
    for name, why in unmeasured.items():
        results[name] = {"unmeasured": why}
    ready = []
    for engine in chosen:
        results[engine.name]["about"] = engine.about()
        if items <= engine.most_items:
            ready.append(engine)
        else:
            results[engine.name]["unmeasured"] = f"run up to {engine.most_items:,} items only"
    for engine in ready:
        for old in ("run", "times"):
            if os.path.exists(corpus.at(f"{engine.name}.{old}.tsv")):
                os.remove(corpus.at(f"{engine.name}.{old}.tsv"))
    build_all(corpus, ready, options, results)
    ready = [engine for engine in ready if "unmeasured" not in results[engine.name]]
    rounds = search_all(corpus, ready, options, results)
    ready = [engine for engine in ready if "unmeasured" not in results[engine.name]]
    summarise({engine.name: rounds[engine.name] for engine in ready}, 1 if options.clock == "cpu" else 0, results)
    compare_answers(corpus, ready, results)
    judge(corpus, ready, options, results)
    cold_starts(corpus, ready, options, results)
    if not options.keep:
        engines.run(["rm", "-rf", corpus.at("index")])
    return {"items": items, "text_bytes": corpus.text_bytes(), "line_bytes": os.path.getsize(corpus.lines),
            "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "clock": options.clock,
            "load_before": before[0], "load_after": os.getloadavg()[0], "seconds": options.seconds,
            "commit": git("rev-parse", "--short", "HEAD"), "changed": bool(git("status", "--porcelain", "-uno", "core", "indexer")),
            "command": command_line(), "engines": results}


# ---- The machine --------------------------------------------------------------------------------
def git(*arguments):
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def command_line():
    """As given, without the places that mean something on this machine only."""
    given = " ".join(["bench/run.py", *sys.argv[1:]])
    return re.sub(r" --(build|results)[ =]\S+", "", given)


def machine():
    cpu = re.search(r"model name\s*: (.*)", read("/proc/cpuinfo"))
    memory = int(re.search(r"MemTotal:\s+(\d+)", read("/proc/meminfo")).group(1))
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=False).stdout.splitlines()
    return {"processor": cpu.group(1) if cpu else platform.machine(), "cores": os.cpu_count(),
            "memory_gib": round(memory / 1048576, 1), "kernel": platform.release(),
            "system": read("/etc/os-release").split('PRETTY_NAME="')[1].split('"')[0],
            "compiler": compiler[0] if compiler else "unknown"}


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [engine.name for engine in engines.ALL]
    parser.add_argument("--sizes", help="items, comma-separated (826,13000,100000,1000000; BENCH_BIG=1 adds 10000000)")
    parser.add_argument("--peers", help="engines, comma-separated: " + ",".join(names))
    parser.add_argument("--quick", action="store_true", help="826 and 13,000 items, 200 queries of a kind, 3 short rounds")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of searching (3)")
    parser.add_argument("--build-rounds", type=int, help="builds of each index (3 up to 20,000 items, else 1)")
    parser.add_argument("--queries", type=int, default=1000, help="queries of each kind (1000)")
    parser.add_argument("--seconds", type=float, default=8, help="processor seconds for one pass over one kind (8)")
    parser.add_argument("--limit", type=float, default=3600, help="seconds after which a process is ended (3600)")
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall",
                        help="what times of queries are given in; cpu when others use the machine (wall)")
    parser.add_argument("--nice", type=int, default=0, help="lower the priority of what is measured")
    parser.add_argument("--build", default=os.path.join(ROOT, "build"), help="where make left pincite (build)")
    parser.add_argument("--results", default=os.path.join(HERE, "results"), help="where the report goes (bench/results)")
    parser.add_argument("--keep", action="store_true", help="keep the indexes below build/bench")
    parser.add_argument("--deps", action="store_true", help="only fetch and build what is needed")
    parser.add_argument("--report", action="store_true", help="only write the report again from results.json")
    options = parser.parse_args()
    if options.quick:
        options.sizes = options.sizes or "826,13000"
        options.queries, options.seconds = min(options.queries, 200), min(options.seconds, 3)
    default = "826,13000,100000,1000000" + (",10000000" if os.environ.get("BENCH_BIG") == "1" else "")
    options.sizes = [int(size) for size in (options.sizes or default).split(",")]
    options.peers = (options.peers or ",".join(names)).split(",")
    unknown = set(options.peers) - set(names)
    if unknown:
        parser.error(f"unknown engine: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return options


def prepare(options):
    """Engines that are ready, and why the others are not."""
    chosen, unmeasured = [], {}
    for kind in engines.ALL:
        if kind.name not in options.peers:
            unmeasured[kind.name] = "not asked for"
            continue
        engine = kind(WORK, options.build)
        try:
            say(f"making {engine.title} ready")
            engine.prepare()
            engine.about()
            chosen.append(engine)
        except (engines.Missing, OSError, ValueError) as why:
            unmeasured[kind.name] = str(why)
            say(f"  not measured: {why}")
    return chosen, unmeasured


def main():
    options = read_options()
    path = os.path.join(options.results, "results.json")
    os.makedirs(options.results, exist_ok=True)
    results = json.loads(read(path)) if os.path.exists(path) else {"sizes": {}}
    if not options.report:
        generator = make_tools()
        chosen, unmeasured = prepare(options)
        if options.deps:
            return 0
        for items in options.sizes:
            results["machine"] = machine()
            results["sizes"][str(items)] = measure_size(items, chosen, unmeasured, generator, options)
            with open(path, "w", encoding="utf-8") as to:
                json.dump(results, to, indent=1, sort_keys=True)
                to.write("\n")
            report.write(results, options.results)
    report.write(results, options.results)
    say(f"the report is in {os.path.join(options.results, 'report.md')}")
    return 0


WORK = os.path.join(ROOT, "build", "bench")
if __name__ == "__main__":
    sys.exit(main())
