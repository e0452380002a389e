// Measures browser search engines on the same corpora in headless Chromium against one static server: what
// goes over the wire until the first ten questions are there, per further query, and how long a keystroke
// takes. node bench.mjs WORK PINCITE SIZES ENGINES REAL_CORPUS GENERATE HERE -> WORK/results.json
import { execFile } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [work, pincite, sizes, names, real, generate, here] = process.argv.slice(2);
const { serve } = await import(pathToFileURL(join(here, "server.mjs")));
const BUILD_SECONDS = Number(process.env.BENCH_BUILD_SECONDS || 300);
const MEASURE_SECONDS = Number(process.env.BENCH_MEASURE_SECONDS || 600); // of one engine at one size and latency

const { url, wire, stop } = await serve((path) =>
  path === "/page.html" ? { page: `<!doctype html><title>bench</title><script type="module" src="/page.js"></script>` }
  : path === "/page.js" ? { file: join(here, "page.js") }
  : { file: join(work, path.endsWith("/") ? path + "index.html" : path), counted: true });

const run = (command, args, options = {}) =>
  new Promise((resolve) => execFile(command, args, { maxBuffer: 1 << 26, timeout: BUILD_SECONDS * 1000, ...options }, (error, out, err) => resolve({ error, out, err })));
const folderBytes = (folder) => readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) =>
  sum + (entry.isDirectory() ? folderBytes(join(folder, entry.name)) : statSync(join(folder, entry.name)).size), 0);
const quantile = (list, q) => { const s = [...list].sort((a, b) => a - b); return s.length ? s[Math.min(s.length - 1, Math.floor(q * s.length))] : null; };
const mean = (list) => (list.length ? list.reduce((a, b) => a + b, 0) / list.length : null);

/* ---- corpora ---- */
async function corpusOf(size) {
  const corpus = join(work, `${size}.jsonl`), queries = join(work, `${size}.tsv`);
  if (size === "real") {
    /* every engine gets the same text: the items as the JSON of an export has them */
    const pin = join(work, "real.pin"), site = join(work, "real-site"), items = [];
    await run(pincite, ["build", real, "-o", pin]);
    await run(pincite, ["export", pin, site, "--no-compress"]);
    for (const module of readdirSync(join(site, "api/v1/items")).sort())
      for (const slug of readdirSync(join(site, "api/v1/items", module)).sort()) {
        const { id, question, answer, citations } = JSON.parse(readFileSync(join(site, "api/v1/items", module, slug), "utf8"));
        items.push(JSON.stringify({ id, question, answer, citations: citations.filter((c) => c.in_list && c.source).map((c) => ({ source: c.source, provision: c.label, note: c.note })) }));
      }
    writeFileSync(corpus, items.join("\n") + "\n");
    return { corpus, queries: readFileSync(join(here, "queries.txt"), "utf8").split("\n").filter(Boolean), items: items.length };
  }
  if (!existsSync(corpus)) await run(generate, [size, corpus, queries, join(work, `${size}.qrels`), "60"]);
  const all = readFileSync(queries, "utf8").split("\n").map((line) => line.split("\t")).filter(([, kind]) => kind === "natural" || kind === "keywords").map(([, , query]) => query);
  return { corpus, queries: all.slice(0, 24), items: Number(size) };
}

/* ---- one engine, one corpus, one latency ---- */
async function measure(browser, ...what) {
  const context = await browser.newContext();
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`no result within ${MEASURE_SECONDS} s`)), MEASURE_SECONDS * 1000)));
  try {
    return await Promise.race([measureIn(context, ...what), late]);
  } finally {
    clearTimeout(timer);
    await context.close();
  }
}

async function measureIn(context, engine, base, queries, delay) {
  wire.delay = delay;
  const page = await context.newPage();
  page.setDefaultTimeout(120000);
  const session = await context.newCDPSession(page);
  await page.goto(url + "page.html");
  await page.waitForFunction(() => self.bench);
  Object.assign(wire, { requests: 0, bytes: 0 });
  const started = performance.now();
  await page.evaluate(([name, where]) => self.bench.start(name, where), [engine, base]);
  const first = await page.evaluate((query) => self.bench.search(query), queries[0]);
  const out = { firstMs: performance.now() - started, firstBytes: wire.bytes, firstRequests: wire.requests, found: first.found };
  const further = { ms: [], bytes: [], requests: [], rounds: [] };
  for (const query of queries.slice(1)) {
    Object.assign(wire, { requests: 0, bytes: 0 });
    const { ms, rounds } = await page.evaluate((text) => self.bench.search(text), query);
    further.ms.push(ms);
    further.bytes.push(wire.bytes);
    further.requests.push(wire.requests);
    further.rounds.push(rounds);
  }
  const keys = { cold: [], warm: [] };
  for (const kind of ["cold", "warm"])
    for (const query of queries.slice(0, 6))
      for (let n = 2; n <= Math.min(query.length, 40); n++) keys[kind].push((await page.evaluate((text) => self.bench.search(text), query.slice(0, n))).ms);
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.enable").then(() => session.send("Performance.getMetrics"));
  out.heap = metrics.find(({ name }) => name === "JSHeapUsedSize").value + (await page.evaluate(() => self.bench.memory()));
  Object.assign(out, {
    furtherBytes: mean(further.bytes), furtherRequests: mean(further.requests), furtherP50: quantile(further.ms, 0.5), furtherP95: quantile(further.ms, 0.95),
    roundsMost: Math.max(...further.rounds.map((r) => r ?? 0)), rounds: mean(further.rounds.map((r) => r ?? 0)),
    coldP50: quantile(keys.cold, 0.5), coldP95: quantile(keys.cold, 0.95), warmP50: quantile(keys.warm, 0.5), warmP95: quantile(keys.warm, 0.95),
  });
  return out;
}

