/* Searches one .pin file over HTTP: fetches the module and the head of the file at the same time, then for
   each query only the byte ranges that the core says it lacks. No framework, no build step, no other file.

     const index = await openIndex({ src: "faq.pin", wasm: "pincite.wasm" });
     const { reply } = await index.search("are security updates free of charge");

   What a host may do wrong is noticed here: it ignores ranges (the whole file is taken once, up to 32 MB),
   compresses parts of files, is slow, or has another file now (everything is fetched anew; bytes of two
   files never meet, for the head names the file and every part carries a checksum). */

const OK = 0, NOT_FOUND = 1, CORRUPT = 3, NEED = 7;
const FIRST_READ = 6144;         // bytes of the head, unless its length is known beforehand
const GAP = 1024;                // two ranges nearer than this are one request;
const GAP_OF_OLD = 8192;         // over HTTP/1.1, where six requests at a time fill all connections, than this
const SMALL = 33;                // a range smaller than this brings its neighbours along: they are rows of
const BLOCK = 64;                // tables, and the next round would ask for some of them
const WHOLE_MOST = 32 << 20;     // bytes of a file that is taken whole
const SLOW_MS = 3000;            // after this a host is said to be slow
const DEAD_MS = 30000;           // without a byte for so long, a request has failed
const ROUNDS_MOST = 24;          // of one query; two are usual
const AT_ONCE = 32;              // requests under way at the same time

export class PinError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "PinError";
    this.code = code; // "offline" "slow" "gone" "changed" "size" "file" "module" "query"
  }
}

/* ---- the module ---- */

async function inflate(bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

/* The head of an index of any size stands compressed behind the table of sections: { at, bytes }, or null. */
const PACKED = 35, META = 1, FLAT = 36, QUESTION_LISTS = 14, HEAD_MOST = 16 << 20;
const FLAT_ITEMS = 1 << 17; // of a larger corpus no list is there compressed, so none unpacks to more than 64 KB

/* So many bytes of raw DEFLATE, or null: no such stream here, or damage. */
async function inflateRaw(packed, size) {
  const out = new Uint8Array(size);
  let got = 0;
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    for (let part; (part = await reader.read()), !part.done; got += part.value.length) {
      if (part.value.length > size - got) return null;
      out.set(part.value, got);
    }
  } catch {
    return null;
  }
  return got === size ? out : null;
}

/* { at, bytes, flat }: a piece of the file, and of each list that is there compressed too, by where it begins,
   { at, len, from, to }. Without it all is fetched as it lies. */
async function unpackHead(first) {
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength), sections = {};
  for (let i = 0, at = 64; i < view.getUint32(48, true) && at + 32 <= first.length; i++, at += 32)
    sections[view.getUint16(at, true)] = [Number(view.getBigUint64(at + 8, true)), Number(view.getBigUint64(at + 16, true))];
  const [from, len] = sections[PACKED] || [0, 0];
  if (len < 13 || from + len > first.length || !sections[META] || typeof DecompressionStream !== "function") return null;
  const [size, tables, lists] = [0, 4, 8].map((at) => view.getUint32(from + at, true)), body = from + 12 + 8 * tables;
  const items = view.getUint32(32, true), listLen = Math.ceil(items / 2) + 4, sides = [0, 1].map((i) => sections[QUESTION_LISTS + i]);
  if (body > from + len || size + 8 * lists > HEAD_MOST || !sides[0] || !sides[1]) return null;
  const out = await inflateRaw(first.subarray(body, from + len), size + 8 * lists);
  if (!out) return null;
  for (let t = 0, end = 0; t < tables; t++) { // of growing numbers: differences, byte by byte
    const at = view.getUint32(from + 12 + 8 * t, true), told = view.getUint32(from + 16 + 8 * t, true);
    const count = told & 0x7fffffff, width = told >>> 31 ? 2 : 4;
    if (at < end || at + width * count > size) return null; // they lie apart: so the work has an end
    end = at + width * count;
    const bytes = out.slice(at, end);
    for (let i = 0, sum = 0; i < count; i++) {
      for (let b = 0; b < width; b++) sum += bytes[b * count + i] << (8 * b);
      for (let b = 0; b < width; b++) out[at + width * i + b] = sum >> (8 * b);
    }
  }
  const flat = new Map(), rows = new DataView(out.buffer, size), [start, room] = sections[FLAT] || [0, 0];
  for (let i = 0, next = start; start && items <= FLAT_ITEMS && i < lists; i++) {
    const place = rows.getUint32(8 * i, true), bytes = rows.getUint32(8 * i + 4, true), to = next + bytes;
    const at = sides[place & 1][0] + (place >>> 1) * 64;
    if (bytes && bytes <= 2 * listLen && to <= start + room) flat.set(at, { at, len: listLen, from: next, to });
    next = to;
  }
  return { at: sections[META][0], bytes: out.subarray(0, size), flat };
}

