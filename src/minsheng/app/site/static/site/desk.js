/* What a desk does beside its pages: keys, dialogs, menus, toasts, work that is not saved. Every page is whole without it.
   Nothing here decides anything: keys press what is on the page already. */
"use strict";
(function () {
  const root = document.documentElement;
  root.classList.add("scripted");

  // --- rows of a list -------------------------------------------------------------------------------------------
  const rows = () => Array.from(document.querySelectorAll("table.orders tbody tr[data-href]"));
  const current = () => document.querySelector('table.orders tbody tr[aria-current="true"]');

  function choose(row) {
    const before = current();
    if (before) before.removeAttribute("aria-current");
    if (!row) return;
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector("a");
    if (link) link.focus({ preventScroll: true });
  }

  function step(by) {
    const all = rows();
    if (!all.length) return follow(by > 0 ? "next" : "previous");
    const place = all.indexOf(current());
    choose(all[Math.min(all.length - 1, Math.max(0, place < 0 ? 0 : place + by))]);
    return true;
  }

  function follow(name) {
    const target = document.querySelector(`[data-way="${name}"]`);
    if (target) target.click();
    return Boolean(target);
  }

  // --- words that are written again and again: put where the caret is; in a field that nobody has been in, at its end ---
  const been = new WeakSet();
  document.addEventListener("focusin", (event) => been.add(event.target));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-insert]");
    // By name in the button's own form: another form of the page may have a field of the same id.
    const field = button && button.form && button.form.elements.namedItem(button.dataset.insert);
    if (!field) return;
    event.preventDefault();
    for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const end = field.value.length;
    const [from, to] = been.has(field) ? [field.selectionStart, field.selectionEnd] : [end, end];
    field.setRangeText(button.dataset.words, from, to, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // Looking for one is no work on the form that it stands in.
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (!event.target.matches("[data-snippet-find]")) return;
      event.stopPropagation();
      const wanted = event.target.value.trim().toLowerCase();
      for (const row of event.target.closest("details").querySelectorAll("[data-find]")) row.hidden = !row.dataset.find.includes(wanted);
    }, true);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches && event.target.matches("[data-snippet-find]")) event.preventDefault();
  });

  // --- keys: off while somebody types, and never with Ctrl, Alt or Meta (WCAG 2.1.4 is met by the switch in the sheet) -
  const typing = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) &&
    !/^(checkbox|radio|button|submit)$/.test(element.type || "");

  function press(key) {
    switch (key) {
      case "?": return open("keys");
      case "j": return step(1);
      case "k": return step(-1);
      case "g": window.location.assign("/"); return true;
      case "x": {
        const box = current() && current().querySelector('input[type="checkbox"]');
        if (box) box.click();
        return Boolean(box);
      }
      default: {
        const named = Array.from(document.querySelectorAll("[data-key]")).find(
          (each) => each.dataset.key === key && each.offsetParent !== null
        );
        if (!named) return false;
        if (/^(INPUT|TEXTAREA|SELECT)$/.test(named.tagName)) named.focus(); else named.click();
        return true;
      }
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter") {
      const row = current();
      if (row && event.target === document.body) window.location.assign(row.dataset.href);
      return;
    }
    if (event.key.length === 1 && press(event.key.toLowerCase())) event.preventDefault();
  });

  // --- dialogs and menus ----------------------------------------------------------------------------------------
  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return false;
    dialog.showModal();
    return true;
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const opener = event.target.closest("[data-open-dialog]");
    if (opener && open(opener.dataset.openDialog)) event.preventDefault();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    }
  });

  // --- tabs beside an order: all parts stand one below the other until this runs ---------------------------------
  function show(list, tab) {
    for (const each of list.querySelectorAll('[role="tab"]')) {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(each.getAttribute("aria-controls"));
      if (panel) panel.hidden = !chosen;
    }
  }
  for (const list of document.querySelectorAll('[role="tablist"]')) {
    const tabs = Array.from(list.querySelectorAll('[role="tab"]'));
    const wanted = tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === window.location.hash);
    list.hidden = false;
    show(list, wanted || tabs[0]);
    list.addEventListener("click", (event) => {
      const tab = event.target.closest('[role="tab"]');
      if (tab) show(list, tab);
    });
    list.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const place = (tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length;
      show(list, tabs[place]);
      tabs[place].focus();
    });
  }

  // --- toasts ---------------------------------------------------------------------------------------------------
  window.minsheng = window.minsheng || {};
  window.minsheng.toast = function (text, options) {
    const where = document.getElementById("toasts");
    if (!where) return;
    const toast = document.createElement("div");
    toast.className = options && options.urgent ? "toast urgent" : "toast";
    const words = document.createElement("p");
    words.textContent = text;
    toast.append(words);
    if (options && options.href) {
      const link = document.createElement("a");
      link.href = options.href;
      link.textContent = options.label || "→";
      toast.append(link);
    }
    where.append(toast);
    // What is urgent stays until somebody looks; the rest goes by itself, but not under the pointer.
    if (!(options && options.urgent)) {
      const away = () => (toast.matches(":hover, :focus-within") ? setTimeout(away, 3000) : toast.remove());
      setTimeout(away, 8000);
    }
  };

  // --- what is not saved: a form marked data-guard asks before the page is left ------------------------------------
  let changed = false;
  let sending = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest && event.target.closest("form[data-guard]")) changed = true;
  });
  document.addEventListener("submit", (event) => {
    // A file comes and the page stays: its buttons are wanted again.
    if (event.submitter && event.submitter.hasAttribute("data-download")) return;
    sending = true;
    // A second press while the first is under way does nothing (and the server would know the key again).
    const form = event.target;
    // (A form that htmx itself sends is left to htmx; one that htmx only previews is sent by the browser.)
    if (form.method === "post" && (!form.hasAttribute("hx-post") || form.hasAttribute("hx-trigger"))) {
      setTimeout(() => {
        for (const button of form.querySelectorAll('button:not([type="button"])')) button.disabled = true;
      });
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed && !sending) event.preventDefault();
  });
  window.addEventListener("pageshow", (event) => {
    sending = false;
    if (event.persisted) for (const button of document.querySelectorAll("form button:disabled")) button.disabled = false;
  });
  window.minsheng.saved = () => { changed = false; };

  // --- the first error, the first field ----------------------------------------------------------------------------
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();

  // --- a list that is refreshed keeps the row that was chosen and the boxes that were ticked ------------------------
  let kept = null;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target || !event.detail.target.querySelector("table.orders, tbody")) return;
    const row = current();
    kept = {
      row: row && row.dataset.href,
      ticked: Array.from(document.querySelectorAll("table.orders input:checked")).map((box) => box.value),
      seen: new Set(rows().map((each) => each.dataset.href)),
    };
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    if (!kept) return;
    for (const row of rows()) {
      if (row.dataset.href === kept.row) row.setAttribute("aria-current", "true");
      if (!kept.seen.has(row.dataset.href)) row.classList.add("fresh");
      const box = row.querySelector('input[type="checkbox"]');
      if (box && kept.ticked.includes(box.value)) box.checked = true;
    }
    kept = null;
  });

  // --- liveness: what came by the stream (live.js) is told here ------------------------------------------------------
  const state = document.querySelector("[data-live-state]");
  document.body.addEventListener("live:state", (event) => {
    if (!state) return;
    state.dataset.state = event.detail.state;
    if (event.detail.state === "offline") window.minsheng.toast(document.body.dataset.messageOffline);
  });
  for (const kind of ["new", "urge", "supervise", "emergency"]) {
    document.body.addEventListener(`live:${kind}`, (event) => {
      const words = document.querySelector(`template[data-toast="${kind}"]`);
      if (!words) return;
      const order = event.detail && event.detail.order;
      window.minsheng.toast(words.content.textContent.trim(), {
        urgent: kind === "emergency",
        href: order ? `/orders/${order}/` : "",
        label: words.dataset.label,
      });
      if (kind === "emergency") blink(words.content.textContent.trim());
    });
  }

  // Somebody else has moved the order that is open here: say so, and leave what is being typed alone.
  document.body.addEventListener("live:order", (event) => {
    const open = document.querySelector("[data-order]");
    const told = document.querySelector("[data-moved]");
    if (!open || !told || event.detail.order !== open.dataset.order) return;
    if (event.detail.version && Number(event.detail.version) <= Number(open.dataset.version)) return;
    told.hidden = false;
  });

  // A title that blinks is seen on a screen where the desk is behind another window.
  let blinking = 0;
  function blink(words) {
    if (blinking || !document.hidden) return;
    const title = document.title;
    blinking = setInterval(() => { document.title = document.title === title ? `● ${words}` : title; }, 1000);
    document.addEventListener("visibilitychange", () => {
      clearInterval(blinking);
      blinking = 0;
      document.title = title;
    }, { once: true });
  }
})();
