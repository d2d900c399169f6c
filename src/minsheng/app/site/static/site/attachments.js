// What is wrong with a file is shown where the file was chosen: htmx would drop an answer that is not a success.
(() => {
  if (window.minshengAttachments) return;
  window.minshengAttachments = true;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target || event.detail.target.id !== "attachments") return;
    if ([403, 409, 422, 503].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    const summary = document.querySelector("#attachments .error-summary");
    if (summary) summary.focus();
  });
})();
