// Plan Portal: what pages gain with JavaScript. Every page works without this file.
"use strict";

(() => {
  if ("serviceWorker" in navigator && location.protocol.startsWith("http")) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
  }
})();
