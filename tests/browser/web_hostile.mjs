// What the loader itself decodes, before the core has looked at anything: the compressed head, and lists and cards that are
// there compressed. Whatever stands there, a search answers as it would without, or says that the file is damaged.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const web = resolve(process.env.PINCITE_WEB || "build/web");
const { openIndex } = await import(pathToFileURL(join(web, "loader.js")));
const wasm = readFileSync(join(web, "pincite.wasm")), citations = readFileSync(join(web, "citations.wasm"));
const TERMS = 9, PACKED = 35, FLAT = 36, CARDS = 37;

function built(items) {
  const here = mkdtempSync(join(tmpdir(), "pincite-")), corpus = join(here, "items.jsonl"), file = join(here, "items.pin");
  const words = ["the", "of", "is", "supplier", "update", "risk", "market", "component", "support", "period"];
  let seed = 7;
  const some = (n) => Array.from({ length: n }, () => words[(seed = (seed * 1103515245 + 12345) % 2147483648) % 65536 % words.length]).join(" ");
  const lines = Array.from({ length: items }, (_, i) => JSON.stringify({ id: `m/i-${i}`, module: "M", question: `What is ${some(4)} x${i}?`, answer: some(12) + "." }));
  writeFileSync(corpus, lines.join("\n") + "\n");
  execFileSync(process.env.PINCITE || "build/pincite", ["build", corpus, "-o", file], { stdio: "pipe" });
  return readFileSync(file);
}

function section(bytes, kind) {
  for (let i = 0; i < bytes.readUInt32LE(48); i++)
    if (bytes.readUInt16LE(64 + 32 * i) === kind) return [72, 80].map((at) => Number(bytes.readBigUInt64LE(32 * i + at)));
  return [0, 0];
}

/* A host of these bytes; { fetch, ranges }. */
function host(bytes) {
  const ranges = [];
  return {
    ranges,
    fetch: async (url, { headers }) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.Range).map(Number), end = Math.min(to + 1, bytes.length);
      ranges.push([from, end]);
      return new Response(bytes.subarray(from, end), { status: 206, headers: { etag: '"1"', "content-range": `bytes ${from}-${end - 1}/${bytes.length}` } });
    },
  };
}

async function ask(bytes, queries = ["what is the risk of the market", "suport perio"]) {
  const { fetch, ranges } = host(bytes);
  const index = await openIndex({ src: "http://host/items.pin", wasm, citations, fetch });
  const texts = [];
  for (const query of queries) texts.push((await index.search(query)).text);
  return { texts, ranges };
}

const whole = built(2600), said = await ask(whole);

test("the file is as these tests want it: its lists come compressed", () => {
  const [start, len] = section(whole, FLAT);
  assert.ok(len > 1000);
  assert.ok(said.ranges.some(([from, to]) => from >= start && to <= start + len));
});

test("tables that lie on each other are work without end: then the head is fetched as it lies", async () => {
  const bytes = Buffer.from(whole), [from] = section(bytes, PACKED);
  assert.ok(bytes.readUInt32LE(from + 4) > 1);
  bytes.writeUInt32LE(bytes.readUInt32LE(from + 12), from + 20);
  const { texts, ranges } = await ask(bytes);
  assert.deepEqual(texts, said.texts);
  assert.ok(ranges.length > said.ranges.length || ranges.some(([a, b]) => b - a > 4096));
});

test("a table that reaches beyond the head, and a head that says it is larger than all memory", async () => {
  for (const [at, value] of [[16, 0x7fffffff], [12, 0xfffffff0], [0, 0xffffffff], [4, 0xffffffff], [8, 0xffffffff], [0, 0]]) {
    const bytes = Buffer.from(whole), [from] = section(bytes, PACKED);
    bytes.writeUInt32LE(value, from + at);
    assert.deepEqual((await ask(bytes)).texts, said.texts);
  }
});

test("a tab that has read very many parts of a file forgets them, but not the head", async () => {
  const states = [], { fetch } = host(whole);
  const head = whole.readUInt32LE(52), index = await openIndex({ src: "http://host/items.pin", wasm, citations, head, fetch, onstate: (state) => states.push(state) });
  const end = section(whole, TERMS)[0], step = 128; // behind the head
  assert.ok((whole.length - end) / step > 4096);
  for (let at = end; at + 8 <= whole.length; at += step)
    index.view(index.core.pin_web_room(at, 8), 8).set(whole.subarray(at, at + 8));
  assert.equal(index.core.pin_web_open(), 0);
  assert.equal((await index.search("what is the risk of the market")).text, said.texts[0]);
  assert.deepEqual(states, []);
});

test("any damage to what is compressed is noticed, or does no harm", async () => {
  const small = built(200), saidOfIt = await ask(small);
  assert.ok(section(small, CARDS)[1] > 1000); // plain items, so that they are there compressed too
  let seed = 20261124, wrong = 0;
  const random = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32 * n | 0;
  for (let round = 0; round < 60; round++) {
    const kind = [PACKED, FLAT, CARDS][round % 3], bytes = Buffer.from(kind === CARDS ? small : whole);
    const [from, len] = section(bytes, kind);
    for (let i = 0; i < 1 + round % 7; i++) bytes[from + random(len)] ^= 1 + random(255);
    try {
      assert.deepEqual((await ask(bytes)).texts, (kind === CARDS ? saidOfIt : said).texts);
    } catch (error) {
      if (error.name !== "PinError") throw error;
      assert.equal(error.code, "file");
      wrong++;
    }
  }
  assert.ok(wrong < 60);
});
