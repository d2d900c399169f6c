/* Asks a security key (WebAuthn) what the page wants to know, and sends its answer with the page's own form. */
"use strict";
(function () {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function opened(question) {
    const asked = JSON.parse(question);
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    for (const list of [asked.excludeCredentials, asked.allowCredentials]) {
      for (const each of list || []) each.id = bytes(each.id);
    }
    return asked;
  }

  function answered(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  async function press(form) {
    const said = form.querySelector("[data-key-said]");
    said.hidden = true;
    try {
      const publicKey = opened(form.dataset.keyQuestion);
      const credential =
        form.dataset.keyWay === "create"
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
      form.querySelector("[data-key-answer]").value = answered(credential);
      form.submit();
    } catch (fault) {
      said.textContent = form.dataset.keyFailed;
      said.hidden = false;
    }
  }

  for (const form of document.querySelectorAll("form[data-key-question]")) {
    form.querySelector("[data-key-press]").addEventListener("click", () => press(form));
  }
})();
