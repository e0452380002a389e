/* The service worker of an exported site, there when it was exported with --offline. After a first visit
   the site works without a network: pages that were seen, all module pages, the search and its index.

   The first line of the file, written by the export, names the release and what to keep. */
"use strict";
const kept = self.pinciteOffline; // { release, files: [paths below the site], index }
const name = "pincite-" + kept.release;
const site = new URL("./", self.location.href).href;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(name);
    await cache.addAll(kept.files.map((path) => new Request(site + path, { cache: "no-cache" })));
    self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const other of await caches.keys())
      if (other.startsWith("pincite-") && other !== name) await caches.delete(other);
    await self.clients.claim();
  })());
});

/* A part of the index from the whole that is kept. */
async function part(response, range) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(range);
  const all = await response.blob();
  if (!match || Number(match[1]) >= all.size) return new Response(null, { status: 416 });
  const from = Number(match[1]), to = match[2] ? Math.min(Number(match[2]) + 1, all.size) : all.size;
  return new Response(all.slice(from, to), {
    status: 206,
    headers: { "Content-Range": `bytes ${from}-${to - 1}/${all.size}`, "Content-Type": "application/octet-stream" },
  });
}

/* A card that was never seen stands on its module's page as well. */
async function instead(cache, url) {
  const match = /^([^?#]*\/)([^/]+)\/$/.exec(url.href.split(/[?#]/)[0]);
  const module = match && (await cache.match(match[1]));
  if (module && match[1] !== site) return Response.redirect(match[1] + "#" + match[2], 302);
  return (await cache.match(site + "404.html")) || Response.error();
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !url.href.startsWith(site)) return;
  event.respondWith((async () => {
    const cache = await caches.open(name);
    const range = event.request.headers.get("range");
    const known = await cache.match(url.href.split(/[?#]/)[0]);
    const lasting = /\/assets\/|\.pin$/.test(url.pathname); // their names hold a hash: they never change
    if (known && range) return part(known, range);
    if (known && lasting) return known;
    try {
      const fresh = await fetch(event.request);
      if (fresh.status === 200 && !range) cache.put(url.href.split(/[?#]/)[0], fresh.clone()).catch(() => {});
      return fresh;
    } catch (error) {
      return known || (event.request.mode === "navigate" ? instead(cache, url) : Response.error());
    }
  })());
});
