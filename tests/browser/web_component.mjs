// The search box for other sites, in pages made from the examples of docs/component.md as plain HTML, as
// MkDocs writes pages (script at the end), and as Docusaurus does (script loaded late, element put in by script).
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { context, launch, run, settled } from "./lib.mjs";
import { bare, scratch } from "./web_lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const docs = readFileSync("docs/component.md", "utf8");
const example = (name) => new RegExp(`<!-- example: ${name} -->\\s*\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(docs)[1];
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self' 'unsafe-inline'">`;
const frame = (head, body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>${head}</head><body><main><h1>A page</h1>${body}</main></body></html>`;
let browser, host, here;

before(async () => {
  browser = await launch();
  here = scratch();
  assert.equal((await run("build", "examples/cra", "-o", join(here, "faq.pin"))).code, 0);
  const out = await run("export", "--component", here);
  assert.equal(out.code, 0, out.err);
  mkdirSync(join(here, "assets"));
  for (const name of ["faq.pin", "pincite-search.js", "pincite.wasm", "citations.wasm"]) copyFileSync(join(here, name), join(here, "assets", name));
  assert.match(example("mkdocs"), /assets\/pincite-search\.js/);
  assert.match(example("docusaurus"), /src: "\/pincite-search\.js", async: true/);
  writeFileSync(join(here, "plain.html"), frame("", example("plain")));
  writeFileSync(join(here, "policy.html"), frame(policy, example("plain")));
  writeFileSync(join(here, "mkdocs.html"), frame("", example("mkdocs-page")).replace("</body>", `<script src="assets/pincite-search.js"></script></body>`));
  writeFileSync(join(here, "late.js"), `setTimeout(() => { document.querySelector("main").insertAdjacentHTML("beforeend", ${JSON.stringify(example("docusaurus-page"))}); }, 200);`);
  writeFileSync(join(here, "docusaurus.html"), frame(`<script src="/pincite-search.js" async></script><script src="/late.js"></script>`, ""));
  host = await bare(here);
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

for (const page of ["plain", "policy", "mkdocs", "docusaurus"])
  test(`${page}: nothing is loaded before it is used; then type, choose, land`, async () => {
    assert.ok(existsSync(join(here, `${page}.html`)));
    const tab = await (await context(browser)).newPage();
    tab.setDefaultTimeout(10000);
    const wrong = [];
    tab.on("pageerror", (error) => wrong.push(String(error)));
    tab.on("console", (message) => message.type() === "error" && !/ 404 /.test(message.text()) && wrong.push(message.text()));
    host.sent.length = 0;
    await tab.goto(host.url + page + ".html");
    const box = tab.getByRole("combobox");
    await box.waitFor();
    assert.deepEqual(host.sent.filter(({ path }) => /pin$|wasm$/.test(path)), []);
    await box.click();
    await tab.keyboard.type("securty updates free of charge");
    const options = tab.getByRole("option");
    await settled(tab, "pincite-search");
    assert.equal(await options.count(), 8);
    assert.match(await options.first().textContent(), /free of charge/);
    assert.match(await tab.locator("pincite-search .said").textContent(), /security/);
    assert.ok((await options.first().locator("mark").count()) > 0);
    await tab.keyboard.press("Escape");
    assert.equal(await box.getAttribute("aria-expanded"), "false");
    await tab.keyboard.press("ArrowDown");
    await settled(tab, "pincite-search");
    await tab.keyboard.press("ArrowDown");
    assert.equal(await options.first().getAttribute("aria-selected"), "true");
    await tab.evaluate(() => document.addEventListener("pincite-choose", (event) => { self.chosen = event.detail.address; event.preventDefault(); }));
    await tab.keyboard.press("Enter");
    assert.equal(await tab.evaluate(() => self.chosen), "/faq/security-updates/free-of-charge/");
    if (page === "plain") {
      await tab.evaluate(axe);
      assert.deepEqual((await tab.evaluate(() => axe.run())).violations.map(({ id }) => id), []);
      assert.equal(await box.evaluate((field) => getComputedStyle(field).borderRadius), "0px", "custom properties reach it");
    }
    assert.deepEqual(wrong, []);
    await tab.context().close();
  });
