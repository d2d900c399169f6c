/* What happens elsewhere, on this page: events on <body>, and who else looks at the same thing.

   The body says where and for whom (data-live-*); without these nothing is done. Events: live:queue, live:order,
   live:new, live:urge, live:supervise, live:emergency, live:claim, live:presence, live:call, live:reload, each with `detail`
   ({order, version}: an order's id, of anything else its stream), and live:state with {state: connecting|connected|polling|offline}. */
"use strict";

(function () {
  const body = document.body;
  const config = body.dataset;
  if (!config.liveUrl || !config.liveWorker) return;

  function announce(kind, detail) {
    body.dispatchEvent(new CustomEvent("live:" + kind, { detail: detail || {}, bubbles: true }));
  }

  function listen(port) {
    port.onmessage = (received) => {
      const message = received.data;
      if (message.type === "event") announce(message.kind, message.detail);
      if (message.type === "state") announce("state", Object.assign({ state: message.state }, message.detail));
    };
    const hello = () =>
      port.postMessage({
        type: "hello",
        settings: {
          url: config.liveUrl,
          since: config.liveSince,
          person: config.livePerson,
          poll: Number(config.livePoll) || 60,
          pollUrl: config.livePollUrl,
        },
      });
    hello();
    window.addEventListener("pagehide", () => port.postMessage({ type: "bye" }));
    // A page that the browser had kept aside and shows again has heard nothing meanwhile.
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      hello();
      announce("reload", {});
    });
  }

  // Not before the page's other deferred scripts have run: what the worker answers at once would find nobody listening.
  document.addEventListener("DOMContentLoaded", () => {
    if (typeof SharedWorker === "function") {
      listen(new SharedWorker(config.liveWorker, { name: "live-" + config.livePerson }).port);
    } else if (typeof Worker === "function") {
      listen(new Worker(config.liveWorker));
    }
  });

  /* Presence. */

  const BEAT = 20000;
  const IDLE_AFTER = 300000;
  const shown = document.querySelector("[data-presence]");
  if (!shown || !config.livePresenceUrl) return;

  const stream = shown.dataset.presence;
  const unsaved = new Set(); // forms with input that was not sent
  let usedAt = Date.now();
  let active = true;
  let away = false;
  let beat = null;
  let soon = null;

  function form(more) {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    const data = new FormData();
    data.set("csrfmiddlewaretoken", token ? token.value : "");
    data.set("stream", stream);
    for (const name of Object.keys(more)) if (more[name]) data.set(name, more[name]);
    return data;
  }

  function isTyping() {
    for (const each of unsaved) if (!each.isConnected) unsaved.delete(each);
    return unsaved.size > 0;
  }

  function show(others) {
    // Read aloud when it changes, so it changes only then.
    const text = others.map((each) => each.text);
    if (Array.from(shown.children, (each) => each.textContent).join("\n") === text.join("\n")) return;
    shown.replaceChildren(
      ...others.map((each) => {
        const line = document.createElement("span");
        line.className = each.typing ? "presence-one presence-typing" : "presence-one";
        line.textContent = each.text;
        return line;
      })
    );
    shown.hidden = others.length === 0;
  }

  async function look() {
    clearTimeout(beat);
    if (document.visibilityState !== "visible") return;
    if (Date.now() - usedAt > IDLE_AFTER) {
      leave();
      return;
    }
    away = false;
    beat = setTimeout(look, BEAT);
    const sent = { typing: isTyping() ? "1" : "", active: active ? "1" : "" };
    active = false;
    try {
      const answer = await fetch(config.livePresenceUrl, {
        method: "POST",
        body: form(sent),
        credentials: "same-origin",
      });
      if (answer.redirected || answer.status === 404 || answer.status === 403) {
        // The thing has left this person's sight, or the session is over: nothing is known of others any more.
        clearTimeout(beat);
        show([]);
        return;
      }
      if (answer.ok) show((await answer.json()).others);
    } catch (fault) {
      // Lossy by design: the next beat tries again.
    }
  }

  function leave() {
    clearTimeout(beat);
    if (away) return;
    away = true;
    // Sent also while the page is being closed.
    navigator.sendBeacon(config.livePresenceUrl, form({ leave: "1" }));
  }

  function lookSoon() {
    clearTimeout(soon);
    soon = setTimeout(look, 200);
  }

  function used() {
    usedAt = Date.now();
    active = true;
    if (away && document.visibilityState === "visible") lookSoon();
  }

  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
    document.addEventListener(kind, used, { passive: true, capture: true });
  }
  document.addEventListener("input", (event) => {
    const owner = event.target.form;
    if (!owner || owner.method !== "post" || unsaved.has(owner)) return;
    unsaved.add(owner);
    lookSoon();
  });
  for (const kind of ["submit", "reset"]) {
    document.addEventListener(kind, (event) => {
      if (unsaved.delete(event.target)) lookSoon();
    });
  }
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? look() : leave()));
  window.addEventListener("pagehide", leave);
  body.addEventListener("live:presence", (event) => {
    if (event.detail.order === stream) lookSoon();
  });
  look();
})();
