/* The one script of the site, and the site works without it. It adds: results while typing (ARIA
   combobox), "copy link" that says it worked, "/" to focus the search, and the module filter. It
   builds elements and text, never HTML from an answer. */
"use strict";
(() => {
  const root = document.body.dataset.root || "./";
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  /* ---- copy link ---- */
  const live = make("p", { class: "quiet", role: "status" });
  document.body.append(live);
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-copy]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    let worked = true;
    try {
      await navigator.clipboard.writeText(link.href);
    } catch {
      worked = copyBySelection(link.href);
    }
    const said = link.querySelector(".copied") || make("span", { class: "copied" });
    said.textContent = worked ? " ✓ copied" : " could not copy: " + link.href;
    live.textContent = worked ? "Link copied" : "The link could not be copied";
    link.append(said);
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
      const card = document.getElementById(entry.querySelector("a").hash.slice(1));
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

  /* ---- results while typing: the combobox pattern of the ARIA Authoring Practices ---- */
  fields.forEach((field, number) => {
    const list = make("ul", { class: "pop", role: "listbox", id: "pop" + number, "aria-label": "Questions" });
    list.hidden = true;
    field.parentElement.append(list);
    const wants = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [key, value] of Object.entries(wants)) field.setAttribute(key, value);
    let chosen = -1, asked = 0, timer = 0, control = null;

    const close = () => {
      list.hidden = true;
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
    const show = (reply) => {
      list.replaceChildren(
        ...reply.hits.map((hit, i) => {
          const path = root + hit.url.replace(/^(https?:\/\/[^/]+)?\//, "");
          const small = [hit.module_title, hit.status].filter(Boolean).join(" · ");
          const option = make("li", { role: "option", id: `pop${number}-${i}`, "aria-selected": "false" },
            make("strong", {}, hit.question), make("small", {}, small));
          option.addEventListener("mousedown", (event) => event.preventDefault());
          option.addEventListener("click", () => location.assign(path));
          option.dataset.path = path;
          return option;
        })
      );
      list.hidden = !reply.hits.length;
      field.setAttribute("aria-expanded", String(!list.hidden));
      chosen = -1;
      const correction = (reply.reading.corrections || [])[0];
      const near = reply.confident ? "" : " (nearest, none fits well)";
      live.textContent = `${reply.hits.length} questions${near}` + (correction ? `, reading ${correction.to}` : "");
    };
    const ask = async () => {
      const query = field.value.trim();
      const number = ++asked;
      if (control) control.abort();
      if (query.length < 2) return close();
      control = new AbortController();
      try {
        const reply = await fetch(`${root}api/v1/search?k=8&q=${encodeURIComponent(field.value)}`,
          { signal: control.signal, headers: { accept: "application/json" } });
        if (reply.ok && number === asked && document.activeElement === field) show(await reply.json());
      } catch {
        /* offline, or a newer keystroke: the form still works */
      }
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 60);
    });
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen === -1 ? list.children.length - 1 : chosen - 1); }
      else if (event.key === "Escape") { event.preventDefault(); close(); }
      else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); location.assign(list.children[chosen].dataset.path); }
    });
    field.addEventListener("blur", close);
  });
})();
