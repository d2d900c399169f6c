/* A text field that offers what fits while one types (WAI-ARIA 1.2: editable combobox with a list).
   <div class="combo" data-combo="/units?q="><input …></div>: the chosen label goes into the field. With a hidden input marked
   data-combo-code the chosen code goes there, and is emptied as soon as one types on. The address answers with JSON:
   {"said": "…", "options": [{"value": "…", "label": "…", "why": "…"}]}. Without this script it stays a text field. */
"use strict";
(function () {
  const WAIT = 150;
  let made = 0;

  function build(box) {
    const input = box.querySelector("input:not([type=hidden])");
    if (!input || box.dataset.comboReady) return;
    box.dataset.comboReady = "yes";
    const code = box.querySelector("input[data-combo-code]");
    const list = document.createElement("ul");
    const said = document.createElement("div");
    made += 1;
    list.id = `combo-${made}`;
    list.className = "combo-list";
    list.setAttribute("role", "listbox");
    const label = input.id && document.querySelector(`label[for="${CSS.escape(input.id)}"]`);
    list.setAttribute("aria-label", label ? label.textContent.trim() : input.getAttribute("aria-label") || input.name);
    list.hidden = true;
    said.className = "hidden";
    said.setAttribute("role", "status");
    box.append(list, said);
    input.removeAttribute("list");
    input.setAttribute("role", "combobox");
    input.setAttribute("autocomplete", "off");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    let timer = 0;
    let asked = null;
    let active = -1;
    const options = () => Array.from(list.children);

    function close() {
      clearTimeout(timer);
      if (asked) asked.abort();
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(place) {
      const all = options();
      active = all.length ? (place + all.length) % all.length : -1;
      all.forEach((each, index) => each.setAttribute("aria-selected", String(index === active)));
      if (active < 0) return;
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }

    function fill(answer) {
      list.textContent = "";
      answer.options.forEach((each, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.dataset.value = each.value;
        item.dataset.label = each.label;
        item.append(each.label);
        if (each.why) {
          const why = document.createElement("span");
          why.className = "why";
          why.textContent = each.why;
          item.append(why);
        }
        list.append(item);
      });
      active = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = !answer.options.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      said.textContent = answer.said || "";
    }

    async function ask() {
      if (asked) asked.abort();
      asked = new AbortController();
      try {
        const answer = await fetch(box.dataset.combo + encodeURIComponent(input.value.trim().slice(0, 100)), {
          headers: { Accept: "application/json" },
          signal: asked.signal,
        });
        if (answer.ok && document.activeElement === input) fill(await answer.json());
      } catch (fault) {
        // Typed on, or the network is away: the field stays a text field.
        if (fault.name !== "AbortError") close();
      }
    }

    function choose(item) {
      input.value = item.dataset.label;
      if (code) code.value = item.dataset.value;
      close();
      said.textContent = item.dataset.label;
      box.dispatchEvent(new CustomEvent("combo:chosen", { bubbles: true, detail: { ...item.dataset } }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    input.addEventListener("input", (event) => {
      if (code) code.value = "";
      clearTimeout(timer);
      // While a word is still being composed (pinyin), its letters are not what is looked for.
      if (event.isComposing) return;
      timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("compositionend", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const isOpen = !list.hidden;
      switch (event.key) {
        case "ArrowDown":
        case "ArrowUp":
          event.preventDefault();
          if (isOpen) mark(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
          else ask();
          break;
        case "Enter":
          if (!isOpen || event.ctrlKey || event.metaKey) break;
          // Never the form: it was the list that Enter was meant for.
          event.preventDefault();
          if (active >= 0) choose(options()[active]); else close();
          break;
        case "Tab":
          if (isOpen && active >= 0) choose(options()[active]);
          break;
        case "Escape":
          if (isOpen) {
            event.preventDefault();
            event.stopPropagation();
            close();
          }
          break;
      }
    });
    input.addEventListener("blur", close);
    // The field keeps the focus while one presses on the list.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) choose(item);
    });
  }

  const all = (part) => {
    if (part.matches && part.matches(".combo[data-combo]")) build(part);
    for (const box of part.querySelectorAll(".combo[data-combo]")) build(box);
  };
  all(document);
  document.body.addEventListener("htmx:load", (event) => all(event.detail.elt));
})();
