// In the page: every engine behind the same two calls, start() and search(query) -> ten questions.
const json = async (path) => (await fetch(path)).json();
const engines = {
  pincite: {
    async start(base) {
      const { openIndex } = await import(base + "loader.js");
      this.index = await openIndex({ src: new URL(base + "faq.pin", location.href).href, wasm: new URL(base + "pincite.wasm", location.href).href });
    },
    async search(query) {
      const found = await this.index.search(query);
      self.rounds = found.rounds;
      return found.reply.hits.map(({ question }) => question);
    },
    memory() { return this.index.stats.memory; },
  },
  pagefind: {
    async start(base) {
      this.pagefind = await import(base + "pagefind/pagefind.js");
      await this.pagefind.options({ baseUrl: "/" });
      await this.pagefind.init();
    },
    async search(query) {
      const found = await this.pagefind.search(query);
      return (await Promise.all(found.results.slice(0, 10).map((hit) => hit.data()))).map(({ meta }) => meta.title);
    },
  },
  minisearch: {
    async start(base) {
      const [{ default: MiniSearch }, text] = await Promise.all([import(base + "minisearch.js"), fetch(base + "index.json").then((r) => r.text())]);
      this.index = await MiniSearch.loadJSONAsync(text, { fields: ["question", "answer"], storeFields: ["question"] });
    },
    async search(query) {
      return this.index.search(query, { boost: { question: 3 }, prefix: (term, i, terms) => i === terms.length - 1, fuzzy: 0.2 }).slice(0, 10).map(({ question }) => question);
    },
  },
  flexsearch: {
    async start(base) {
      const [{ default: FlexSearch }, parts] = await Promise.all([import(base + "flexsearch.js"), json(base + "index.json")]);
      this.index = new FlexSearch.Document({ document: { id: "id", index: ["question", "answer"], store: ["question"] }, tokenize: "forward" });
      for (const [key, data] of Object.entries(parts)) await this.index.import(key, data);
    },
    async search(query) {
      return this.index.search(query, { limit: 10, enrich: true, suggest: true, merge: true }).slice(0, 10).map(({ doc }) => doc.question);
    },
  },
  lunr: {
    async start(base) {
      const script = Object.assign(document.createElement("script"), { src: base + "lunr.js" });
      const loaded = new Promise((resolve) => (script.onload = resolve));
      document.head.append(script);
      const [data] = await Promise.all([json(base + "index.json"), loaded]);
      this.titles = data.titles;
      this.index = lunr.Index.load(data.index);
    },
    async search(query) {
      return this.index.query((q) => { for (const word of lunr.tokenizer(query)) q.term(word.toString()); }).slice(0, 10).map(({ ref }) => this.titles[ref]);
    },
  },
  orama: {
    async start(base) {
      const [orama, data] = await Promise.all([import(base + "orama/index.js"), json(base + "index.json")]);
      this.orama = orama;
      this.db = orama.create({ schema: { question: "string", answer: "string" }, components: { tokenizer: { stemming: false } } });
      orama.load(this.db, data);
    },
    async search(query) {
      const found = await this.orama.search(this.db, { term: query, limit: 10, boost: { question: 3 }, threshold: 1 });
      return found.hits.map(({ document: hit }) => hit.question);
    },
  },
};
self.bench = {
  async start(name, base) {
    this.engine = engines[name];
    const start = performance.now();
    await this.engine.start(base);
    return performance.now() - start;
  },
  async search(query) {
    const start = performance.now();
    const found = await this.engine.search(query);
    return { ms: performance.now() - start, found: found.length, rounds: self.rounds ?? null };
  },
  memory() { return this.engine.memory ? this.engine.memory() : 0; },
};