/* A module may come compressed by its own hand (.wasm.gz): small on every host. */
async function compiled(bytes) {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = await inflate(bytes);
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new PinError("module", "the search module does not run here: " + error.message);
  }
}

const modules = new Map(); // compiled once a page, however many boxes ask

function fetchModule(url, count) {
  if (modules.has(url)) return modules.get(url);
  const made = (async () => {
    let response = typeof DecompressionStream === "function" ? await fetch(url) : null;
    if (!response || !response.ok) response = await fetch(url.replace(/\.gz$/, ""));
    if (!response.ok) throw new PinError("module", "the search module is not at " + url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    count(bytes.length);
    return compiled(bytes);
  })();
  modules.set(url, made);
  made.catch(() => modules.delete(url));
  return made;
}

/* The search, and the grammar of citations, which is a third of all code and fetched by the first query that
   may hold a citation; the two share one memory. */
async function instances(search, grammar) {
  let citations = null;
  const { exports: core } = await WebAssembly.instantiate(await search, {
    citations: { pin_citations_scan: (...args) => citations.pin_citations_scan(...args) },
  });
  const cite = async () => {
    if (citations) return;
    citations = (await WebAssembly.instantiate(await grammar(), { env: { memory: core.memory }, pincite: core })).exports;
    core.pin_web_citations();
  };
  return { core, cite };
}

/* ---- ranges of the file ---- */

/* The least list of ranges that covers all needs: sorted, overlapping and near ones joined. */
export function mergeRanges(needs, gap = GAP) {
  const sorted = needs.filter(([, len]) => len > 0).sort((a, b) => a[0] - b[0]);
  const out = [];
  for (const [from, len] of sorted) {
    const last = out[out.length - 1];
    if (last && from - last[1] < gap) last[1] = Math.max(last[1], from + len);
    else out.push([from, from + len]);
  }
  return out;
}

/* The parts of [from, to) that are not in `have` (sorted, apart). */
function lacking(from, to, have) {
  const out = [];
  let at = from;
  for (const [a, b] of have) {
    if (b <= at || a >= to) continue;
    if (a > at) out.push([at, a]);
    at = Math.max(at, b);
  }
  if (at < to) out.push([at, to]);
  return out;
}

class Source {
  constructor(url, { fetch: fetcher, onstate, cache }) {
    this.url = url;
    this.fetch = fetcher || ((...args) => fetch(...args));
    this.say = onstate || (() => {});
    this.sameOrigin = typeof location === "undefined" || new URL(url, location.href).origin === location.origin;
    this.cache = cache;
    this.etag = null;    // strong validator of the file that was seen first
    this.total = null;
    this.whole = false;  // the host ignores ranges
    this.stats = { requests: 0, bytes: 0 };
  }

  /* How near two ranges must be to be one request. Known once a request has been answered. */
  gap() {
    if (typeof location === "undefined" || typeof performance === "undefined") return GAP;
    const seen = performance.getEntriesByName(new URL(this.url, location.href).href).pop();
    return seen && seen.nextHopProtocol === "http/1.1" ? GAP_OF_OLD : GAP;
  }

  /* The body, with a watch on its progress; more than `most` bytes is an error. */
  async body(response, most, stop) {
    const parts = [];
    let got = 0;
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await stop.watch(reader.read());
      if (done) break;
      got += value.length;
      if (got > most) {
        reader.cancel().catch(() => {});
        throw new PinError("size", `this host sends only whole files, and the index is larger than ${most >> 20} MB`);
      }
      parts.push(value);
    }
    this.stats.bytes += got;
    if (parts.length === 1) return parts[0];
    const out = new Uint8Array(got);
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  watch(signal) {
    const control = new AbortController();
    const abort = () => control.abort();
    if (signal) signal.addEventListener("abort", abort, { once: true });
    return {
      signal: control.signal,
      watch: (promise) =>
        new Promise((resolve, reject) => {
          const slow = setTimeout(() => this.say("slow"), SLOW_MS);
          const dead = setTimeout(() => {
            control.abort();
            reject(new PinError("slow", "the host does not answer"));
          }, DEAD_MS);
          const end = (next) => (value) => {
            clearTimeout(slow);
            clearTimeout(dead);
            next(value);
          };
          promise.then(end(resolve), end(reject));
        }),
      end: () => signal && signal.removeEventListener("abort", abort),
    };
  }

  /* Bytes [from, to), or the whole file: { at, bytes }. */
  async range(from, to, { fresh = false, again = 2, signal } = {}) {
    const headers = this.whole ? {} : { Range: `bytes=${from}-${to - 1}` };
    if (this.etag && this.sameOrigin && !this.whole) headers["If-Range"] = this.etag;
    const stop = this.watch(signal);
    let response;
    try {
      this.stats.requests++;
      response = await stop.watch(this.fetch(this.url, { headers, signal: stop.signal, cache: fresh ? "reload" : this.cache || "default" }));
      if (response.status === 416 || response.status === 412) throw new PinError("changed", "the index file has changed");
      if (response.status === 404 || response.status === 410) throw new PinError("gone", "the index file is no longer there");
      if (!response.ok) throw new PinError("offline", `the host answered ${response.status}`);
      if (response.status === 206) return { at: from, bytes: await this.part(response, from, to, stop) };
      /* 200: the file has changed (If-Range), or the host knows no ranges */
      if (this.etag && this.etag !== strong(response) && !response.headers.get("content-encoding")) {
        response.body.cancel().catch(() => {});
        throw new PinError("changed", "the index file has changed");
      }
      this.whole = true;
      this.say("whole");
      const length = Number(response.headers.get("content-length") || 0);
      if (length > WHOLE_MOST) {
        stop.signal.aborted || response.body.cancel().catch(() => {});
        throw new PinError("size", `this host sends only whole files, and the index has ${(length / 1e6).toFixed(0)} MB`);
      }
      return { at: 0, bytes: await this.body(response, WHOLE_MOST, stop), whole: true };
    } catch (error) {
      if (error instanceof PinError || (signal && signal.aborted)) throw error;
      if (!again) throw new PinError("offline", "the index could not be fetched: " + error.message);
      /* a broken connection: once more, past every cache; parts that cannot be read: the whole file then, for
         a browser does not say more of a part that was compressed on its way than that it failed */
      if (error.part || again === 1) this.whole = true;
      const answer = this.range(from, to, { fresh: true, again: again - 1, signal });
      answer.catch(() => (this.whole = false));
      return answer;
    } finally {
      stop.end();
    }
  }

  async part(response, from, to, stop) {
    const told = /bytes (\d+)-(\d+)\/(\d+|\*)/.exec(response.headers.get("content-range") || "");
    const coding = response.headers.get("content-encoding");
    const tag = strong(response);
    if (this.etag && tag && tag !== this.etag) throw new PinError("changed", "the index file has changed");
    if (told && told[3] !== "*") {
      const total = Number(told[3]);
      if (this.total !== null && total !== this.total && !coding) throw new PinError("changed", "the index file has changed");
      if (!coding) this.total = total;
    }
    /* a part of a compressed file cannot be read; a compressed part can, and the browser has done so */
    let bytes;
    try {
      bytes = await this.body(response, coding ? WHOLE_MOST : to - from, stop);
    } catch (error) {
      if (coding && !(error instanceof PinError && error.code === "slow")) error = Object.assign(new Error("a part that was compressed"), { part: true });
      throw error;
    }
    const end = told ? Number(told[2]) + 1 : from + bytes.length;
    if ((told && Number(told[1]) !== from) || bytes.length !== end - from || bytes.length > to - from)
      throw Object.assign(new Error("not the bytes that were asked for"), { part: true });
    if (tag) this.etag = tag;
    return bytes;
  }
}

/* What names the very bytes: a strong tag, else the date of the file. */
const strong = (response) => {
  const tag = response.headers.get("etag");
  return tag && !tag.startsWith("W/") ? tag : response.headers.get("last-modified");
};

/* ---- an open index ---- */

const encoder = new TextEncoder(), decoder = new TextDecoder();

class Index {
  constructor({ core, cite }, source) {
    this.core = core;
    this.cite = cite;
    this.source = source;
    this.have = []; // ranges that are here: sorted, apart
    this.flat = new Map(); // lists that can be fetched compressed
    this.fileId = null;
    this.turn = Promise.resolve();
  }

  view(at, len) {
    return new Uint8Array(this.core.memory.buffer, at, len);
  }

  error(status) {
    const at = this.core.pin_web_error();
    const bytes = new Uint8Array(this.core.memory.buffer, at);
    const message = decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
    return new PinError(status === CORRUPT ? "file" : "query", message || `status ${status}`);
  }

  put(at, bytes) {
    const to = this.core.pin_web_room(at, bytes.length);
    if (!to) throw new PinError("size", "this browser lends no more memory");
    this.view(to, bytes.length).set(bytes);
    this.have.push([at, at + bytes.length]);
    this.have = mergeRanges(this.have.map(([a, b]) => [a, b - a]), 1);
  }

  needs() {
    const count = this.core.pin_web_need_count();
    const pairs = new Float64Array(this.core.memory.buffer, this.core.pin_web_needs(), count * 2);
    return Array.from({ length: count }, (_, i) => {
      const from = pairs[2 * i], to = from + pairs[2 * i + 1];
      if (to - from >= SMALL) return [from, to - from];
      const start = from - (from % BLOCK), end = Math.min(this.total, to + BLOCK - 1 - ((to + BLOCK - 1) % BLOCK));
      return [start, end - start];
    });
  }

  /* One round: everything that the last call lacked, in as few requests as may be. */
  async bring(needs, signal) {
    const flat = new Map(), plain = [];
    for (const [from, len] of needs) {
      const list = this.source.whole ? null : this.flat.get(from);
      if (list && list.len === len && lacking(from, from + len, this.have).length) flat.set(from, list);
      else plain.push([from, len]);
    }
    let ranges = mergeRanges(plain, this.source.gap());
    if (this.have.length) ranges = ranges.flatMap(([a, b]) => lacking(a, b, this.have));
    if (!ranges.length && !flat.size) { // the core forgot, it is not known what: fetch it all again
      this.have = [];
      ranges = mergeRanges(needs);
    }
    const queue = [...ranges, ...[...flat.values()].map((list) => [list.from, list.to, list])];
    const work = async () => {
      for (let next; (next = queue.shift()); ) {
        let { at, bytes, whole } = await this.source.range(next[0], next[1], { signal });
        if (next[2] && !whole) {
          at = next[2].at;
          if (!(bytes = await inflateRaw(bytes, next[2].len))) throw new PinError("file", "a list of the index file is damaged");
        }
        if (whole) {
          if (bytes.length !== this.total) throw new PinError("changed", "the index file has changed");
          queue.length = 0;
        }
        this.put(at, bytes);
        if (whole) this.have = [[0, this.total]];
      }
    };
    await Promise.all(Array.from({ length: this.source.whole ? 1 : Math.min(AT_ONCE, queue.length) }, work));
    const status = this.core.pin_web_open();
    if (status !== OK) throw this.error(status);
  }

  /* Fetches the head and opens the file. */
  async begin(headLen, { fresh = false, file } = {}) {
    this.have = [];
    this.fileId = null;
    this.source.etag = this.source.total = null;
    const { at, bytes, whole } = file || (await this.source.range(0, headLen || FIRST_READ, { fresh }));
    const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 64 || bytes[0] !== 0x89 || bytes[1] !== 0x50) throw new PinError("file", "this is no index file");
    this.total = Number(head.getBigUint64(16, true));
    this.fileId = head.getBigUint64(24, true).toString(16).padStart(16, "0");
    if (whole && bytes.length !== this.total) throw new PinError("file", "the index file is cut short");
    this.core.pin_web_start(this.total);
    this.put(at, bytes.subarray(0, this.total));
    const length = head.getUint32(52, true);
    let start = bytes;
    if (length > bytes.length && length <= Math.min(this.total, HEAD_MOST)) {
      const rest = await this.source.range(bytes.length, length, { fresh });
      this.put(rest.at, rest.bytes.subarray(0, this.total - rest.at));
      start = new Uint8Array(Math.max(length, rest.at + rest.bytes.length));
      start.set(bytes);
      start.set(rest.bytes, rest.at);
    }
    const packed = this.source.whole ? null : await unpackHead(start);
    this.flat = packed ? packed.flat : new Map();
    if (packed && packed.at + packed.bytes.length <= this.total) this.put(packed.at, packed.bytes);
    for (let rounds = 0; ; rounds++) {
      const status = this.core.pin_web_open();
      if (status === OK) return;
      if (status !== NEED || rounds > 3) throw this.error(status);
      for (const [a, b] of mergeRanges(this.needs(), this.source.gap())) {
        const part = await this.source.range(a, b, { fresh });
        this.put(part.at, part.bytes);
      }
    }
  }

  /* Calls the core until nothing is missing. When the file has changed meanwhile: once more, from the start. */
  async answer(call, signal) {
    const before = { ...this.source.stats };
    for (let again = true; ; again = false) {
      try {
        for (let rounds = 0; rounds < ROUNDS_MOST; rounds++) {
          if (signal && signal.aborted) throw new DOMException("superseded", "AbortError");
          const status = call();
          if (status === NEED) {
            const needs = this.needs(), cites = this.core.pin_web_lacks_citations();
            await Promise.all([needs.length || !cites ? this.bring(needs, signal) : null, cites ? this.cite() : null]);
            continue;
          }
          const text = status === OK ? decoder.decode(this.view(this.core.pin_web_output(), this.core.pin_web_output_len())) : null;
          if (status !== OK && status !== NOT_FOUND) throw this.error(status);
          return {
            text, rounds,
            requests: this.source.stats.requests - before.requests,
            bytes: this.source.stats.bytes - before.bytes,
          };
        }
        throw new PinError("file", "this query asks for too much of the file");
      } catch (error) {
        /* a wrong checksum over the network is most often half of a newer file */
        if (!again || !["changed", "file"].includes(error.code)) throw error;
        this.source.say("changed");
        await this.begin(0, { fresh: true });
      }
    }
  }

  /* One call of the core at a time; a call that was superseded while waiting never begins. */
  inTurn(work) {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => {});
    return mine;
  }

  input(...texts) {
    const at = this.core.pin_web_input();
    const lens = [];
    let used = 0;
    for (const text of texts) {
      const { written } = encoder.encodeInto(text, this.view(at + used, 16384 - used));
      lens.push(written);
      used += written;
    }
    return lens;
  }

  /* { reply, text, facets, rounds, requests, bytes }: `text` is the JSON of /api/v1/search, byte for byte;
     `reply` the same parsed, or null when there is no such module. */
  search(query, { k = 10, module = "", status = "", signal } = {}) {
    return this.inTurn(async () => {
      const found = await this.answer(() => {
        const [q, m, s] = this.input(query, module, status);
        return this.core.pin_web_search(q, m, s, k, 1);
      }, signal);
      if (found.text === null) return { ...found, reply: null, facets: [] };
      const cut = found.text.lastIndexOf("\n");
      const text = found.text.slice(0, cut);
      return { ...found, text, reply: JSON.parse(text), facets: JSON.parse(found.text.slice(cut + 1)) };
    });
  }

  about() {
    return this.inTurn(async () => JSON.parse((await this.answer(() => this.core.pin_web_about())).text));
  }

  get stats() {
    return { ...this.source.stats, memory: this.core.memory.buffer.byteLength, whole: this.source.whole };
  }
}

