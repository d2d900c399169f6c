// Reads a page aloud in 长者模式, block by block. Only a voice of the device itself is used: others send the words away.
(() => {
  "use strict";
  const start = document.querySelector("[data-read-aloud]");
  const bar = document.querySelector("[data-reading]");
  const speech = window.speechSynthesis;
  if (!start || !bar || !speech) return;
  const main = document.getElementById("main");
  const says = bar.querySelector("p");
  const pageLanguage = document.documentElement.lang;

  const voiceOf = (language) => {
    // Android writes zh_CN, eSpeak cmn; zh-HK speaks Cantonese.
    const spoken = language.startsWith("zh") ? /^(zh(?![a-z])(?!.?HK)|cmn)/i : /^en(?![a-z])/i;
    const own = speech.getVoices().filter((voice) => voice.localService && spoken.test(voice.lang));
    return own.find((voice) => /CN|Hans|cmn|GB/i.test(voice.lang)) || own[0];
  };

  const offer = () => { start.hidden = !voiceOf(pageLanguage); };

  const isSeen = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;

  const blockOf = (element) => {
    let block = element;
    while (block !== main && /^(inline|contents)/.test(getComputedStyle(block).display)) block = block.parentElement;
    return block;
  };

  // Numbers of orders and telephones are said digit by digit, "110" as one says it.
  const inDigits = (text, element) =>
    text.replace(element.closest('a[href^="tel:"], .big, code') ? /\d{3,}/g : /\d{5,}/g, (digits) => [...digits].join(" "));

  // What is read, in its order: words of one block in one language, and the voice for it.
  const piecesOf = () => {
    const pieces = [];
    const voices = {}; // by language, chosen once: a device may have thousands
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || element.closest('select, textarea, script, [aria-hidden="true"]') || !isSeen(element)) continue;
      const block = blockOf(element);
      const { lang } = element.closest("[lang]");
      const text = inDigits(walker.currentNode.data.replace(/\s+/g, " "), element);
      const last = pieces[pieces.length - 1];
      if (last && last.block === block && last.lang === lang) last.text += ` ${text}`;
      else pieces.push({ block, lang, text, voice: voices[lang] ??= voiceOf(lang) });
    }
    // A sign alone, as an arrow, is nothing to say.
    return pieces.filter(({ text, voice }) => voice && /[\p{L}\p{N}]/u.test(text));
  };

  let pieces = [];
  let current = null; // kept, or Chromium throws it away before it ends

  const mark = (block) => {
    document.querySelector(".spoken")?.classList.remove("spoken");
    block?.classList.add("spoken");
    block?.scrollIntoView({ block: "center" });
  };

  const show = (isReading) => {
    bar.hidden = !isReading;
    start.setAttribute("aria-pressed", String(isReading));
  };

  const stop = () => {
    current = null;
    speech.cancel();
    mark(null);
    show(false);
  };

  const fail = () => {
    stop();
    says.textContent = bar.dataset.failed;
    bar.hidden = false;
  };

  const readFrom = (index) => {
    const piece = pieces[index];
    if (!piece) { stop(); return; }
    const utterance = new SpeechSynthesisUtterance(piece.text);
    utterance.voice = piece.voice;
    utterance.lang = piece.voice.lang;
    utterance.rate = 0.9;
    // One that was cut short ends too, later: only the current one leads on.
    utterance.onend = () => { if (utterance === current) readFrom(index + 1); };
    utterance.onerror = () => { if (utterance === current) fail(); };
    current = utterance;
    mark(piece.block);
    speech.speak(utterance);
  };

  start.addEventListener("click", () => {
    if (current) { stop(); return; }
    pieces = piecesOf();
    says.textContent = bar.dataset.going;
    show(true);
    readFrom(0);
  });
  bar.querySelector("button").addEventListener("click", () => { stop(); start.focus(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && current) stop(); });
  main.addEventListener("click", (event) => {
    if (!current || event.target.closest("a, button, input, select, textarea, label, summary")) return;
    const index = pieces.findIndex(({ block }) => block === event.target || block.contains(event.target) || event.target.contains(block));
    if (index < 0 || event.target === main) return;
    current = null;
    speech.cancel();
    readFrom(index);
  });
  window.addEventListener("pagehide", () => speech.cancel());
  speech.addEventListener?.("voiceschanged", offer);
  offer();
})();
