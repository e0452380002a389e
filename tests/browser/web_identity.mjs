// The same answers from the program, the server and the module: byte-identical JSON for the golden queries,
// the dev queries where they are there, and generated ones, on the real corpora. The module reads the file
// by ranges, as in a browser, so that nothing is decided by what happens not to be fetched yet.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { run, serveFile } from "./lib.mjs";

const web = process.env.PINCITE_WEB || "build/web";
const { openIndex, mergeRanges, markedParts } = await import(pathToFileURL(join(web, "loader.js")));
const wasm = readFileSync(join(web, "pincite.wasm")), citations = readFileSync(join(web, "citations.wasm"));

function goldenQueries() {
  const out = [];
  for (const folder of ["tests/golden", "../shared/data/eval-dev/faq"])
    for (const name of existsSync(folder) ? readdirSync(folder).filter((file) => /queries.*\.tsv$|offtopic\.tsv$/.test(file)).sort() : [])
      for (const line of readFileSync(join(folder, name), "utf8").split("\n"))
        if (line.trim() && !line.startsWith("#")) out.push(line.split("\t").pop());
  return out;
}

/* Queries made of the corpus: words of questions, misspelt, cut, joined with provisions, in quotes, in other scripts. */
function generatedQueries(questions, count) {
  let seed = 20240604;
  const random = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % 65536 % n;
  const words = questions.join(" ").split(/\s+/);
  const misspelt = (word) => {
    const i = random(Math.max(1, word.length - 1));
    return [word.slice(0, i) + word.slice(i + 1), word.slice(0, i) + "x" + word.slice(i), word.slice(0, i) + (word[i + 1] || "") + (word[i] || "") + word.slice(i + 2)][random(3)];
  };
  const odd = ["Article 13(8)", "annex 1 part 2 point 8", "recital 57", "2024/2847", "CVE-2024-3094", "Art. 14(1) and 16", "é", "東京都", "", "\u0000", "\"", "(", "𝔘", "a".repeat(300), "the of and", "Zażółć"];
  return Array.from({ length: count }, () => {
    const start = random(words.length), some = words.slice(start, start + 1 + random(9));
    const kind = random(8);
    if (kind === 0) return some.map(misspelt).join(" ");
    if (kind === 1) return some.join(" ").slice(0, -1 - random(3));
    if (kind === 2) return `"${some.slice(0, 2).join(" ")}" ${some.slice(2).join(" ")}`;
    if (kind === 3) return some.join(" ") + " " + odd[random(odd.length)];
    if (kind === 4) return some.map((word) => (random(4) ? word : misspelt(word))).join(" ");
    return some.join(" ");
  });
}

/* A fetch that serves parts of `file`. */
const parts = (file) => async (url, { headers }) => {
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(headers.Range).map(Number);
  const bytes = file.subarray(from, to + 1);
  return new Response(bytes, { status: 206, headers: { "content-range": `bytes ${from}-${from + bytes.length - 1}/${file.length}`, etag: '"one"' } });
};

const corpora = [["examples", ["examples/cra"], []]];
if (existsSync("../shared/data/orc-faq/faq"))
  corpora.push(["real", ["../shared/data/orc-faq/faq"], ["cra=../shared/data/cra/provisions.jsonl"]]);

