/* <pincite-search src="https://example.org/faq.pin">: the search box of pincite on any page.

   Attributes: src (the index, needed), module (pincite.wasm; else beside this script), base (where the cards
   live; else what the index says), placeholder, label, limit (8). Styled by custom properties, see
   docs/component.md. Fires "pincite-choose" ({ detail: hit }, cancelable) when a card is chosen. */
"use strict";
const here = document.currentScript ? document.currentScript.src : "";
const style = `
:host { --pincite-ink: #1c2430; --pincite-soft: #56606e; --pincite-paper: #fff; --pincite-line: #767f8c;
  --pincite-accent: #0a5a6a; --pincite-wash: #e6f1f2; --pincite-mark: #ffe9a3; --pincite-radius: .5rem;
  --pincite-font: inherit; display: block; position: relative; font-family: var(--pincite-font);
  color: var(--pincite-ink); text-align: start; line-height: 1.45; }
@media (prefers-color-scheme: dark) { :host([theme=auto]) { --pincite-ink: #e9e6de; --pincite-soft: #a5adb8;
  --pincite-paper: #1b2027; --pincite-line: #8a93a0; --pincite-accent: #7fcbd8; --pincite-wash: #1c3038; --pincite-mark: #5e4c12; } }
* { box-sizing: border-box; }
label { display: block; font-size: .9em; margin-bottom: .25em; color: inherit; }
input { width: 100%; font: inherit; color: inherit; background: var(--pincite-paper); padding: .55em .8em;
  border: 1px solid var(--pincite-line); border-radius: var(--pincite-radius); }
input:focus-visible { outline: 3px solid var(--pincite-accent); outline-offset: 1px; }
.pop { position: absolute; z-index: 20; inset-inline: 0; top: 100%; margin-top: .3em; background: var(--pincite-paper);
  border: 1px solid var(--pincite-line); border-radius: var(--pincite-radius); box-shadow: 0 6px 24px rgb(0 0 0 / .16);
  max-height: min(60vh, 32rem); display: flex; flex-direction: column; }
.said { margin: 0; padding: .5em .8em; font-size: .88em; color: var(--pincite-soft); border-bottom: 1px solid var(--pincite-line); }
.said:empty { display: none; }
ul { list-style: none; margin: 0; padding: .25em; overflow-y: auto; overscroll-behavior: contain; min-height: 0; }
li { padding: .5em .6em; border-radius: calc(var(--pincite-radius) - .15rem); cursor: pointer; }
li[aria-selected=true], li:hover { background: var(--pincite-wash); }
strong, small { display: block; }
small { color: var(--pincite-soft); }
mark { background: var(--pincite-mark); color: inherit; border-radius: .15em; }
.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
`;
const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
let count = 0;

