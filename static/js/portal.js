// Plan Portal: what pages gain with JavaScript. Every page works without this file.
"use strict";

(() => {
  if ("serviceWorker" in navigator && location.protocol.startsWith("http")) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
  }

  // --- The search in the head: "/" (on a list its own field comes first) or Ctrl+K opens it; the arrow
  // keys go through what was found.

  const shown = (element) => element && element.offsetParent !== null;
  const find = () => [...document.querySelectorAll("[data-find]")].find(shown);
  const open = () => {
    const menu = document.querySelector("details.menu");
    if (!find() && shown(menu)) menu.open = true;
    const field = find();
    if (field) { field.focus(); field.select(); }
    return Boolean(field);
  };
  const step = (from, by) => {
    const hits = [...document.querySelectorAll("[data-hit]")];
    const to = hits.indexOf(from) + by;
    if (to < 0) return open();
    if (hits[to]) hits[to].focus();
    return Boolean(hits.length);
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const at = event.target, typing = at.closest("input, select, textarea, [contenteditable]");
    const withCtrl = event.ctrlKey || event.metaKey;
    const act = () => {
      if (withCtrl) return event.key === "k" ? open : null;
      if (event.key === "/" && !typing) return document.querySelector("[data-list-filters] input[type=search]") ? null : open;
      if (at.matches("[data-find]") && event.key === "ArrowDown") return () => step(null, 1);
      if (at.matches("[data-hit]") && event.key === "ArrowDown") return () => step(at, 1);
      if (at.matches("[data-hit]") && event.key === "ArrowUp") return () => step(at, -1);
      return null;
    };
    const found = act();
    if (found && found()) event.preventDefault();
  });

  // --- Share: a sentence, a picture of a chart, the address, with whatever messenger the device has; where
  // it has no such sheet they are copied.

  const pictureOf = async (svg) => {
    const copy = svg.cloneNode(true), box = svg.viewBox.baseVal;
    const from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
    const LOOK = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "font-family", "text-anchor"];
    from.forEach((each, n) => {
      const style = getComputedStyle(each);
      for (const name of LOOK) to[n].style.setProperty(name, style.getPropertyValue(name));
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height);
    const picture = new Image();
    picture.src = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = box.width * 2;
    canvas.height = box.height * 2;
    const pen = canvas.getContext("2d");
    pen.fillStyle = getComputedStyle(document.body).backgroundColor;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(picture.src);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    return new File([blob], "bieu-do.png", { type: "image/png" });
  };

  const canCopy = Boolean(navigator.clipboard && window.isSecureContext);
  for (const button of document.querySelectorAll("[data-share]")) button.hidden = !(navigator.share || canCopy);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-share]");
    if (!button) return;
    const url = new URL(button.dataset.shareUrl || location.href, location.href).href;
    const given = { title: document.title, text: button.dataset.share, url };
    const svg = button.dataset.sharePicture && document.querySelector(button.dataset.sharePicture);
    try {
      if (svg) given.files = [await pictureOf(svg)];
      if (given.files && !navigator.canShare?.({ files: given.files })) delete given.files;
      if (navigator.share) await navigator.share(given);
      else {
        await navigator.clipboard.writeText([given.text, url].filter(Boolean).join("\n"));
        button.textContent = button.dataset.copied;
      }
    } catch (error) { if (error.name !== "AbortError") throw error; }  // closed without sending
  });
})();
