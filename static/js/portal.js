// Plan Portal: what pages gain with JavaScript. Every page works without this file.
"use strict";

(() => {
  // --- Arrow keys turn the pages of a presentation.

  if (document.body.classList.contains("present")) {
    document.addEventListener("keydown", (event) => {
      const turn = { ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "prev", PageUp: "prev" }[event.key];
      if (!turn || event.target.closest("a, button, summary, .scroll")) return;
      const link = document.querySelector(`a[rel="${turn}"]`);
      if (link) { event.preventDefault(); location.assign(link.href); }
    });
  }

  if ("serviceWorker" in navigator && location.protocol.startsWith("http")) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
  }
})();