class PinciteSearch extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const id = "pincite-" + ++count;
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    const sheet = new CSSStyleSheet(); // allowed where a policy forbids inline style
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    this.field = make("input", {
      id, type: "search", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id + "-list",
      autocomplete: "off", spellcheck: "false", maxlength: "2000",
      placeholder: this.getAttribute("placeholder") || "Ask as you would ask a colleague",
    });
    this.list = make("ul", { role: "listbox", id: id + "-list", "aria-label": "Questions" });
    this.said = make("p", { class: "said" });
    this.pop = make("div", { class: "pop" }, this.said, this.list);
    this.live = make("p", { class: "quiet", role: "status" });
    this.pop.hidden = true;
    root.append(make("label", { for: id }, this.getAttribute("label") || "Search the questions"), this.field, this.pop, this.live);
    this.field.addEventListener("focus", () => this.open().catch(() => {}), { once: true });
    this.field.addEventListener("input", () => this.ask());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.close());
    this.pop.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /* The index, opened once, when the box is first used: a page that nobody searches loads nothing. */
  open() {
    if (!this.opening) {
      const module = this.getAttribute("module") || new URL("pincite.wasm", here || location.href).href;
      this.opening = pincite.openIndex({
        src: new URL(this.getAttribute("src"), document.baseURI).href, wasm: new URL(module, document.baseURI).href,
        onstate: (state) => state === "slow" && this.say("The host is slow; still waiting …"),
      });
      this.opening.catch(() => (this.opening = null));
    }
    return this.opening;
  }

  async ask() {
    const query = this.field.value;
    this.stop();
    if (query.trim().length < 2) return this.close();
    this.list.setAttribute("aria-busy", "true");
    const control = (this.control = new AbortController());
    try {
      const index = await this.open();
      this.about = this.about || (await index.about());
      if (control.signal.aborted) return;
      const { reply } = await index.search(query, { k: Number(this.getAttribute("limit")) || 8, signal: control.signal });
      if (!control.signal.aborted) this.show(reply);
    } catch (error) {
      if (!control.signal.aborted) this.say("The search does not work just now: " + error.message);
    }
    if (!control.signal.aborted) this.list.setAttribute("aria-busy", "false");
  }

  /* Forgets the search under way: what it finds must not open a list that was closed. */
  stop() {
    if (this.control) this.control.abort();
    this.list.setAttribute("aria-busy", "false");
  }

  say(text) {
    this.said.replaceChildren(text);
    this.list.replaceChildren();
    this.pop.hidden = false;
    this.live.textContent = text;
  }

  address(hit) {
    const base = this.getAttribute("base");
    if (base === null) return hit.url;
    return base.replace(/\/?$/, "/") + hit.id + "/";
  }

  show(reply) {
    this.hits = reply.hits;
    this.chosen = -1;
    const corrections = reply.reading.corrections.map(({ from, to }) => `“${to}” (typed “${from}”)`).join(", ");
    const near = !reply.hits.length ? "Nothing matches." : reply.confident ? "" : "Nothing fits well; the nearest questions are:";
    this.said.replaceChildren([corrections && "Showing results for " + corrections + ".", near].filter(Boolean).join(" "));
    this.list.replaceChildren(...reply.hits.map((hit, i) => {
      const snippet = make("span");
      for (const [text, marked] of pincite.markedParts(hit.snippet.text, hit.snippet.marks))
        snippet.append(marked ? make("mark", {}, text) : text);
      const option = make("li", { role: "option", id: `${this.list.id}-${i}`, "aria-selected": "false" },
        make("strong", {}, hit.question), snippet, make("small", {}, [hit.module_title, hit.status].filter(Boolean).join(" · ")));
      option.addEventListener("click", () => this.choose(hit));
      return option;
    }));
    this.pop.hidden = false;
    this.field.setAttribute("aria-expanded", String(reply.hits.length > 0));
    this.field.removeAttribute("aria-activedescendant");
    this.live.textContent = `${this.said.textContent} ${reply.hits.length} questions`.trim();
  }

  choose(hit) {
    const event = new CustomEvent("pincite-choose", { detail: { ...hit, address: this.address(hit) }, bubbles: true, composed: true, cancelable: true });
    if (this.dispatchEvent(event)) location.assign(this.address(hit));
  }

  close() {
    this.stop();
    this.pop.hidden = true;
    this.chosen = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = [...this.list.children];
    if (event.key === "Escape" && !this.pop.hidden) {
      event.preventDefault();
      return this.close();
    }
    if (this.pop.hidden && event.key === "ArrowDown") return this.ask();
    if (this.pop.hidden || !options.length) return;
    if (event.key === "Enter" && this.chosen >= 0) {
      event.preventDefault();
      return this.choose(this.hits[this.chosen]);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.chosen = (this.chosen + 1 + step + options.length + 1) % (options.length + 1) - 1;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.chosen)));
    if (this.chosen < 0) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", options[this.chosen].id);
    options[this.chosen].scrollIntoView({ block: "nearest" });
  }
}

if (!customElements.get("pincite-search")) customElements.define("pincite-search", PinciteSearch);
