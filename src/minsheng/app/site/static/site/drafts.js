/* Nothing typed is lost: a form marked data-draft-url is kept on the server while it is typed, sealed, for its own person;
   what was not handed in is offered again. Only what the server can't keep, since nobody is signed in any more, stays in
   this tab's own storage, for the same person, until it was handed in. */
"use strict";
(function () {
  window.minsheng = window.minsheng || {};
  const EVERY = 5000;
  const told = document.body.dataset;
  const known = new WeakMap();

  // What the server keeps of a form, and what it gives back: never its own hidden fields, nor a password.
  const own = new Set(["csrfmiddlewaretoken", "key", "seen_version", "list", "draft", "draft_key", "draft_page", "draft_person", "next"]);
  function fieldsOf(form) {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (own.has(name) || typeof value !== "string") continue;
      (found[name] = found[name] || []).push(value.replace(/\r\n?/g, "\n"));
    }
    return found;
  }

  // --- what the server refuses to keep ---------------------------------------------------------------------------------
  const PREFIX = "minsheng-unsent:";
  const valueOf = (form, name) => { const field = form.elements.namedItem(name); return field ? field.value : ""; };
  function hold(form) {
    const whose = valueOf(form, "draft_person");
    if (!whose || !valueOf(form, "draft")) return;
    const key = valueOf(form, "draft_key") || valueOf(form, "key");
    try {
      sessionStorage.setItem(PREFIX + valueOf(form, "draft"), JSON.stringify({ person: whose, key, fields: fieldsOf(form) }));
    } catch (fault) {
      // A full storage, or none: the words are still on the page.
    }
  }
  const letGo = (name) => { try { sessionStorage.removeItem(PREFIX + name); } catch (fault) { /* no storage, nothing in it */ } };
  function heldHere() {
    const found = {};
    try {
      for (const name of Object.keys(sessionStorage)) {
        if (!name.startsWith(PREFIX)) continue;
        const held = JSON.parse(sessionStorage.getItem(name));
        if (held.person === told.draftPerson) found[name.slice(PREFIX.length)] = held;
      }
    } catch (fault) {
      return {};
    }
    return found;
  }
  async function offerHeld() {
    const held = heldHere();
    const names = Object.keys(held);
    if (!names.length) return;
    const asked = new URLSearchParams(names.flatMap((name) => [["form", name], ["key", held[name].key]]));
    try {
      const answer = await fetch(`${told.draftTakenUrl}?${asked}`, { headers: { Accept: "application/json" } });
      const taken = answer.ok && !answer.redirected ? (await answer.json()).taken : [];
      for (const name of taken) {
        letGo(name);
        delete held[name];
      }
    } catch (fault) {
      // Whether it was handed in is not known now: better offered once too often than lost.
    }
    for (const form of all()) {
      const own = held[valueOf(form, "draft")];
      if (own && !form.querySelector(".offered") && differs(form, own.fields)) offer(form, { said: told.messageHeld, fields: own.fields });
    }
  }
  // A page that was opened before its person signed in anew has an old token; somebody else's page gets none.
  async function renewed() {
    const answer = await fetch(told.draftTokenUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return false;
    const fresh = await answer.json();
    if (fresh.person !== told.draftPerson) return false;
    for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = fresh.token;
    return true;
  }

  function stateOf(form) {
    if (form.dataset.draftState) return document.getElementById(form.dataset.draftState);
    let line = form.querySelector("[data-draft-line]");
    if (!line) {
      line = document.createElement("p");
      line.className = "small soft";
      line.dataset.draftLine = "";
      line.setAttribute("role", "status");
      (form.querySelector(".actions") || form).append(line);
    }
    return line;
  }

  function mark(form) {
    if (form.elements.namedItem("key") || form.elements.namedItem("draft_key")) return;
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "draft_key";
    input.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("");
    form.append(input);
  }

  function keeper(form) {
    if (known.has(form)) return known.get(form);
    const self = { timer: 0, isChanged: false, isSaving: false, isHandedIn: false, saving: null };
    known.set(form, self);
    mark(form);
    self.changed = () => {
      self.isChanged = true;
      if (!self.timer) self.timer = setTimeout(self.save, EVERY);
    };
    self.save = async () => {
      clearTimeout(self.timer);
      self.timer = 0;
      if (!self.isChanged || self.isHandedIn) return;
      self.isChanged = false;
      if (self.saving) self.saving.abort();
      self.saving = new AbortController();
      const signal = self.saving.signal;
      const send = () => {
        const body = new FormData(form);
        for (const [name, value] of Array.from(body)) if (typeof value !== "string") body.delete(name);
        return fetch(form.dataset.draftUrl, { method: "POST", body, headers: { Accept: "application/json" }, signal });
      };
      self.isSaving = true;
      try {
        let answer = await send();
        if (answer.status === 403 && (await renewed())) answer = await send();
        const result = answer.redirected || answer.status === 403 ? { said: told.messageUnsaved, kept: false } : await answer.json();
        stateOf(form).textContent = result.said;
        if (result.kept === false) hold(form);
        else if (answer.ok) letGo(valueOf(form, "draft"));
        if (!answer.ok || result.kept === false) self.isChanged = true;
        else if (!self.isChanged && window.minsheng.saved) window.minsheng.saved();
      } catch (fault) {
        if (fault.name === "AbortError") return;
        self.isChanged = true;
        stateOf(form).textContent = told.messageUnsaved;
        if (!self.timer) self.timer = setTimeout(self.save, EVERY);
      } finally {
        if (self.saving.signal === signal) self.isSaving = false;
      }
    };
    return self;
  }
  // A form's own script may want it kept at once.
  window.minsheng.keep = (form) => {
    const self = keeper(form);
    self.isChanged = true;
    self.save();
  };

  const formOf = (event) => event.target.closest && event.target.closest("form[data-draft-url]");
  for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => {
    const form = formOf(event);
    if (form) keeper(form).changed();
  });
  // Not on the way to a button: what is handed in need not be kept.
  document.addEventListener("focusout", (event) => {
    const form = formOf(event);
    if (form && !(event.relatedTarget instanceof HTMLButtonElement)) keeper(form).save();
  });
  const all = () => document.querySelectorAll("form[data-draft-url]");
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const form of all()) if (known.has(form)) keeper(form).save();
  });
  document.addEventListener("submit", (event) => {
    const form = formOf(event);
    if (!form || event.defaultPrevented) return;
    const self = keeper(form);
    // The server may refuse to keep what it has not heard of yet: nobody is signed in any more.
    if (self.isChanged || self.isSaving) hold(form);
    self.isHandedIn = true;
    clearTimeout(self.timer);
    if (self.saving) self.saving.abort();
  });
  window.addEventListener("pageshow", () => { for (const form of all()) keeper(form).isHandedIn = false; });

  // --- what was not handed in is offered, unless the form already says it ---------------------------------------------
  function differs(form, kept) {
    const now = fieldsOf(form);
    return Object.keys(kept).some((name) => form.elements.namedItem(name) && !isButton(form, name)
      && JSON.stringify((now[name] || []).filter(Boolean)) !== JSON.stringify(kept[name].map((each) => each.replace(/\r\n?/g, "\n")).filter(Boolean)));
  }
  const inputs = (form, name) => Array.from(form.elements).filter((each) => each.name === name);
  const isButton = (form, name) => inputs(form, name).every((each) => each instanceof HTMLButtonElement);
  function fill(form, kept) {
    for (const [name, values] of Object.entries(kept)) {
      const rest = values.slice();
      for (const input of inputs(form, name)) {
        if (input instanceof HTMLButtonElement) continue;
        if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
        else if (rest.length) input.value = rest.shift();
      }
    }
    // A box that was empty when it was kept was not sent.
    for (const input of form.elements) if (input.type === "checkbox" && !own.has(input.name) && !(input.name in kept)) input.checked = false;
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function offer(form, held) {
    const box = document.createElement("div");
    box.className = "message warning row offered";
    box.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = held.said;
    const yes = document.createElement("button");
    yes.type = "button";
    yes.textContent = told.messageRestore;
    const no = document.createElement("button");
    no.type = "button";
    no.className = "quiet";
    no.textContent = told.messageForget;
    yes.addEventListener("click", () => {
      fill(form, held.fields);
      keeper(form).changed();
      box.remove();
      const first = form.querySelector("textarea, input:not([type=hidden]), select");
      if (first) first.focus();
    });
    no.addEventListener("click", () => {
      const body = new FormData();
      for (const name of ["csrfmiddlewaretoken", "draft"]) body.append(name, form.elements.namedItem(name).value);
      fetch(told.draftDropUrl, { method: "POST", body });
      letGo(form.elements.namedItem("draft").value);
      box.remove();
    });
    box.append(words, yes, no);
    form.prepend(box);
  }
  const asked = new WeakSet();
  async function ask() {
    await offerHeld();
    const forms = Array.from(all()).filter((form) => form.dataset.draftKept === undefined && form.elements.namedItem("draft") && !asked.has(form));
    if (!forms.length) return;
    for (const form of forms) asked.add(form);
    const names = new URLSearchParams(forms.map((form) => ["form", form.elements.namedItem("draft").value]));
    try {
      const answer = await fetch(`${told.draftKeptUrl}?${names}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const kept = await answer.json();
      for (const form of forms) {
        const held = kept[form.elements.namedItem("draft").value];
        if (held && !form.querySelector(".offered") && differs(form, held.fields)) offer(form, held);
      }
    } catch (fault) {
      // Without the server nothing can be offered; what is typed from now on is kept when it is back.
    }
  }
  ask();
  document.addEventListener("htmx:load", ask);
})();