/* ---- pages of an exported site, as a first visitor gets them: what is fetched before anybody does anything, what
   holds up the first paint, what moves, and what axe says ---- */
async function measurePage(browser, path) {
  wire.delay = 0;
  const context = await browser.newContext({ viewport: { width: 412, height: 823 }, bypassCSP: true });
  const page = await context.newPage();
  await page.addInitScript(() => {
    self.seen = { shift: 0, blocked: 0, lcp: 0 };
    const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    watch("layout-shift", (entry) => { if (!entry.hadRecentInput) self.seen.shift += entry.value; });
    watch("longtask", (entry) => { self.seen.blocked += Math.max(0, entry.duration - 50); });
    watch("largest-contentful-paint", (entry) => { self.seen.lcp = entry.startTime; });
  });
  Object.assign(wire, { requests: 0, bytes: 0 });
  await page.goto(url + path, { waitUntil: "networkidle" });
  const row = { path, requests: wire.requests, bytes: wire.bytes };
  Object.assign(row, await page.evaluate(() => ({
    ...self.seen,
    fcp: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    blocking: [...document.querySelectorAll("head script[src]:not([defer]):not([async]):not([type=module])")].length,
  })));
  await page.evaluate(readFileSync(join(work, "node_modules/axe-core/axe.min.js"), "utf8"));
  row.axe = await page.evaluate(async () => (await self.axe.run()).violations.map(({ id }) => id));
  await context.close();
  return row;
}

async function measurePages(browser) {
  const pin = join(work, "pages.pin"), site = join(work, "pages-site"), rows = [];
  await run(pincite, ["build", real, "-o", pin]);
  await run(pincite, ["export", pin, site, "--no-compress"]);
  const module = readdirSync(join(site, "api/v1/items")).sort()[0];
  const slug = readdirSync(join(site, "api/v1/items", module)).sort()[0];
  for (const [name, path] of [["hub", ""], ["card", `${module}/${slug}/`], ["search", "search/"]])
    rows.push({ name, ...(await measurePage(browser, "pages-site/" + path)) });
  return rows;
}

const results = { when: new Date().toISOString().slice(0, 10), cpu: cpus()[0].model, cores: cpus().length, node: process.version, rows: [] };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
results.chromium = browser.version();
results.pages = await measurePages(browser);
for (const p of results.pages) console.log(`${p.name.padStart(7)} page: ${(p.bytes / 1000).toFixed(1)} kB in ${p.requests}, blocking ${p.blocking}, axe ${p.axe.length}`);
for (const size of sizes.split(",")) {
  const { corpus, queries, items } = await corpusOf(size);
  for (const engine of names.split(",")) {
    const base = `site/${size}/${engine}/`, folder = join(work, base);
    const row = { size, items, engine };
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const built = await run(process.execPath, ["--max-old-space-size=6000", join(here, "build.mjs"), engine, corpus, folder, pincite], { cwd: work });
    if (built.error) row.failed = built.error.killed ? `no index within ${BUILD_SECONDS} s` : (built.err || String(built.error)).trim().split("\n").pop().slice(0, 160);
    else {
      row.build = JSON.parse(built.out.trim().split("\n").pop()).seconds;
      row.folder = folderBytes(folder);
      for (const delay of [0, 50])
        try {
          row[`ms${delay}`] = await measure(browser, engine, "/" + base, queries, delay);
        } catch (error) {
          row.failed = String(error).split("\n")[0].slice(0, 160);
          break;
        }
    }
    row.load = Number(loadavg()[0].toFixed(1));
    results.rows.push(row);
    const m = row.ms0 || {};
    console.log(`${size.padStart(7)} ${engine.padEnd(11)} ${row.failed || `build ${row.build.toFixed(1)} s, first ${(m.firstBytes / 1000).toFixed(0)} kB in ${m.firstRequests}, further ${(m.furtherBytes / 1000).toFixed(1)} kB in ${m.furtherRequests.toFixed(1)}, key ${m.warmP50.toFixed(1)}/${m.warmP95.toFixed(1)} ms`}`);
    writeFileSync(join(work, "results.json"), JSON.stringify(results, null, 1) + "\n");
  }
}
await browser.close();
stop();
