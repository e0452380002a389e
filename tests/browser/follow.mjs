// Follows addresses in a real browser: standard input is {base, links: {path: {status, article}}}; `status` is what
// the address itself answers (301 is followed), `article` the text that a pinned page must show, or null.
// Prints a line for each that is not as it should be; exit 1 when there is one.
import { readFileSync } from "node:fs";
import { launch, context } from "./lib.mjs";

const { base, links } = JSON.parse(readFileSync(0, "utf8"));
const browser = await launch();
const tab = await (await context(browser)).newPage();
const squeeze = (text) => text.replace(/\s+/g, " ").trim();
let wrong = 0, followed = 0;
for (const [path, wanted] of Object.entries(links)) {
  if (/\.(md|txt|xml)$/.test(path)) continue; // a browser downloads these
  const reply = await tab.goto(new URL(path, base).href);
  const expected = wanted.status === 301 ? 200 : wanted.status;
  const shown = wanted.article === null ? null : squeeze(await tab.locator("article").first().textContent());
  if (reply.status() !== expected || (shown !== null && shown !== squeeze(wanted.article))) {
    wrong++;
    console.log(`${path}: ${reply.status()}, expected ${expected}${shown === null ? "" : "; its article differs"}`);
  }
  followed++;
}
await browser.close();
console.log(`${followed} links followed in a browser, ${wrong} wrong`);
process.exit(wrong ? 1 : 0);
