// Plan Portal: a preview beside its form follows what is typed. Nothing is saved by it: it is asked for without
// the form's key, and what the portal answers is taken from its page.
"use strict";

(() => {
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  const shown = document.querySelector(form.dataset.preview), PAUSE = 1200;
  let timer = 0, last = 0;

  const renew = async () => {
    clearTimeout(timer);
    const body = new FormData(form), turn = ++last;
    body.delete("form_key");
    body.set("preview", "1");
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page && page.querySelector(form.dataset.preview);
      if (fresh && turn === last) shown.replaceChildren(...fresh.childNodes);
    } catch { /* without a connection it stays as it was */ }
    if (turn === last) shown.removeAttribute("aria-busy");
  };

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(renew, PAUSE); });
  form.querySelector("[name=preview]").addEventListener("click", (event) => { event.preventDefault(); renew(); });
})();
