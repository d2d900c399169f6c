/* The dispatcher's form: only the fields that the chosen way needs, and what is usual filled in by one press.
   On lists: how many rows are ticked. Without this script all fields stand there, and the server takes them as they are. */
"use strict";
(function () {
  const parts = (form) => Array.from(form.querySelectorAll("[data-way]"));

  // What is filled in already says which way was meant: after a refusal the same fields stand there again.
  function meant(form) {
    const parallel = form.querySelector('[name="parallel"]');
    if (parallel && parallel.checked) return "parallel";
    const filled = Array.from(form.querySelectorAll('[name="lead"], [name="units"]')).some((each) => each.value.trim());
    return filled ? "lead" : "one";
  }

  function apply(form, way) {
    for (const part of parts(form)) {
      const wanted = part.dataset.way.split(" ").includes(way);
      part.hidden = !wanted;
      for (const field of part.querySelectorAll("input")) field.disabled = !wanted;
      const words = part.dataset[way === "parallel" ? "labelParallel" : "labelLead"];
      const label = part.querySelector("label, .group-label");
      if (words && label) (label.firstChild || label).textContent = words;
    }
    // The flag itself is no question any more: it follows from the way.
    const flag = form.querySelector('[name="parallel"]');
    if (flag) {
      flag.checked = way === "parallel";
      flag.disabled = way !== "parallel";
    }
    // A unit that was named already goes on as the lead.
    const unit = form.querySelector('[name="unit"]');
    const lead = form.querySelector('[name="lead"]');
    if (way === "lead" && unit && lead && !lead.value) lead.value = unit.value;
    if (way === "one" && unit && lead && !unit.value) unit.value = lead.value;
    if (way === "parallel") {
      const lines = Array.from(form.querySelectorAll('[name="units"]'));
      const named = (lead && lead.value) || (unit && unit.value);
      const free = lines.find((each) => !each.value);
      if (named && free && !lines.some((each) => each.value === named)) free.value = named;
    }
  }

  function begin(root) {
    for (const ways of root.querySelectorAll("fieldset.ways")) {
      const form = ways.closest("form");
      const way = meant(form);
      const radio = ways.querySelector(`input[value="${way}"]`);
      if (radio) radio.checked = true;
      apply(form, way);
    }
  }

  // Before the form asks what would follow: what isn't shown is not to be asked about.
  document.addEventListener("change", (event) => {
    if (event.target.name === "way") apply(event.target.form, event.target.value);
  }, true);
  document.addEventListener("change", (event) => {
    if (event.target.matches('input[name="orders"], input[data-pick-all]')) count(event.target);
  });

  const put = (field, value) => {
    if (!field || field.disabled || !value) return false;
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-unit], [data-fill-basis]");
    const form = button && button.closest("form");
    if (!form) return;
    const free = () => Array.from(form.querySelectorAll('[name="units"]')).find((each) => !each.disabled && !each.value);
    if (button.dataset.fillUnit) {
      put(form.querySelector('[name="unit"]'), button.dataset.fillUnit) ||
        put(form.querySelector('[name="lead"]'), button.dataset.fillUnit) ||
        put(free(), button.dataset.fillUnit);
    }
    put(form.querySelector('[name="basis"]'), button.dataset.fillBasis);
  });

  // --- rows that are ticked --------------------------------------------------------------------------------------
  const boxes = () => Array.from(document.querySelectorAll('table.orders input[name="orders"]'));

  function count(pressed) {
    const all = boxes();
    if (pressed && pressed.hasAttribute("data-pick-all")) for (const each of all) each.checked = pressed.checked;
    const n = all.filter((each) => each.checked).length;
    for (const place of document.querySelectorAll("[data-picked]")) place.textContent = String(n);
    for (const whole of document.querySelectorAll("input[data-pick-all]")) {
      whole.checked = n > 0 && n === all.length;
      whole.indeterminate = n > 0 && n < all.length;
    }
    for (const button of document.querySelectorAll("button[data-needs-picked]")) button.disabled = n === 0;
  }

  begin(document);
  count(null);
  document.body.addEventListener("htmx:load", (event) => { if (event.detail.elt.querySelectorAll) begin(event.detail.elt); });
  document.body.addEventListener("htmx:afterSettle", () => count(null));
  window.addEventListener("pageshow", () => count(null));
})();
