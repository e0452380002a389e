// After three years and ten releases (tests/story, which follows every link in a browser): what a reader sees of
// the past. Run by test_site.sh.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { context, launch, pincite, serveFile } from "./lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let server, browser, story;
const at = (path) => new URL(path, server.url).href;
const isRevision = (path) => /^\/[^/]+\/[^/]+\/@[0-9a-f]{16}\/$/.test(path);

before(async () => {
  const room = mkdtempSync(join(tmpdir(), "pincite-story-"));
  execFileSync("python3", ["tests/story/test_story.py"], { env: { ...process.env, PINCITE: resolve(pincite), STORY_KEEP: room } });
  story = JSON.parse(readFileSync(join(room, "story.json"), "utf8"));
  server = await serveFile(join(room, "story.pin"));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a card shows its history, the words that changed, and leads to what it was", async () => {
  const tab = await (await context(browser)).newPage();
  await tab.goto(at("/bridges/toll/"));
  const history = tab.locator("section.history");
  assert.equal(await history.locator("li").count(), 6);
  await history.locator("summary").first().click();
  assert.match(await history.locator("del").first().textContent(), /\w/);
  await history.locator("li a").last().click();
  await tab.waitForURL(/@[0-9a-f]{16}/);
  assert.match(await tab.locator(".standing").textContent(), /replaced/);
  await tab.locator(".standing a").click();
  await tab.waitForURL(/\/bridges\/toll\/$/);
});

test("who comes to what is gone learns why and where to go", async () => {
  const tab = await (await context(browser, { script: false })).newPage();
  await tab.goto(at("/keepers/handover/"));
  assert.match(await tab.locator("main").textContent(), /withdrawn[\s\S]*the Office no longer lets keepers choose/);
  await tab.goto(at("/keepers/who/"));
  assert.match(tab.url(), /\/travel\/who\/$/);
});

test("pages of the past are accessible", async () => {
  const tab = await (await context(browser)).newPage();
  const revision = story.published.find((path) => isRevision(path) && path.startsWith("/bridges/toll/"));
  for (const path of [revision, "/keepers/handover/", "/keepers/", "/bridges/toll/"]) {
    await tab.goto(at(path));
    for (const details of await tab.locator("details").all()) await details.evaluate((one) => (one.open = true));
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
    assert.deepEqual(found.violations.map((v) => `${path}: ${v.id}: ${v.nodes[0].html}`), []);
  }
});
