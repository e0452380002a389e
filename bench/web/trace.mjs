// What a search in the browser fetches, told from Node, where nothing but the loader and the module is at work: so
// the figures are the same on any machine, busy or not.
//   node trace.mjs WEB INDEX.pin QUERIES.tsv|.txt [-v|-n]   -> one JSON line; -v: every round by section
// WEB is the folder with loader.js and the modules; -n begins each query from nothing. Over HTTP/2, that is, ranges nearer than 1 kB are one request.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";

const [web, pin, list, flag] = process.argv.slice(2), verbose = flag === "-v";
const { openIndex } = await import(pathToFileURL(join(web, "loader.js")));
const file = readFileSync(pin), wasm = readFileSync(join(web, "pincite.wasm")), citations = readFileSync(join(web, "citations.wasm"));
const kinds = ("- META MODULES SOURCES STATUSES ABBREVIATIONS TERM_KEYS WORD_KEYS ITEM_DICTIONARY TERMS ITEM_ROWS ITEM_STATUS EXACT FORWARD QUESTION_LISTS " +
  "ANSWER_LISTS WORDS TYPOS IDS MEMBERS PROVISION_ROWS PROVISION_IDS PROVISION_ALSO PROVISION_NAMES CITING TEXT_DICTIONARY PROVISION_TEXTS ITEMS " +
  "REVISIONS PAST ARCHIVE RELEASES STEPS PACKED_11 AHEAD PACKED FLAT CARDS CARD_STEPS").split(" ");
const sections = Array.from({ length: file.readUInt32LE(48) }, (_, i) => 64 + 32 * i)
  .map((at) => ({ kind: file.readUInt16LE(at), from: Number(file.readBigUInt64LE(at + 8)), len: Number(file.readBigUInt64LE(at + 16)) }));

/* every line of a .txt; of a .tsv the questions and keywords, the first 24, or those of one kind: QUERIES.tsv:typo */
function queriesOf(name) {
  const [path, kind] = name.split(/:(?=\w+$)/), lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  if (path.endsWith(".txt")) return lines;
  const wanted = kind ? [kind] : ["natural", "keywords"];
  return lines.map((line) => line.split("\t")).filter((row) => wanted.includes(row[1])).map((row) => row[2]).slice(0, Number(process.env.QUERIES || 24));
}

let log = [];
const fetcher = async (url, { headers }) => {
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(headers.Range).map(Number);
  const bytes = file.subarray(from, to + 1);
  log.push([from, bytes.length]);
  return new Response(bytes, { status: 206, headers: { "content-range": `bytes ${from}-${from + bytes.length - 1}/${file.length}`, etag: '"one"' } });
};

/* bytes of each section in these ranges */
function bySection(ranges) {
  const out = {};
  for (const [from, len] of ranges) {
    let left = len;
    for (const s of sections) {
      const part = Math.min(from + len, s.from + s.len) - Math.max(from, s.from);
      if (part > 0) [out[kinds[s.kind] || s.kind] = (out[kinds[s.kind] || s.kind] || 0) + part, (left -= part)];
    }
    if (left > 0) out["-"] = (out["-"] || 0) + left;
  }
  return out;
}
const add = (sum, more) => { for (const [name, n] of Object.entries(more)) sum[name] = (sum[name] || 0) + n; return sum; };
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const most = (values) => values.reduce((a, b) => Math.max(a, b), 0);

const open = () => openIndex({ src: "http://host/x.pin", wasm, citations, fetch: fetcher });
const queries = queriesOf(list);
if (flag === "-n") {
  const rows = [];
  for (const query of queries) {
    log = [];
    const index = await open(), before = log.length, { rounds } = await index.search(query);
    rows.push({ bytes: log.reduce((sum, [, len]) => sum + len, 0), requests: log.length - before, rounds });
  }
  const of = (name, digits) => [mean, most].map((f) => +f(rows.map((row) => row[name])).toFixed(digits));
  console.log(JSON.stringify({ index: basename(pin), queries: list.split(":")[1] || "all", bytes: of("bytes", 0), requests: of("requests", 0), rounds: of("rounds", 1), of: rows.length }));
  process.exit(0);
}

const index = await open();
const head = log.reduce((sum, [, len]) => sum + len, 0), rows = [], total = {};
if (verbose) console.log("head", head, JSON.stringify(bySection(log)));
/* a round ends where the core is asked again */
let rounds = [];
const { pin_web_search: ask } = index.core;
index.core = { ...index.core, pin_web_search: (...args) => { rounds.push(log); log = []; return ask(...args); } };
for (const query of queries) {
  rounds = []; log = [];
  const found = await index.search(query);
  const ranges = rounds.slice(1);
  const row = { query, rounds: found.rounds, bytes: found.bytes, requests: found.requests };
  rows.push(row);
  if (rows.length > 1) for (const round of ranges) add(total, bySection(round));
  if (verbose) {
    console.log(`${row.rounds} rounds ${row.requests} requests ${row.bytes} B  ${query}`);
    ranges.forEach((round, i) => round.length && console.log(`   ${i + 1}:`, round.length, JSON.stringify(bySection(round))));
  }
}
const first = rows[0], further = rows.slice(1);
const squeezed = (bytes) => brotliCompressSync(bytes).length;
const code = squeezed(wasm) + squeezed(readFileSync(join(web, "loader.js")));
console.log(JSON.stringify({
  index: basename(pin), code, head, first: first.bytes, total: code + head + first.bytes, firstRounds: first.rounds, firstRequests: first.requests,
  further: Math.round(mean(further.map((r) => r.bytes))), requests: +mean(further.map((r) => r.requests)).toFixed(1), rounds: +mean(rows.map((r) => r.rounds)).toFixed(2),
  most: most(rows.map((r) => r.rounds)), overTwo: rows.filter((r) => r.rounds > 2).length, of: rows.length,
}));
if (verbose) console.log("further, by section", JSON.stringify(Object.fromEntries(Object.entries(total).map(([k, v]) => [k, Math.round(v / further.length)]).sort((a, b) => b[1] - a[1]))));
