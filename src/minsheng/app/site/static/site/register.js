/* The registration page: what stands beside it follows what is typed, emergencies are guarded.
   Personal data go to the server alone, which keeps them encrypted; nothing is put into the browser's storage. */
"use strict";
(function () {
  const form = document.getElementById("registration");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);

  // --- beside the form: asked for a little after the last letter, one question at a time (hx-sync) ------------------
  const WAIT = 450;
  let waiting = 0;
  let asked = "";
  function ask(id, name) {
    if (window.htmx) window.htmx.trigger(document.getElementById(id), name);
  }
  function askWords() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const words = ["content", "place", "target_unit", "category", "category_text"].map((name) => field(name).value.trim()).join("\n");
      if (words === asked) return;
      asked = words;
      ask("similar", "words-changed");
    }, WAIT);
  }
  // Each lookup by number is recorded: a number is asked for once, when it is whole or the field is left.
  let phone = "";
  function askPhone(whole) {
    const typed = field("phone").value.replace(/[\s\-()]/g, "");
    if (typed === phone || (whole && !/^1[3-9]\d{9}$/.test(typed))) return;
    phone = typed;
    ask("caller", "phone-given");
  }
  for (const name of ["content", "place"]) field(name).addEventListener("input", askWords);
  for (const name of ["category_text", "target_unit"]) field(name).addEventListener("change", askWords);
  field("phone").addEventListener("input", () => askPhone(true));
  field("phone").addEventListener("change", () => askPhone(false));

  document.addEventListener("click", (event) => {
    const matter = event.target.closest("[data-matter]");
    const category = event.target.closest("[data-category]");
    const article = event.target.closest("[data-article]");
    if (article) cite(article);
    if (matter) fill(field("matter"), matter.dataset.matter);
    if (category) {
      field("category").value = category.dataset.category;
      fill(field("category_text"), category.dataset.label);
      field("category_text").dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  // One press answers from an article: its number is cited, its words are put in where nobody has written yet.
  function cite(button) {
    document.getElementById("answer").open = true;
    const words = field("answer_text");
    if (!words.value.trim()) words.value = button.dataset.words;
    field("answer_no_article").checked = false;
    fill(field("answer_article"), button.dataset.article);
    words.focus();
    words.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing || !/^Digit[1-5]$/.test(event.code)) return;
    const button = document.querySelectorAll("[data-article]")[Number(event.code.slice(5)) - 1];
    if (!button) return;
    event.preventDefault();
    cite(button);
  });
  function fill(input, value) {
    input.value = value;
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- emergencies: its fields show, are wanted, and are named at once when they are empty ---------------------------
  const emergency = document.getElementById("emergency");
  const button = form.querySelector('button[name="submit"]');
  const needed = Array.from(form.querySelectorAll("[data-needed]"));
  const isEmergency = () => Boolean(field("emergency_level") && field("emergency_level").value);
  function guard() {
    if (!emergency) return;
    const on = isEmergency();
    emergency.classList.toggle("on", on);
    emergency.classList.toggle("case", on || Boolean(field("emergency_case").value));
    button.textContent = on ? button.dataset.emergency : button.dataset.ordinary;
    button.classList.toggle("danger", on);
    for (const each of needed) each.required = on;
    // What a ground rests on is asked of it alone.
    for (const each of form.querySelectorAll("[data-ground]")) {
      const wanted = on && each.dataset.ground === field("emergency_ground").value;
      each.closest(".field").hidden = !wanted && !each.value;
      each.required = wanted;
    }
    const place = field("emergency_place");
    if (on && place && !place.value) place.value = field("place").value;
    const facts = field("emergency_facts");
    if (on && facts && !facts.value) facts.value = field("content").value;
  }
  function name(input) {
    const box = input.closest(".field");
    const isMissing = isEmergency() && !input.value.trim();
    let said = box.querySelector("[data-said]");
    if (isMissing && !said) {
      said = document.createElement("p");
      said.className = "error";
      said.dataset.said = "";
      said.id = `${input.id}_needed`;
      said.textContent = input.dataset.needed;
      input.before(said);
      input.setAttribute("aria-describedby", said.id);
    } else if (!isMissing && said) {
      said.remove();
      input.removeAttribute("aria-describedby");
    }
    box.classList.toggle("wrong", isMissing || Boolean(box.querySelector(".error")));
    input.toggleAttribute("aria-invalid", isMissing);
    return isMissing;
  }
  if (emergency) {
    for (const each of ["emergency_level", "emergency_case", "emergency_ground"].map(field).filter(Boolean)) {
      each.addEventListener("change", () => {
        guard();
        needed.forEach(name);
      });
    }
    for (const input of needed) for (const kind of ["blur", "input"]) input.addEventListener(kind, () => name(input));
    guard();
  }

  // --- what is typed is kept while it is typed (drafts.js), and at once when the seat wants it ------------------------
  const keep = () => window.minsheng.keep(form);
  document.getElementById("save-draft").addEventListener("click", keep);

  form.addEventListener("submit", (event) => {
    const isSubmit = event.submitter === button;
    if (isSubmit && isEmergency()) {
      const missing = needed.filter(name);
      if (missing.length) {
        event.preventDefault();
        event.stopPropagation();
        missing[0].focus();
        return;
      }
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    if (event.key === "Enter" && form.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit(button);
    } else if (event.key.toLowerCase() === "s") {
      event.preventDefault();
      keep();
    }
  });

  // --- a form that comes back filled in: beside it stands what belongs to it -----------------------------------------
  if (field("content").value.trim()) askWords();
  if (field("phone").value.trim()) window.addEventListener("load", () => askPhone(false));
})();
