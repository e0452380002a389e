// Static hosts for exported sites: nginx, and a bare server that can be told to behave badly. Each serves a
// folder below a path of its own choice and counts what it sent.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { run } from "./lib.mjs";

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml", ".json": "application/json", ".wasm": "application/wasm", ".md": "text/markdown; charset=utf-8",
  ".xml": "application/xml", ".txt": "text/plain; charset=utf-8" };

export const scratch = () => mkdtempSync(join(tmpdir(), "pincite-web-"));

/* Builds `corpora` and exports them; { file, folder }. */
export async function exported(corpora, { sources = [], args = [] } = {}) {
  const here = scratch(), file = join(here, "site.pin"), folder = join(here, "site");
  const built = await run("build", ...corpora, ...sources.flatMap((source) => ["--source", source]), "-o", file);
  if (built.code !== 0) throw new Error(`build failed: ${built.err}`);
  const out = await run("export", file, folder, ...args);
  if (out.code !== 0) throw new Error(`export failed: ${out.err}`);
  return { file, folder, here };
}

/* A server of `folder` below `prefix`. behave: range (default true), etag, delay (ms before each answer), twins (serve .br),
   wrong: (request, path) => a function that answers in its own way, or nothing. `behave` may be changed while it runs. */
export function bare(folder, behave = {}) {
  const state = { prefix: "/", range: true, etag: true, delay: 0, twins: false, wrong: null, ...behave };
  const sent = [];
  const server = createServer(async (request, response) => {
    if (state.delay) await new Promise((resolve) => setTimeout(resolve, state.delay));
    const url = new URL(request.url, "http://host");
    let path = decodeURIComponent(url.pathname);
    const own = state.wrong && state.wrong(request, response, path);
    if (own) return;
    const refuse = (status, headers = {}) => {
      const page = join(folder, "404.html");
      response.writeHead(status, { "content-type": types[".html"], ...headers });
      response.end(status === 404 && existsSync(page) ? readFileSync(page) : "");
    };
    if (!path.startsWith(state.prefix)) return refuse(404);
    path = path.slice(state.prefix.length - 1);
    let file = join(folder, normalize(path));
    if (!file.startsWith(folder)) return refuse(404);
    if (existsSync(file) && statSync(file).isDirectory()) {
      if (!path.endsWith("/")) return refuse(301, { location: url.pathname + "/" });
      file = join(file, "index.html");
    }
    if (!existsSync(file)) return refuse(404);
    let body = readFileSync(file);
    const headers = { "content-type": path.startsWith("/api/v1/") ? types[".json"] : types[extname(file)] || "application/octet-stream" };
    if (state.etag) headers.etag = `"${statSync(file).mtimeMs}-${body.length}"`;
    if (state.twins && existsSync(file + ".br") && /\bbr\b/.test(request.headers["accept-encoding"] || "")) {
      body = readFileSync(file + ".br");
      headers["content-encoding"] = "br";
    }
    const range = state.range && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range || "");
    const asked = request.headers["if-range"];
    if (range && (!asked || asked === headers.etag)) {
      const from = Number(range[1]), to = Math.min(Number(range[2]) + 1, body.length);
      if (from >= body.length) return refuse(416, { "content-range": `bytes */${body.length}` });
      headers["content-range"] = `bytes ${from}-${to - 1}/${body.length}`;
      headers["content-length"] = to - from;
      sent.push({ path, from, to, bytes: to - from });
      response.writeHead(206, headers);
      return response.end(body.subarray(from, to));
    }
    if (state.range) headers["accept-ranges"] = "bytes";
    headers["content-length"] = body.length;
    sent.push({ path, bytes: body.length });
    response.writeHead(200, headers);
    response.end(request.method === "HEAD" ? "" : body);
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}${state.prefix}`,
        state, sent,
        stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }),
      })));
}

export const haveNginx = existsSync("/usr/sbin/nginx");

/* nginx with the snippet of the export, the site below the path it was exported for. */
export async function nginx(folder, prefix = "/") {
  const here = scratch(), root = join(here, "root");
  mkdirSync(root);
  let where = folder;
  if (prefix !== "/") {
    mkdirSync(join(root, prefix, ".."), { recursive: true });
    const { symlinkSync } = await import("node:fs");
    symlinkSync(folder, join(root, prefix.replace(/\/$/, "")));
    where = root;
  }
  for (let tries = 0; tries < 8; tries++) {
    const port = 20000 + Math.floor(Math.random() * 30000);
    writeFileSync(join(here, "nginx.conf"), `${process.getuid() === 0 ? "user root;" : ""} daemon off; pid ${here}/pid; error_log ${here}/error.log; worker_processes 1;
events { worker_connections 256; }
http { access_log off; client_body_temp_path ${here}/b; proxy_temp_path ${here}/p; fastcgi_temp_path ${here}/f; uwsgi_temp_path ${here}/u;
scgi_temp_path ${here}/s; gzip on; gzip_types application/octet-stream text/css text/javascript application/wasm;
server { listen 127.0.0.1:${port}; root ${where}; disable_symlinks off; include ${folder}/_nginx.conf; } }
`);
    const child = spawn("/usr/sbin/nginx", ["-c", join(here, "nginx.conf"), "-e", join(here, "error.log")], { stdio: "ignore" });
    let ended = false;
    child.on("exit", () => (ended = true));
    for (let i = 0; i < 100 && !ended; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      try {
        await fetch(`http://127.0.0.1:${port}/`);
        return {
          url: `http://127.0.0.1:${port}${prefix}`,
          stop: () => new Promise((resolve) => { child.on("exit", resolve); child.kill("SIGTERM"); }),
        };
      } catch { /* not listening yet */ }
    }
    if (!ended) child.kill("SIGKILL");
    if (tries === 7) throw new Error("nginx did not start: " + readFileSync(join(here, "error.log"), "utf8"));
  }
}

export { gzipSync };
