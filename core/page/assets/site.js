/* The one script of the site, and the site works without it. It adds: results while typing (ARIA
   combobox), the words that were searched for marked on the card, "copy link" that says it worked,
   "/" to focus the search, and the module filter. On a site without a server it also makes the page of
   results, with the search module beside it. It builds elements and text, never HTML from an answer. */
"use strict";
(() => {
  const page = document.body.dataset;
  const root = page.root || "./";
  const alone = Boolean(page.index); // no server: the index is searched here
  const fromDisk = location.protocol === "file:";
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const later = (work) => ("requestIdleCallback" in self ? requestIdleCallback(work) : setTimeout(work, 200));

  /* ---- saying things ---- */
  const live = make("p", { class: "quiet", role: "status" });
  document.body.append(live);

  /* Folders have no index page on a disk: links there name it. */
  const address = (path) => (fromDisk ? path.replace(/\/(?=$|[?#])/, "/index.html") : path);
  if (fromDisk) {
    for (const link of document.querySelectorAll("a[href]")) {
      const href = link.getAttribute("href");
      if (!/^[a-z]+:/i.test(href)) link.setAttribute("href", address(href));
    }
    for (const form of document.querySelectorAll("form[action]")) form.setAttribute("action", address(form.getAttribute("action")));
  }

  /* ---- copy link, copy text ---- */
  document.addEventListener("click", async (event) => {
    const control = event.target.closest("a[data-copy], button[data-copy-from]");
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const text = control.dataset.copyFrom ? document.getElementById(control.dataset.copyFrom).textContent.trim() : control.href;
    let worked = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      worked = copyBySelection(text);
    }
    const said = control.querySelector(".copied") || make("span", { class: "copied" });
    said.textContent = worked ? " ✓ copied" : " could not copy: " + text;
    live.textContent = worked ? "Copied" : "It could not be copied";
    control.append(said);
    setTimeout(() => said.remove(), 4000);
  });
  function copyBySelection(text) {
    const field = make("textarea", { class: "quiet", "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    const worked = document.execCommand("copy");
    field.remove();
    return worked;
  }
  for (const button of document.querySelectorAll("button[data-copy-from]")) button.hidden = false;

  /* ---- "/" focuses the search ---- */
  const fields = [...document.querySelectorAll("form[role=search] input[type=search]")];
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !fields.length) return;
    event.preventDefault();
    const field = fields[fields.length - 1];
    field.focus();
    field.select();
  });

  /* ---- the filter of a module page ---- */
  const filter = document.getElementById("filter");
  if (filter) {
    const entries = [...document.querySelectorAll(".contents ol > li")].map((entry) => {
      const card = document.getElementById(decodeURIComponent(entry.querySelector("a").hash.slice(1)));
      return { entry, card, text: (entry.textContent + " " + (card ? card.textContent : "")).toLowerCase() };
    });
    const count = document.querySelector(".filter output");
    filter.closest(".filter").hidden = false;
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { entry, card, text } of entries) {
        const keep = words.every((word) => text.includes(word));
        entry.hidden = !keep;
        if (card) card.hidden = !keep;
        shown += keep;
      }
      count.textContent = `${shown} of ${entries.length}`;
    });
  }

  /* ---- words that were searched for, marked on the card that was chosen ----
     The link of a result carries the stems of the query after "#q=". They are marked without touching
     the page where the browser can (no layout moves), and taken out of the address, so that a copied
     address is the plain one. */
  const stemsOf = (reply) =>
    reply.reading.terms
      .filter(({ term, function_word, tier }) => /^[\p{L}\p{N}.+#()/-]+$/u.test(term) && !function_word && tier !== "unknown")
      .map(({ term }) => term);
  const hitAddress = (hit, reply) => {
    const stems = stemsOf(reply);
    return address(root + hit.id + "/") + (stems.length ? "#q=" + stems.map(encodeURIComponent).join("+") : "");
  };
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  function markWords() {
    if (!location.hash.startsWith("#q=")) return;
    const stems = location.hash.slice(3).split("+").map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return "";
      }
    }).filter(Boolean).slice(0, 64);
    history.replaceState(history.state, "", location.pathname + location.search);
    const fits = (word) => stems.some((stem) =>
      word === stem || (stem.length > 2 && (word.startsWith(stem) || (stem.endsWith("i") && word.startsWith(stem.slice(0, -1) + "y")))));
    const ranges = [];
    for (const part of document.querySelectorAll("main .verdict, main .answer, main .support")) {
      const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      for (let node; (node = walk.nextNode()); )
        for (const match of node.data.matchAll(/[\p{L}\p{N}]+(?:[().\/-]+[\p{L}\p{N}]+\)?)*/gu))
          for (const word of match[0].matchAll(/[\p{L}\p{N}]+/gu)) {
            if (!fits(plain(word[0])) && !stems.includes(plain(match[0]))) continue;
            const range = document.createRange();
            range.setStart(node, match.index + word.index);
            range.setEnd(node, match.index + word.index + word[0].length);
            ranges.push(range);
          }
    }
    if (self.CSS && CSS.highlights && self.Highlight) CSS.highlights.set("found", new Highlight(...ranges));
    else for (const range of ranges.reverse()) range.surroundContents(document.createElement("mark"));
  }
  markWords();
  addEventListener("hashchange", markWords);

  /* ---- who answers ---- */
  async function askServer(query, { k, module = "", signal }) {
    const parameters = new URLSearchParams({ k, q: query });
    if (module) parameters.set("module", module);
    const response = await fetch(`${root}api/v1/search?${parameters}`, { signal, headers: { accept: "application/json" } });
    return { reply: response.ok ? await response.json() : null, facets: [] };
  }

  let opening = null, state = () => {};
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  function loadEmbedded() {
    return new Promise((resolve, reject) => {
      if (!page.embedded) return reject(new Error("pages from a disk cannot fetch the index; it was not exported with --embed"));
      const script = make("script", { src: root + "assets/" + page.embedded });
      script.onload = () => resolve(self.pinciteEmbedded);
      script.onerror = () => reject(new Error("the embedded index is missing"));
      document.head.append(script);
    });
  }
  /* A newer export has other names: this very page, fetched anew, knows them. */
  async function renewed() {
    const text = await (await fetch(location.pathname, { cache: "reload" })).text();
    const body = new DOMParser().parseFromString(text, "text/html").body.dataset;
    if (!body.index || body.index === page.index) return false;
    Object.assign(page, { index: body.index, head: body.head, module: body.module });
    return true;
  }
  async function openIndex() {
    if (!page.module) throw new Error("this site was exported without the search module");
    const onstate = (what) => state(what);
    if (fromDisk) {
      const embedded = await loadEmbedded();
      return pincite.openIndex({ file: bytesOf(embedded.index), wasm: bytesOf(embedded.module), citations: bytesOf(embedded.citations), onstate });
    }
    const open = () => pincite.openIndex({ src: new URL(root + page.index, location.href).href, head: Number(page.head),
      wasm: new URL(root + "assets/" + page.module, location.href).href, onstate });
    try {
      return await open();
    } catch (error) {
      if (error.code === "gone" && (await renewed())) return open();
      throw error;
    }
  }
  const index = () => {
    if (!opening) {
      opening = openIndex();
      opening.catch(() => (opening = null));
    }
    return opening;
  };
  async function askIndex(query, options) {
    try {
      return await (await index()).search(query, options);
    } catch (error) {
      if (error.code !== "gone" || !(await renewed())) throw error;
      opening = null;
      return (await index()).search(query, options);
    }
  }
  const ask = alone ? askIndex : askServer;
  self.pinciteSite = { index: alone ? index : null }; // for tests and for the curious

  /* ---- what was searched before: kept here only, and only when asked ---- */
  const recent = {
    on: () => { try { return localStorage.getItem("pincite-remember") === "1"; } catch { return false; } },
    list: () => { try { return JSON.parse(localStorage.getItem("pincite-recent") || "[]"); } catch { return []; } },
    add(query) {
      if (!this.on() || !query.trim()) return;
      const list = [query.trim(), ...this.list().filter((other) => other !== query.trim())].slice(0, 8);
      try { localStorage.setItem("pincite-recent", JSON.stringify(list)); } catch { /* full or forbidden: not remembered */ }
    },
    set(on) {
      try {
        if (on) localStorage.setItem("pincite-remember", "1");
        else ["pincite-remember", "pincite-recent"].forEach((key) => localStorage.removeItem(key));
      } catch { /* forbidden */ }
    },
  };

  /* ---- how a query was read ---- */
  const correctionsOf = (reply) => (reply.reading.corrections || []);
  const saidOf = (reply) => {
    const out = [];
    for (const { from, to } of correctionsOf(reply)) out.push("Showing results for ", make("strong", {}, to), ` (typed “${from}”). `);
    if (reply.hits.length && !reply.confident) out.push("Nothing fits well; these are the nearest. ");
    if (!reply.hits.length) out.push("Nothing matches. ");
    return out;
  };

  /* ---- results while typing: the combobox pattern of the ARIA Authoring Practices ---- */
  fields.forEach((field, number) => {
    const list = make("ul", { role: "listbox", id: "pop" + number, "aria-label": "Questions" });
    const said = make("p", { class: "said" });
    const pop = make("div", { class: "pop" }, said, list);
    pop.hidden = true;
    field.parentElement.append(pop);
    const wants = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [key, value] of Object.entries(wants)) field.setAttribute(key, value);
    let chosen = -1, timer = 0, control = null;

    /* says that what is shown is about to change, to readers of the screen and to whoever waits for the end */
    const busy = (whether) => list.setAttribute("aria-busy", String(whether));
    busy(false);
    const stop = () => {
      clearTimeout(timer);
      if (control) control.abort();
      busy(false);
    };
    const close = () => {
      stop();
      pop.hidden = true;
      chosen = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const choose = (next) => {
      const options = [...list.children];
      if (!options.length) return;
      chosen = (next + options.length + 1) % (options.length + 1);
      options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
      if (chosen === options.length) {
        chosen = -1;
        field.removeAttribute("aria-activedescendant");
        return;
      }
      field.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    };
    const show = (words, options) => {
      said.replaceChildren(...words);
      list.replaceChildren(...options);
      options.forEach((option, i) => {
        option.id = `pop${number}-${i}`;
        option.addEventListener("click", () => option.act());
      });
      pop.hidden = !options.length && !words.length;
      field.setAttribute("aria-expanded", String(options.length > 0));
      field.removeAttribute("aria-activedescendant");
      chosen = -1;
    };
    const showReply = (reply) => {
      show(saidOf(reply), reply.hits.map((hit) => {
        const small = [hit.module_title, hit.status].filter(Boolean).join(" · ");
        const option = make("li", { role: "option", "aria-selected": "false" }, make("strong", {}, hit.question), make("small", {}, small));
        option.act = () => {
          recent.add(field.value);
          location.assign(hitAddress(hit, reply));
        };
        return option;
      }));
      live.textContent = `${said.textContent}${reply.hits.length} questions`;
    };
    const showRecent = () => {
      const queries = recent.on() ? recent.list() : [];
      show(queries.length ? ["Searched here before"] : [], queries.map((query) => {
        const option = make("li", { role: "option", "aria-selected": "false" }, query);
        option.act = () => {
          field.value = query;
          field.form.requestSubmit();
        };
        return option;
      }));
    };
    const search = async () => {
      const query = field.value;
      stop();
      if (query.trim().length < 2) return query ? close() : showRecent();
      busy(true);
      const mine = (control = new AbortController());
      state = (what) => {
        if (what === "slow" && !mine.signal.aborted) show(["The host is slow; still waiting …"], []);
      };
      try {
        const { reply } = await ask(query, { k: 8, signal: mine.signal });
        if (reply && !mine.signal.aborted && document.activeElement === field) showReply(reply);
      } catch (error) {
        /* a newer keystroke; or offline: the form and the list of all questions still work */
        if (!mine.signal.aborted && alone && document.activeElement === field)
          show([`The search does not work just now (${error.message}). `, make("a", { href: address(root + "items/") }, "All questions")], []);
      }
      if (!mine.signal.aborted) busy(false);
    };
    field.addEventListener("input", () => {
      stop();
      busy(true);
      timer = setTimeout(search, alone ? 0 : 60); // a server is spared a request a keystroke
    });
    field.addEventListener("focus", () => {
      if (alone) index().catch(() => {});
      if (!field.value) showRecent();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !pop.hidden) {
        event.preventDefault();
        return close();
      }
      if (pop.hidden) return event.key === "ArrowDown" && field.value ? search() : undefined;
      if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen === -1 ? list.children.length - 1 : chosen - 1); }
      else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); list.children[chosen].act(); }
    });
    field.addEventListener("blur", close);
    pop.addEventListener("mousedown", (event) => event.preventDefault());
    field.form.addEventListener("submit", () => {
      recent.add(field.value);
      close();
    });
  });

  /* ---- the page of results, where no server makes it ---- */
  const found = document.getElementById("found");
  const statusWords = { approved: "Approved", reviewed: "Reviewed", draft: "Draft", "pending-guidance": "Pending guidance",
    "guidance-received": "Guidance received", withdrawn: "Withdrawn", unanswered: "No answer yet" };
  const chip = (status) => (status ? make("span", { class: "status " + status }, statusWords[status] || status) : "");
  const searchAddress = (query, module) =>
    address(root + "search/") + "?q=" + encodeURIComponent(query) + (module ? "&module=" + encodeURIComponent(module) : "");
  const showHit = (hit, reply) => {
    const labels = [...new Set(hit.citations.map(({ label }) => label))];
    const cites = labels.slice(0, 6).join(" · ") + (labels.length > 6 ? ` and ${labels.length - 6} more` : "");
    const snippet = make("p", { class: "snippet" });
    for (const [text, marked] of pincite.markedParts(hit.snippet.text, hit.snippet.marks))
      snippet.append(marked ? make("mark", {}, text) : text);
    return make("li", {},
      make("p", { class: "over" }, make("a", { href: address(root + hit.module + "/") }, hit.module_title), " ", chip(hit.status)),
      make("h2", {}, make("a", { href: hitAddress(hit, reply) }, hit.question)),
      ...(hit.verdict ? [make("p", { class: "verdict" }, hit.verdict)] : []),
      ...(hit.snippet.text ? [snippet] : []),
      ...(cites ? [make("p", { class: "fine cites" }, cites)] : []));
  };
  const showProvisions = (reply) => {
    const out = make("p", { class: "reading" }, "Understood as ");
    reply.reading.provisions.slice(0, 12).forEach(({ source, provision, label, state: how }, i) => {
      if (i) out.append(", ");
      out.append(how === "resolved" ? make("a", { href: address(`${root}law/${source}/${provision ? provision + "/" : ""}`) }, label)
        : label, how === "resolved" ? "" : make("span", { class: "state" }, " " + how));
    });
    out.append(".");
    return reply.reading.provisions.length ? [out] : [];
  };
  const showFacets = (facets, query, module, total) => {
    if (facets.length < 2 && !module) return [];
    const entries = facets.slice(0, 40).map(([slug, title, count]) => make("li", {},
      make("a", { href: searchAddress(query, slug), "aria-current": slug === module ? "true" : null, "data-again": "" }, title),
      " ", make("span", { class: "count" }, String(count))));
    if (module) entries.unshift(make("li", {}, make("a", { href: searchAddress(query, ""), "data-again": "" }, "All modules"), " ",
      make("span", { class: "count" }, String(total))));
    return [make("nav", { class: "facets", "aria-label": "Matches by module" }, make("h2", {}, "By module"), make("ul", {}, ...entries))];
  };

  async function showPage(event) {
    const asked = new URLSearchParams(location.search);
    const query = asked.get("q") || "", module = asked.get("module") || "";
    const heading = document.getElementById("asked"), count = document.getElementById("count"), how = document.getElementById("how");
    for (const field of fields) if (event || document.activeElement !== field || !field.value) field.value = query;
    heading.textContent = query.trim() ? `Results for “${query.trim()}”` : "Search";
    if (how) how.hidden = Boolean(query.trim());
    if (!query.trim()) {
      count.textContent = "";
      found.replaceChildren();
      return;
    }
    document.title = `“${query.trim()}” · ` + document.title.replace(/^.* · /, "");
    count.textContent = "Searching …";
    state = (what) => what === "slow" && (count.textContent = "The host is slow; still waiting …");
    try {
      const { reply, facets } = await ask(query, { k: 20, module });
      if (new URLSearchParams(location.search).get("q") !== asked.get("q")) return;
      if (!reply) {
        count.textContent = "There is no such module";
        return found.replaceChildren();
      }
      count.textContent = reply.hits.length ? `${reply.total} ${reply.total === 1 ? "item matches" : "items match"}` : "Nothing matches";
      const corrections = correctionsOf(reply).flatMap(({ from, to }) => ["Read ", make("del", {}, from), " as ", make("ins", {}, to), ". "]);
      found.replaceChildren(
        ...(corrections.length ? [make("p", { class: "reading" }, ...corrections)] : []),
        ...showProvisions(reply),
        ...(reply.hits.length && !reply.confident ? [make("p", { class: "unsure", role: "note" },
          "Nothing here fits well. These are the nearest questions; they may not answer yours.")] : []),
        make("ol", { class: "index hits" }, ...reply.hits.map((hit) => showHit(hit, reply))),
        ...showFacets(facets, query, module, reply.total));
    } catch (error) {
      count.textContent = "The search does not work just now";
      found.replaceChildren(make("p", { class: "unsure", role: "note" }, `The reason: ${error.message}. `,
        make("a", { href: address(root + "items/") }, "All questions"), " are listed, and every page works."));
    }
  }

  if (found && alone) {
    const go = (url) => {
      history.pushState(null, "", url);
      showPage();
    };
    for (const field of fields)
      field.form.addEventListener("submit", (event) => {
        event.preventDefault();
        go(searchAddress(field.value, ""));
      });
    found.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-again]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(link.href);
    });
    addEventListener("popstate", showPage);
    showPage();
  }
  if (found) {
    const box = make("input", { type: "checkbox", id: "remember" });
    box.checked = recent.on();
    box.addEventListener("change", () => {
      recent.set(box.checked);
      live.textContent = box.checked ? "Searches are remembered on this device" : "Remembered searches are forgotten";
    });
    found.after(make("p", { class: "fine remember" }, box, " ", make("label", { for: "remember" },
      "Remember my searches on this device; they go nowhere else")));
    recent.add(new URLSearchParams(location.search).get("q") || "");
  }

  /* ---- without a network ---- */
  if ("offline" in page && "serviceWorker" in navigator && !fromDisk)
    later(() => navigator.serviceWorker.register(root + "offline.js", { scope: root }).catch(() => {}));
})();
