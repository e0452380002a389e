"""The engines: how each is made ready, and the commands that build, search and answer once.

Everything that is fetched or compiled lands below build/bench.
"""
import glob
import json
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
WARNINGS = ["-O2", "-Wall", "-Wextra"]


class Missing(Exception):
    """An engine whose toolchain or package is not there; the text says what."""


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        last = (done.stdout.strip().splitlines() or ["failed"])[-1]
        raise Missing(f"{' '.join(command[:3])}: {last[:160]}")
    return done.stdout


def need(program, package):
    if not shutil.which(program):
        raise Missing(f"{program} is not installed ({package})")


class Engine:
    """A peer that speaks the commands of peers/harness.h; self.base is what starts it."""
    name = title = ""
    most_items = 100_000_000
    environment = {}

    def __init__(self, work, program_build):
        self.work, self.program_build, self.base = work, program_build, []

    def at(self, *parts):
        return os.path.join(self.work, *parts)

    def prepare(self):
        raise NotImplementedError

    def about(self):
        return json.loads(run([*self.base, "about"], env={**os.environ, **self.environment}).splitlines()[-1])

    def build(self, corpus, index):
        return [*self.base, "build", corpus, index]

    def search(self, index, queries, rows, times, seconds):
        return [*self.base, "search", index, queries, rows, times, str(seconds)]

    def first(self, index, kind, query):
        return [*self.base, "first", index, kind, query]

    def compiled(self, compiler, source, *flags):
        """The harness for C and C++ around one source file."""
        need(compiler, "Debian package gcc or g++")
        os.makedirs(self.at("bin"), exist_ok=True)
        common, program = self.at("bin", "harness.o"), self.at("bin", self.name)
        run(["gcc", "-std=c17", *WARNINGS, "-c", os.path.join(HERE, "peers/harness.c"), "-o", common])
        standard = "-std=c++17" if compiler == "g++" else "-std=c17"
        run([compiler, standard, *WARNINGS, os.path.join(HERE, source), common, *flags, "-o", program])
        self.base = [program]


class Pincite(Engine):
    name = title = "pincite"

    def prepare(self):
        self.program = os.path.join(self.program_build, "pincite")
        library = os.path.join(self.program_build, "libpincite_core.a")
        if not os.path.exists(self.program) or not os.path.exists(library):
            raise Missing(f"{self.program} is not built: run make")
        self.compiled("gcc", "pincite/pincite.c", f"-I{ROOT}/include", library)

    def build(self, corpus, index):
        return [self.program, "build", corpus, "-o", index]

    def first(self, index, kind, query):
        return [self.program, "search", index, query]


class Reference(Engine):
    name, title = "reference", "plain adder"
    most_items = 1_000_000  # 8 bytes a posting: ten million items would need some 12 GB to build

    def prepare(self):
        self.compiled("gcc", "peers/reference/reference.c", "-lm")


class Sqlite(Engine):
    name, title = "sqlite", "SQLite FTS5"

    def prepare(self):
        self.compiled("gcc", "peers/sqlite/sqlite.c", "-lsqlite3")


class Xapian(Engine):
    name, title = "xapian", "Xapian"

    def prepare(self):
        self.compiled("g++", "peers/xapian/xapian.cc", "-lxapian")


class Tantivy(Engine):
    name = title = "tantivy"

    def prepare(self):
        need("cargo", "a Rust toolchain")
        places = {"CARGO_HOME": self.at("cargo-home"), "CARGO_TARGET_DIR": self.at("cargo")}
        run(["cargo", "build", "--release", "--manifest-path", os.path.join(HERE, "peers/tantivy/Cargo.toml")],
            env={**os.environ, **places})
        self.base = [self.at("cargo", "release", "pincite-bench-tantivy")]


class Lucene(Engine):
    name, title = "lucene", "Lucene"

    @staticmethod
    def newest_java():
        """(major version, folder) of the newest JDK."""
        found = []
        for home in {os.environ.get("JAVA_HOME", ""), *glob.glob("/usr/lib/jvm/*"), *glob.glob("/opt/*")}:
            try:
                with open(os.path.join(home, "release"), encoding="utf-8") as release:
                    version = re.search(r'JAVA_VERSION="(\d+)', release.read())
            except OSError:
                continue
            if version and os.path.exists(os.path.join(home, "bin", "javac")):
                found.append((int(version.group(1)), home))
        if not found:
            raise Missing("no Java development kit is installed")
        return max(found)

    def prepare(self):
        need("mvn", "Debian package maven")
        major, home = self.newest_java()
        wanted = [] if major >= 21 else ["-Dlucene.version=9.12.3"]  # Lucene 10 needs Java 21
        jars, classes = self.at("lucene", f"lib{major}"), self.at("lucene", f"classes{major}")
        if not glob.glob(os.path.join(jars, "lucene-core-*.jar")):
            run(["mvn", "-q", "-B", "-f", os.path.join(HERE, "peers/lucene/pom.xml"), *wanted,
                 f"-Dmaven.repo.local={self.at('m2')}", "dependency:copy-dependencies", f"-DoutputDirectory={jars}"])
        path = ":".join([classes, *sorted(glob.glob(os.path.join(jars, "*.jar")))])
        os.makedirs(classes, exist_ok=True)
        run([os.path.join(home, "bin", "javac"), "-cp", path, "-d", classes, os.path.join(HERE, "peers/lucene/Peer.java")])
        vectors = ["--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"] if major >= 21 else []
        self.base = [os.path.join(home, "bin", "java"), "-XX:+UseParallelGC", *vectors, "-cp", path, "Peer"]

    def with_heap(self, size, command):
        return [command[0], f"-Xmx{size}", *command[1:]]

    def build(self, corpus, index):
        return self.with_heap("6g", super().build(corpus, index))

    def search(self, *arguments):
        return self.with_heap("512m", super().search(*arguments))


class NodeEngine(Engine):
    most_items = 100_000
    package = ""

    def prepare(self):
        need("node", "Node.js 20")
        need("npm", "Node.js 20")
        place, name = self.at("node"), self.package.rsplit("@", 1)[0]
        if not os.path.exists(os.path.join(place, "node_modules", name)):
            os.makedirs(place, exist_ok=True)
            run(["npm", "install", "--no-audit", "--no-fund", "--cache", self.at("npm-cache"), "--prefix", place, self.package])
        self.environment = {"BENCH_NODE": place}
        self.base = ["node", "--max-old-space-size=12000", os.path.join(HERE, f"peers/{self.name}/peer.mjs")]


class MiniSearch(NodeEngine):
    name, title, package = "minisearch", "MiniSearch", "minisearch@7.2.0"


class FlexSearch(NodeEngine):
    name, title, package = "flexsearch", "FlexSearch", "flexsearch@0.8.212"


class Orama(NodeEngine):
    name, title, package = "orama", "Orama", "@orama/orama@3.1.18"


ALL = [Pincite, Reference, Sqlite, Xapian, Tantivy, Lucene, MiniSearch, FlexSearch, Orama]
TITLES = {engine.name: engine.title for engine in ALL}