/* Opens the index at `src`.
   wasm     address of the module (or its bytes); the module and the head are fetched together
   citations  the same of the grammar of citations; by itself "citations.." beside "pincite.."
   head     length of the head, when the page knows it: saves bytes of small files
   file     the whole file as bytes, instead of `src`: for pages from a disk
   onstate  told "slow", "whole" (the host knows no ranges) and "changed" */
export async function openIndex({ src, wasm, citations, head = 0, file = null, onstate, fetch: fetcher, cache } = {}) {
  const source = new Source(src || "", { fetch: fetcher, onstate, cache });
  const count = (n) => { source.stats.requests++; source.stats.bytes += n; };
  const made = (from) => (typeof from === "string" ? fetchModule(from, count) : compiled(from));
  const beside = () => citations || (typeof wasm === "string" ? wasm.replace(/pincite([^/]*)$/, "citations$1") : null);
  const search = made(wasm);
  search.catch(() => {});
  const first = file ? null : source.range(0, head || FIRST_READ);
  if (first) first.catch(() => {});
  const index = new Index(await instances(search, () => made(beside())), source);
  if (file) {
    source.whole = true;
    await index.begin(0, { file: { at: 0, bytes: file, whole: true } });
  } else {
    const etag = await first.then(() => source.etag), total = source.total;
    try {
      await index.begin(0, { file: await first });
      source.etag = etag;
      source.total = total;
    } catch (error) {
      if (error.code !== "file" && error.code !== "changed") throw error;
      await index.begin(0, { fresh: true }); // half an old file from some cache
    }
  }
  return index;
}

/* The pieces of `text` (marks are byte offsets of its UTF-8): [["plain", false], ["marked", true], ...]. */
export function markedParts(text, marks) {
  const bytes = encoder.encode(text);
  const out = [];
  let at = 0;
  for (const [start, end] of marks) {
    if (start < at || end > bytes.length || start >= end) continue;
    if (start > at) out.push([decoder.decode(bytes.subarray(at, start)), false]);
    out.push([decoder.decode(bytes.subarray(start, end)), true]);
    at = end;
  }
  if (at < bytes.length) out.push([decoder.decode(bytes.subarray(at)), false]);
  return out;
}
