// One static server for all engines: byte ranges, and brotli for text and modules, made once (as a good static
// host does). Counts what goes over the wire. Of a range it reads that range alone: a search asks for hundreds
// of them, and an index of 100,000 items has 64 MB.
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const types = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".css": "text/css" };

function bytesOf(file, from, to) {
  const out = Buffer.alloc(Math.max(0, to - from)), fd = openSync(file, "r");
  try {
    return out.subarray(0, readSync(fd, out, 0, out.length, from));
  } finally {
    closeSync(fd);
  }
}

/* fileOf(path) -> { file, counted } or { page } (a small page made up for the run); resolves to { url, wire, stop } */
export async function serve(fileOf) {
  const packed = new Map();
  const wire = { requests: 0, bytes: 0, delay: 0 };
  const server = createServer(async (request, response) => {
    const { page, file, counted } = fileOf(decodeURIComponent(new URL(request.url, "http://x").pathname));
    if (page) {
      response.writeHead(200, { "content-type": "text/html" });
      return response.end(page);
    }
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat || stat.isDirectory()) {
      response.writeHead(404);
      return response.end();
    }
    if (wire.delay) await new Promise((resolve) => setTimeout(resolve, wire.delay));
    const headers = { "content-type": types[extname(file)] || "application/octet-stream", etag: `"${stat.mtimeMs}"` };
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range || "");
    let status = 200, body;
    if (range) {
      const from = Number(range[1]);
      body = bytesOf(file, from, Math.min(stat.size, Number(range[2]) + 1));
      headers["content-range"] = `bytes ${from}-${from + body.length - 1}/${stat.size}`;
      status = 206;
    } else if (/\.(js|json|wasm|css|html|svg)$/.test(file)) {
      if (!packed.has(file)) packed.set(file, brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: stat.size > 4e6 ? 5 : 11 } }));
      body = packed.get(file);
      headers["content-encoding"] = "br";
    } else {
      body = readFileSync(file);
    }
    headers["content-length"] = body.length;
    if (counted) {
      wire.requests++;
      wire.bytes += body.length;
    }
    response.writeHead(status, headers);
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, wire, stop: () => server.close() };
}
