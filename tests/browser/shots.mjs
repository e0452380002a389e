// Pictures of every kind of page at three widths, light and dark, into build/shots: for people to look at.
//   node tests/browser/shots.mjs [CORPUS...]      default: examples/cra
import { mkdirSync } from "node:fs";
import { context, launch, serve, widths } from "./lib.mjs";

const corpora = process.argv.slice(2).filter((arg) => !arg.startsWith("--source="));
const sources = process.argv.slice(2).filter((arg) => arg.startsWith("--source=")).map((arg) => arg.slice(9));
const server = await serve(corpora.length ? corpora : ["examples/cra"], { sources });
const browser = await launch();
const out = process.env.SHOTS || "build/shots";
mkdirSync(out, { recursive: true });

const index = await (await fetch(new URL("api/v1/search?q=security%20updates&k=1", server.url))).json();
const card = index.hits[0].url.replace(/^https?:\/\/[^/]+/, "");
const module = "/" + index.hits[0].module + "/";
const law = index.hits[0].citations.find((c) => c.state === "resolved");
const pages = {
  hub: "/",
  items: "/items/",
  module,
  target: module + "#" + card.split("/")[2],
  card,
  law: law ? `/law/${law.source}/` : "/",
  provision: law ? `/law/${law.source}/${law.provision.replace(/^\w+:/, "")}/` : "/",
  search: "/search/?q=" + encodeURIComponent("are security updates fre of charge"),
  unsure: "/search/?q=" + encodeURIComponent("how do I bake sourdough bread"),
  missing: "/no/such/page/",
};
for (const [size, width] of Object.entries(widths))
  for (const dark of [false, true]) {
    const tab = await (await context(browser, { width, dark })).newPage();
    for (const [name, path] of Object.entries(pages)) {
      await tab.goto(new URL(path, server.url).href);
      const file = `${out}/${name}-${size}-${dark ? "dark" : "light"}.png`;
      await tab.screenshot({ path: file, fullPage: !["items", "module", "law", "target"].includes(name) });
    }
    await tab.context().close();
  }
console.log(`${Object.keys(pages).length * 6} pictures in ${out}`);
await browser.close();
await server.stop();