for (const [name, folders, sources] of corpora)
  test(`${name}: program, server and module give the same bytes`, async () => {
    const pin = join(mkdtempSync(join(tmpdir(), "pincite-")), "x.pin");
    const built = await run("build", ...folders, ...sources.flatMap((source) => ["--source", source]), "-o", pin);
    assert.equal(built.code, 0, built.err);
    const file = readFileSync(pin);
    const index = await openIndex({ src: "http://host/x.pin", wasm, citations, fetch: parts(file) });
    const fresh = await openIndex({ file, wasm, citations });
    const server = await serveFile(pin);
    const questions = [];
    for (const hit of (await fresh.search("the a is", { k: 100 })).reply.hits) questions.push(hit.question);
    for (const hit of (await fresh.search("product security obligations", { k: 100 })).reply.hits) questions.push(hit.question);
    assert.ok(questions.length > 50);
    const queries = [...goldenQueries(), ...generatedQueries(questions, name === "examples" ? 1000 : 200)].map((query) => query.replace(/[\t\n\r\0]/g, " "));

    let compared = 0, rounds = 0;
    for (const query of queries) {
      if (Buffer.byteLength(query) > 7000) continue;
      const found = await index.search(query);
      rounds = Math.max(rounds, found.rounds);
      assert.equal(found.text, (await fresh.search(query)).text, `by ranges and whole: ${query}`);
      const reply = await fetch(`${server.url}api/v1/search?q=${encodeURIComponent(query)}`);
      assert.equal(found.text, await reply.text(), `server: ${query}`);
      compared++;
    }
    assert.ok(compared > 150);
    /* the program by itself: one process for a sample, all in one batch for the order of ids and scores */
    for (const query of queries.filter((q, i) => i % 40 === 0 && q.trim() && !q.trim().startsWith("-")))
      assert.equal((await index.search(query)).text, (await run("search", pin, query, "--json")).out.trimEnd(), `program: ${query}`);
    const batch = join(mkdtempSync(join(tmpdir(), "pincite-")), "q.tsv");
    const asked = queries.filter((query) => query.trim() && !query.includes("\t"));
    writeFileSync(batch, asked.map((query, i) => `q${i}\t${query}\n`).join(""));
    const { out } = await run("search", pin, "--batch", batch, "-k", "10");
    const lines = [];
    for (let i = 0; i < asked.length; i++) {
      const { reply } = await index.search(asked[i]);
      for (const { rank, id, score } of reply.hits) lines.push([`q${i}`, rank, id, score].join("\t"));
    }
    const told = out.trimEnd().split("\n").map((line) => line.split("\t")).map(([q, id, rank, score]) => [q, rank, id, score].join("\t"));
    assert.deepEqual(told.length, lines.length);
    assert.deepEqual(told.filter((line, i) => line !== lines[i]), []);
    console.log(`${name}: ${compared} queries identical, at most ${rounds} rounds, ${(index.stats.bytes / 1000).toFixed(0)} kB of ${(file.length / 1000).toFixed(0)} kB fetched`);
    await server.stop();
  });

test("ranges that overlap or lie near become one request", () => {
  assert.deepEqual(mergeRanges([[100, 10], [0, 50], [40, 30], [9000, 5], [300000, 1]]), [[0, 110], [9000, 9005], [300000, 300001]]);
  assert.deepEqual(mergeRanges([[0, 10], [500, 10]]), [[0, 510]]);
  assert.deepEqual(mergeRanges([[5, 0]]), []);
});

test("marks are bytes of UTF-8, and bad ones are passed over", () => {
  assert.deepEqual(markedParts("Größe zählt", [[0, 7], [9, 99], [8, 14]]), [["Größe", true], [" ", false], ["zählt", true]]);
  assert.deepEqual(markedParts("abc", []), [["abc", false]]);
});

test("a damaged part is never an answer", async () => {
  const pin = join(mkdtempSync(join(tmpdir(), "pincite-")), "x.pin");
  await run("build", "examples/cra", "-o", pin);
  const file = readFileSync(pin);
  const good = await openIndex({ file, wasm, citations });
  const query = "are security updates free of charge", expected = (await good.search(query)).text;
  let refused = 0;
  for (let i = 0; i < 60; i++) {
    const at = 64 + ((i * 7919 * 131) % (file.length - 128));
    const damaged = Buffer.from(file);
    damaged[at] ^= 0x41;
    try {
      const index = await openIndex({ src: "http://host/x.pin", wasm, citations, fetch: parts(damaged) });
      assert.equal((await index.search(query)).text, expected, `byte ${at}`);
    } catch (error) {
      if (error.code !== "file") throw error;
      refused++;
    }
  }
  assert.ok(refused > 0);
});
