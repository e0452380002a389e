// Builds the search of one engine for one corpus, as its own documentation advises: what a static host needs,
// and nothing else. node build.mjs ENGINE CORPUS.jsonl OUT PINCITE   -> {"seconds":..}
// Every engine indexes question and answer and can show the question and address of a hit.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const [engine, corpus, out, pincite] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "package.json"));
const found = (name) => join(process.cwd(), "node_modules", name);
mkdirSync(out, { recursive: true });
const items = () => readFileSync(corpus, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line))
  .map(({ id, question, answer }) => ({ id, question, answer: answer || "" }));

const engines = {
  pincite() {
    execFileSync(pincite, ["build", corpus, "-o", join(out, "faq.pin")], { stdio: ["ignore", "ignore", "ignore"] });
    execFileSync(pincite, ["export", "--component", out]);
    copyFileSync(join(dirname(pincite), "web", "loader.js"), join(out, "loader.js"));
  },
  async pagefind() {
    const { createIndex } = await import(found("pagefind/lib/index.js"));
    const { index } = await createIndex({ forceLanguage: "en" });
    for (const { id, question, answer } of items()) await index.addCustomRecord({ url: `/${id}/`, content: `${question}\n${answer}`, language: "en", meta: { title: question } });
    await index.writeFiles({ outputPath: join(out, "pagefind") });
  },
  async minisearch() {
    const { default: MiniSearch } = await import(found("minisearch/dist/es/index.js"));
    const index = new MiniSearch({ fields: ["question", "answer"], storeFields: ["question"] });
    index.addAll(items());
    writeFileSync(join(out, "index.json"), JSON.stringify(index));
    copyFileSync(found("minisearch/dist/es/index.js"), join(out, "minisearch.js"));
  },
  async flexsearch() {
    const { Document } = require("flexsearch");
    const index = new Document({ document: { id: "id", index: ["question", "answer"], store: ["question"] }, tokenize: "forward" });
    for (const item of items()) index.add(item);
    const parts = {};
    await index.export((key, data) => { parts[key] = data; });
    writeFileSync(join(out, "index.json"), JSON.stringify(parts));
    copyFileSync(found("flexsearch/dist/flexsearch.bundle.module.min.js"), join(out, "flexsearch.js"));
  },
  lunr() {
    const lunr = require("lunr");
    const all = items();
    const index = lunr(function () {
      this.ref("id");
      this.field("question", { boost: 3 });
      this.field("answer");
      all.forEach((item) => this.add(item));
    });
    writeFileSync(join(out, "index.json"), JSON.stringify({ index, titles: Object.fromEntries(all.map(({ id, question }) => [id, question])) }));
    copyFileSync(found("lunr/lunr.min.js"), join(out, "lunr.js"));
  },
  async orama() {
    const orama = await import(found("@orama/orama/dist/esm/index.js"));
    const db = orama.create({ schema: { question: "string", answer: "string" }, components: { tokenizer: { stemming: false } } });
    await orama.insertMultiple(db, items().map(({ id, question, answer }) => ({ id, question, answer })), 500);
    writeFileSync(join(out, "index.json"), JSON.stringify(orama.save(db)));
    /* its browser build is one module */
    execFileSync("cp", ["-r", found("@orama/orama/dist/browser"), join(out, "orama")]);
  },
};

const start = performance.now();
await engines[engine]();
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000 }));
process.exit(0);
