// Improves the citizens' pages; none needs it. Answers the question by work, so that nobody has to see it; prints.
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");

  const zeroBits = (bytes, wanted) => {
    let left = wanted;
    for (const byte of bytes) {
      if (left >= 8) { if (byte !== 0) return false; left -= 8; } else return left === 0 || byte >> (8 - left) === 0;
    }
    return true;
  };

  const work = async (nonce, bits) => {
    const encoder = new TextEncoder();
    for (let number = 0; number < 50_000_000; number += 1) {
      const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${nonce}:${number}`));
      if (zeroBits(new Uint8Array(digest), bits)) return String(number);
    }
    return "";
  };

  const solve = async (box) => {
    // Without a secure origin there is no digest: then the question stays, and is answered by hand.
    if (!window.isSecureContext || !crypto.subtle) return;
    const proof = await work(box.dataset.nonce, Number(box.dataset.bits));
    if (!proof) return;
    box.querySelector('[name="question_proof"]').value = proof;
    if (!box.querySelector('[name="question_answer"]').value) box.classList.add("solved");
  };

  document.querySelectorAll("[data-question]").forEach((box) => { solve(box); });
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
})();
