/* The one line to the server: an event stream, or polling where no stream gets through.

   Runs as a SharedWorker, one for all tabs of a person in a role, since browsers open only six connections to a host;
   where there is none, as a worker of its own for each tab. Pages say {type: "hello"}; they are told
   {type: "event", kind, detail} and {type: "state", state}. */
"use strict";

const KINDS = ["queue", "order", "new", "urge", "supervise", "emergency", "claim", "presence", "call"];
const SILENT_AFTER = 40000; // The server says something every fifteen seconds.
const STEADY_AFTER = 5000; // A stream that lived so long and ends has not failed: the server ends each after minutes.
const FAILURES = 3;
const STREAM_AGAIN_AFTER = 60000;
const REMEMBERED = 200;
const FETCH_WITHIN = 10000;

const ports = new Set();
const recent = []; // For a tab whose page was made before it could listen.
let settings = null;
let last = null;
let state = "connecting";
let source = null;
let openedAt = 0;
let failures = 0;
let timer = null; // of the next attempt
let silence = null;
let polling = null;

function tell(message) {
  for (const port of ports) port.postMessage(message);
}

function become(next, detail) {
  if (state === next) return;
  state = next;
  tell({ type: "state", state, detail: detail || {} });
}

function hear(kind, number, detail) {
  if (number !== null) {
    // After a poll and a stream have met, what comes twice is told once.
    if (last !== null && number <= last) return;
    last = number;
  }
  const event = { type: "event", kind, number, detail };
  recent.push(event);
  if (recent.length > REMEMBERED) recent.shift();
  tell(event);
}

function reload(number) {
  if (number !== null) last = number;
  tell({ type: "event", kind: "reload", number: null, detail: {} });
}

function numberOf(text) {
  return /^\d+$/.test(text) ? Number(text) : null;
}

function listenForSilence() {
  clearTimeout(silence);
  silence = setTimeout(broken, SILENT_AFTER);
}

function open() {
  clearTimeout(timer);
  if (source) source.close();
  const address = new URL(settings.url, self.location.href);
  if (last !== null) address.searchParams.set("since", String(last));
  address.searchParams.set("for", settings.person);
  // On another port the session's cookie goes along only when asked for; the server names us in its answer.
  source = new EventSource(address.href, { withCredentials: true });
  const mine = source;
  listenForSilence();
  source.onopen = () => {
    if (mine !== source) return;
    openedAt = Date.now();
    listenForSilence();
  };
  source.onerror = () => {
    if (mine === source) broken();
  };
  source.addEventListener("beat", (event) => {
    // Only now it is sure that the server talks, and not a proxy that keeps what it should pass on.
    failures = 0;
    stopPolling();
    become("connected");
    listenForSilence();
    const number = numberOf(event.lastEventId);
    if (number !== null && (last === null || number > last)) last = number;
  });
  source.addEventListener("reload", (event) => {
    listenForSilence();
    reload(numberOf(event.lastEventId));
  });
  source.addEventListener("bye", () => {
    if (mine === source) broken();
  });
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      listenForSilence();
      hear(kind, numberOf(event.lastEventId), JSON.parse(event.data));
    });
  }
}

/* The stream has ended or never came. We come again ourselves rather than let the browser do it: it would not after a
   refusal, and would forget what a poll has told meanwhile. */
function broken() {
  clearTimeout(silence);
  if (source) source.close();
  source = null;
  const lived = openedAt !== 0 && Date.now() - openedAt > STEADY_AFTER;
  openedAt = 0;
  failures = lived ? 0 : failures + 1;
  clearTimeout(timer);
  if (failures >= FAILURES) {
    startPolling();
    timer = setTimeout(open, STREAM_AGAIN_AFTER);
  } else {
    // Not all at the same moment, when the server has just been started anew.
    timer = setTimeout(open, Math.random() * 1000 + 500 * failures);
  }
}

function startPolling() {
  if (polling) return;
  polling = setInterval(poll, settings.poll * 1000);
  poll();
}

function stopPolling() {
  clearInterval(polling);
  polling = null;
}

async function poll() {
  const address = new URL(settings.pollUrl, self.location.href);
  if (last !== null) address.searchParams.set("id", String(last));
  address.searchParams.set("for", settings.person);
  const ends = new AbortController();
  const within = setTimeout(() => ends.abort(), FETCH_WITHIN);
  try {
    const answer = await fetch(address.href, { credentials: "same-origin", cache: "no-store", signal: ends.signal });
    if (answer.redirected || [401, 403, 409].includes(answer.status)) {
      // Signed out, no longer in a role that sees orders, or in another role: nothing more comes for these pages.
      stop();
      become("offline", { signedOut: true });
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (!polling) return;
    become("polling");
    if (found.reload) {
      reload(found.last);
      return;
    }
    for (const event of found.events) {
      hear(event.kind, event.id, event.order ? { order: event.order, version: event.version } : {});
    }
    if (last === null || found.last > last) last = found.last;
  } catch (fault) {
    if (polling) become("offline", {});
  } finally {
    clearTimeout(within);
  }
}

function stop() {
  clearTimeout(timer);
  clearTimeout(silence);
  stopPolling();
  if (source) source.close();
  source = null;
  settings = null;
}

function greet(port, message) {
  switch (message.type) {
    case "hello": {
      ports.add(port);
      const since = Number(message.settings.since);
      // What was told between the making of the page and this moment. An older number is what the page knows.
      for (const event of recent) if (event.number !== null && event.number > since) port.postMessage(event);
      port.postMessage({ type: "state", state, detail: {} });
      if (settings === null) {
        settings = message.settings;
        if (last === null || since > last) last = since;
        failures = 0;
        open();
      }
      break;
    }
    case "bye":
      ports.delete(port);
      if (ports.size === 0) stop();
      break;
    default:
  }
}

if ("onconnect" in self) {
  self.onconnect = (event) => {
    const port = event.ports[0];
    port.onmessage = (received) => greet(port, received.data);
  };
} else {
  self.onmessage = (received) => greet(self, received.data);
}
