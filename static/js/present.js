// The presentation's keys. Without this file its links turn the pages.
"use strict";

(() => {
  const KEYS = {
    ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next",
    ArrowLeft: "prev", ArrowUp: "prev", PageUp: "prev", Home: "first", End: "last", Escape: "leave",
  };

  // The next page takes this one's place, since a page that is left ends the full screen.
  const show = async (href, push) => {
    try {
      const answer = await fetch(href);
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of ["#main", ".foot"]) {
        document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
      }
      document.title = page.title;
      document.body.className = page.body.className;
      if (push) history.pushState(null, "", href);
      offer();
      document.getElementById("main").focus();
    } catch { location.assign(href); }
  };

  const turn = (way) => {
    const link = document.querySelector(`[data-turn="${way}"]`);
    if (!link) return false;
    if (way === "leave") location.assign(link.href); else show(link.href, true);
    return true;
  };

  const full = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  };

  const offer = () => {
    const button = document.querySelector("[data-full]");
    if (!button || !document.fullscreenEnabled) return;
    button.hidden = false;
    button.addEventListener("click", full);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.body.classList.contains("whole")) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === " " && event.target.closest("a, button, summary")) return;
    if (/^Arrow/.test(event.key) && event.target.closest(".scroll")) return;
    if (event.key === "f" || event.key === "F") { event.preventDefault(); full(); return; }
    if (KEYS[event.key] && turn(KEYS[event.key])) event.preventDefault();
  });
  window.addEventListener("popstate", () => show(location.href, false));
  offer();
})();
