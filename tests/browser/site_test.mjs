// The site in a real browser: search, open, copy, keyboard, anchors, without script, back button, print, and
// what an accessibility checker and an HTML validator say of every kind of page. Run by test_site.sh.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { context, launch, serve, settled, widths } from "./lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let server, browser;
const at = (path) => new URL(path, server.url).href;
const card = "secure-by-default/tailor-made-exception/";
const pages = {
  hub: "", items: "items/", "second page": "items/2/", module: "secure-by-default/", card,
  law: "law/cra/", provision: "law/cra/art_13.par_8/", search: "search/?q=security+updates", empty: "search/",
  unsure: "search/?q=sourdough+bread", missing: "no/such/page/",
};

before(async () => {
  server = await serve(["examples/cra"]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [size, width] of [["phone", widths.phone], ["desk", widths.desk]]) {
  test(`a reader asks, sees the question and lands on the card (${size})`, async () => {
    const tab = await (await context(browser, { width })).newPage();
    await tab.goto(at(""));
    await tab.fill("#ask", "must security updates be free of charge");
    await tab.press("#ask", "Enter");
    await tab.waitForURL(/\/search\/\?q=/);
    const first = tab.locator(".hits li h2 a").first();
    assert.match(await first.textContent(), /free of charge/);
    await first.click();
    await tab.waitForSelector("article.card h1");
    assert.match(tab.url(), /\/security-updates\/free-of-charge\/$/);
    await tab.goBack();
    assert.equal(await tab.inputValue("#q"), "must security updates be free of charge");
    await tab.context().close();
  });

  test(`no page is wider than the screen (${size})`, async () => {
    const tab = await (await context(browser, { width })).newPage();
    for (const [name, path] of Object.entries(pages)) {
      await tab.goto(at(path));
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name} is ${wide} px too wide at ${width}`);
    }
    await tab.context().close();
  });
}

test("results while typing follow the combobox pattern", async () => {
  const tab = await (await context(browser)).newPage();
  await tab.goto(at(card));
  await tab.keyboard.press("/");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "q");
  await tab.keyboard.type("tailor-made");
  await settled(tab, ".find");
  assert.equal(await tab.getAttribute("#q", "aria-expanded"), "true");
  await tab.keyboard.press("ArrowDown");
  const active = await tab.getAttribute("#q", "aria-activedescendant");
  assert.equal(await tab.getAttribute("#" + active, "aria-selected"), "true");
  await tab.keyboard.press("Escape");
  assert.equal(await tab.getAttribute("#q", "aria-expanded"), "false");
  await tab.keyboard.type(" exception");
  await settled(tab, ".find");
  await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("Enter");
  await tab.waitForURL(/\/secure-by-default\/tailor-made-/);
  await tab.context().close();
});

test("copy link says that it worked, and the clipboard has the address", async () => {
  const ctx = await context(browser);
  await ctx.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
  const tab = await ctx.newPage();
  await tab.goto(at(card));
  await tab.click("a[data-copy]");
  await tab.waitForSelector(".copied");
  assert.match(await tab.textContent(".copied"), /copied/);
  assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), at(card));
  await ctx.close();
});

test("a link to a card in its module marks and opens that card, without script", async () => {
  const tab = await (await context(browser, { script: false })).newPage();
  await tab.goto(at("security-updates/"));
  const slug = await tab.locator(".card.folded").first().getAttribute("id");
  assert.ok(slug, "no folded card in the module");
  const height = () => tab.locator(`#${slug} .answer`).evaluate((e) => [e.clientHeight, e.scrollHeight]);
  let [shown, whole] = await height();
  assert.ok(shown < whole, "the answer is folded before");
  await tab.goto(at("security-updates/#" + slug));
  [shown, whole] = await height();
  assert.ok(shown >= whole, "the answer is open after");
  const colours = await tab.evaluate((id) => [getComputedStyle(document.getElementById(id)).borderTopColor,
    getComputedStyle(document.querySelector(".card:not(:target)")).borderTopColor], slug);
  assert.notEqual(colours[0], colours[1]);
  await tab.context().close();
});

test("everything works without script: search, index, pages, facets", async () => {
  const tab = await (await context(browser, { script: false })).newPage();
  await tab.goto(at(""));
  await tab.fill("#ask", "annex 1 part 2 point 8");
  await tab.click(".ask button");
  await tab.waitForURL(/search/);
  assert.match(await tab.textContent(".reading"), /Annex I, Part II, point \(8\)/);
  assert.ok((await tab.locator(".hits > li").count()) >= 3);
  await tab.goto(at("items/"));
  assert.equal(await tab.locator(".index > li").count(), 20);
  await tab.click("a[rel=next]");
  await tab.waitForURL(/items\/2\//);
  assert.match(await tab.textContent(".lead"), /page 2 of \d+/);
  await tab.context().close();
});

test("the filter of a module counts what it shows", async () => {
  const tab = await (await context(browser)).newPage();
  await tab.goto(at("security-updates/"));
  const all = await tab.locator(".contents li").count();
  assert.equal(await tab.textContent(".filter output"), `${all} of ${all}`);
  await tab.fill("#filter", "free of charge");
  const shown = await tab.locator(".contents li:visible").count();
  assert.ok(shown > 0 && shown < all);
  assert.equal(await tab.textContent(".filter output"), `${shown} of ${all}`);
  await tab.context().close();
});

test("status and caveat stand on the card that a deep link opens", async () => {
  const tab = await (await context(browser, { script: false })).newPage();
  await tab.goto(at("search/?q=draft&status=pending-guidance"));
  await tab.goto(at("items/"));
  await tab.goto(at(card));
  assert.match(await tab.textContent(".card .status"), /Reviewed/);
  await tab.context().close();
});

test("nothing is loaded from elsewhere, and no policy is broken", async () => {
  const tab = await (await context(browser)).newPage();
  const foreign = [], complaints = [];
  tab.on("request", (request) => request.url().startsWith(server.url) || foreign.push(request.url()));
  tab.on("console", (message) => message.type() === "error" && !/404/.test(message.text()) && complaints.push(message.text()));
  tab.on("pageerror", (error) => complaints.push(String(error)));
  for (const path of Object.values(pages)) await tab.goto(at(path));
  assert.deepEqual(foreign, []);
  assert.deepEqual(complaints, []);
  await tab.context().close();
});

for (const dark of [false, true])
  test(`axe finds nothing to complain about (${dark ? "dark" : "light"})`, async () => {
    for (const width of [widths.phone, widths.desk]) {
      const ctx = await context(browser, { dark, width, bypassCSP: true });
      const tab = await ctx.newPage();
      for (const [name, path] of Object.entries(pages)) {
        await tab.goto(at(path));
        await tab.evaluate(axe);
        const { violations } = await tab.evaluate(() =>
          window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
        const told = violations.map((v) => `${v.id}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 120)}`);
        assert.deepEqual(told, [], `${name} at ${width}`);
      }
      await ctx.close();
    }
  });

test("the HTML is valid", async () => {
  const judge = new HtmlValidate({
    root: true, extends: ["html-validate:standard"],
    rules: { "no-trailing-whitespace": "off", "long-title": "off", "no-inline-style": "error", "require-sri": "off",
      "attribute-boolean-style": "off", "void-style": "off", "text-content": "off", "no-redundant-role": "off",
      "prefer-native-element": "off", "wcag/h63": "off", "doctype-style": "off" },
  });
  for (const [name, path] of Object.entries(pages)) {
    const html = await (await fetch(at(path))).text();
    const report = await judge.validateString(html);
    const told = report.results.flatMap((r) => r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId} ${m.message}`));
    assert.deepEqual(told, [], name);
  }
});

test("on paper: answers whole, no controls", async () => {
  const tab = await (await context(browser)).newPage();
  await tab.goto(at("security-updates/"));
  await tab.emulateMedia({ media: "print" });
  assert.equal(await tab.locator(".find").isVisible(), false);
  const folded = await tab.locator(".folded .answer").evaluateAll((all) => all.filter((e) => e.clientHeight + 1 < e.scrollHeight).length);
  assert.equal(folded, 0);
  const pdf = await tab.pdf();
  assert.ok(pdf.length > 10000);
  await tab.context().close();
});

test("structured data names each question, its answer and the provisions it cites", async () => {
  const html = await (await fetch(at("secure-by-default/"))).text();
  const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html)[1]);
  assert.equal(data["@type"], "FAQPage");
  assert.ok(data.mainEntity.length >= 5);
  for (const question of data.mainEntity) {
    assert.equal(question["@type"], "Question");
    assert.ok(question.acceptedAnswer.text.length > 20);
  }
  assert.ok(data.mainEntity.some((question) => question.citation.some((c) => c["@type"] === "Legislation" && /^cra:/.test(c.legislationIdentifier))));
});

test("a hostile corpus runs nothing in a browser", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "pincite-")), "hostile.jsonl");
  const bad = "<script>window.hurt=1</script><img src=x onerror=window.hurt=1>\"'><svg onload=window.hurt=1>";
  writeFileSync(file, JSON.stringify({ id: "x/one", module: "x", module_title: bad, question: bad + "?", answer: `${bad} [a](javascript:window.hurt=1)`,
    author: bad, status: bad, citations: [{ source: bad, note: bad, quote: bad }] }) + "\n");
  const hostile = await serve([file]);
  const tab = await (await context(browser, { bypassCSP: true })).newPage();
  for (const path of ["", "items/", "x/", "x/one/", "search/?q=" + encodeURIComponent(bad)]) {
    await tab.goto(new URL(path, hostile.url).href);
    await tab.waitForTimeout(50);
    assert.equal(await tab.evaluate(() => window.hurt), undefined, path);
  }
  await tab.goto(hostile.url);
  await tab.fill("#ask", "script");
  await settled(tab);
  assert.equal(await tab.evaluate(() => window.hurt), undefined);
  await tab.context().close();
  await hostile.stop();
});
