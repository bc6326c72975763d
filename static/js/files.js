// Plan Portal: files of a voucher: photos are made smaller, all wait here until it is saved, then follow.
// A waiting file: {id, user, key: of its form, page: of its voucher once that is saved, to: where it goes
// (that page says so), name, type, blob, at, why}
"use strict";

(() => {
  const kept = window.kept;
  if (!kept.user || !window.indexedDB) return;
  const ENOUGH = 300 * 1024, SIDES = [1800, 1500, 1200, 1000, 800, 600], QUALITIES = [0.82, 0.7, 0.55, 0.4];
  const DAYS = 28, DAY = 864e5, PATIENCE = 300, SIGN_IN = "/accounts/login/";

  // --- Photos

  const isPhoto = (file) => /^image\/(jpeg|png|webp)$/.test(file.type) && file.size > ENOUGH;

  const drawn = (photo, side) => {
    const scale = Math.min(1, side / Math.max(photo.width, photo.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(photo.width * scale);
    canvas.height = Math.round(photo.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(photo, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  // At most ENOUGH bytes, with as much of its size and quality as that leaves.
  const smaller = async (file) => {
    if (!isPhoto(file)) return file;
    try {
      const photo = await createImageBitmap(file);
      let best = file;
      for (const side of SIDES) {
        const canvas = drawn(photo, side);
        for (const quality of QUALITIES) {
          const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
          if (blob && blob.size < best.size) best = blob;
          if (best.size <= ENOUGH) break;
        }
        if (best.size <= ENOUGH) break;
      }
      return best === file ? file : new File([best], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    } catch { return file; }  // not a picture after all: the portal says so
  };

  const small = new WeakMap();  // begun when a photo is chosen, so that Save need not wait long
  const made = (file) => { if (!small.has(file)) small.set(file, smaller(file)); return small.get(file); };

  // --- The store

  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  let opened;
  const store = async (mode) => {
    opened ||= (() => {
      const request = indexedDB.open("portal-files", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("files", { keyPath: "id", autoIncrement: true });
      return asked(request);
    })();
    return (await opened).transaction("files", mode).objectStore("files");
  };
  const mine = async () => {
    const every = await asked((await store("readonly")).getAll());
    for (const file of every) if (Date.now() - file.at > DAYS * DAY) await drop(file);
    return every.filter((file) => file.user === kept.user && Date.now() - file.at <= DAYS * DAY);
  };
  const get = async (id) => asked((await store("readonly")).get(id));
  const put = async (file) => asked((await store("readwrite")).put(file));
  // One transaction: what was deleted meanwhile stays deleted.
  const change = async (file, more) => {
    const files = await store("readwrite"), now = await asked(files.get(file.id));
    if (now) await asked(files.put({ ...now, ...more }));
  };
  let trying = {};  // whose turn it is to be sent: the file's id, and what breaks it off
  const drop = async (file) => {
    if (trying.id === file.id) trying.control.abort();
    await asked((await store("readwrite")).delete(file.id));
  };
  const of = async (key) => (await mine()).filter((file) => file.key === key);
  // A form goes on under another key: so do its files.
  const move = async (from, to) => { for (const file of await of(from)) await change(file, { key: to }); };
  const dropAll = async () => { for (const file of await mine()) await drop(file); await show(); };

  // --- Sending

  const token = () => outbox.cookie("csrftoken");

  // The portal's own trouble, which passes; anything else stays as it is however often it is tried.
  const isTrouble = (answer) => answer.status >= 500 || [408, 429].includes(answer.status);

  // One file in a request of its own: sent and forgotten, or kept with what is in its way.
  const send = async (file, signal) => {
    const body = new FormData();
    body.append("files", file.blob, file.name);
    try {
      const answer = await fetch(file.to, { method: "POST", body, signal,
        headers: { "X-CSRFToken": token(), Accept: "application/json" } });
      if (answer.status === 201) { await drop(file); return true; }
      if (answer.redirected && new URL(answer.url).pathname === SIGN_IN) { await change(file, { why: "later" }); return false; }
      const said = await answer.json().catch(() => ({}));
      await change(file, { why: said.errors ? said.errors.join(" ") : isTrouble(answer) ? "broken" : "refused" });
    } catch { await change(file, { why: "broken" }); }
    return false;
  };

  // All that wait, and one the person asks for; those asked for meanwhile come after them.
  let busy = null;
  const tried = new Set();  // by this page
  const sendAll = (wanted) => (busy = (busy || Promise.resolve()).catch(() => {}).then(() => sendNow(wanted)));
  const sendNow = async (wanted) => {
    let arrived = false;
    for (const { id } of await mine()) {
      trying = { id, control: kept.limit(PATIENCE) };
      const file = kept.same() && await addressed(id);
      if (!file) continue;
      const objected = file.why && file.why !== "later" && file.why !== "broken";
      if (!file.to || (objected && file.id !== wanted)) continue;
      tried.add(id);
      await show(file.id);
      if (!navigator.onLine) { await change(file, { why: "broken" }); continue; }
      arrived = await send(file, trying.control.signal) || arrived;
    }
    if (arrived) await renew();
    await show();
  };

  // The file as it is now, with the address it goes to, where its voucher's page can be asked for that.
  const addressed = async (id) => {
    const file = await get(id);
    if (!file || file.to || !file.page || !navigator.onLine) return file;
    const to = await addressAt(file.page).catch(() => null);
    if (to) await change(file, { to });
    return get(id);
  };
  const addressIn = (page) => page.querySelector("form[data-files-to]")?.dataset.filesTo || null;
  const pageOf = (text) => new DOMParser().parseFromString(text, "text/html");
  const addressAt = async (path) => {
    if (path === location.pathname) return addressIn(document);
    const answer = await fetch(path, { signal: kept.limit(PATIENCE).signal });
    return new URL(answer.url).pathname === path ? addressIn(pageOf(await answer.text())) : null;
  };

  // The voucher's page shows what has arrived.
  const renew = async () => {
    const part = document.querySelector("[data-files-part]");
    if (!part) return;
    try {
      const fresh = pageOf(await (await fetch(part.dataset.filesPart)).text()).querySelector("[data-files-part]");
      if (fresh) part.replaceChildren(...fresh.childNodes);
    } catch { /* the next page shows it */ }
  };

  // --- What waits, beside the field

  const button = (text, name, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "small quiet";
    one.textContent = text;
    const what = document.createElement("span");
    what.className = "visually-hidden";
    what.textContent = " " + name;
    one.append(what);
    one.addEventListener("click", act);
    return one;
  };

  const picture = (blob) => {
    if (!/^image\/(jpeg|png|webp)$/.test(blob.type)) return "";
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(blob);
    return image;
  };

  // Each waiting photo is drawn once for a page.
  const pictures = new Map();
  const pictureOf = (file) => {
    if (!pictures.has(file.id)) pictures.set(file.id, picture(file.blob));
    return pictures.get(file.id);
  };

  const row = (file, words, now) => {
    const item = document.createElement("li");
    item.append(pictureOf(file));
    const said = { "": words.waiting, later: words.waiting, broken: words.broken, refused: words.refused };
    const state = file.id === now ? words.sending : !file.to ? words.waiting : said[file.why] ?? file.why;
    const line = document.createElement("span");
    line.textContent = file.name + " (" + Math.ceil(file.blob.size / 1024).toLocaleString("vi") + " kB): " + state + " ";
    item.append(line);
    if (file.to && file.why && file.id !== now) item.append(" ", button(words.again, file.name, () => sendAll(file.id)));
    if (file.id !== now) item.append(" ", button(words.drop, file.name, async () => { if (kept.isSure()) { await drop(file); await show(); } }));
    return item;
  };

  const show = async (now) => {
    for (const list of document.querySelectorAll("[data-files-list]")) {
      const form = list.closest("form");
      const to = form && form.dataset.filesTo;
      const files = (await mine()).filter((file) => form ? (to ? file.to === to : file.key === form.elements.form_key.value) : true);
      list.replaceChildren(...files.map((file) => row(file, list.dataset, now)));
      list.hidden = !files.length;
      if (!form) list.closest("section").hidden = !files.length;
    }
    document.dispatchEvent(new Event("files"));
  };

  // --- A form with files: they are put aside, and the form goes without them

  const input = (form) => form.querySelector("input[type=file]");

  const showChosen = (form, chosen) => {
    const list = form.querySelector("[data-files-chosen]");
    if (!list) return;
    list.replaceChildren(...chosen.map((file) => {
      const item = document.createElement("li");
      item.append(file.name);
      made(file).then((small) => item.prepend(picture(small)));  // the large one would be decoded twice
      return item;
    }));
    list.hidden = !chosen.length;
  };

  document.addEventListener("change", (event) => {
    if (event.target.type !== "file" || !event.target.form?.matches("[data-files]")) return;
    [...event.target.files].forEach(made);
    showChosen(event.target.form, [...event.target.files]);
  });
  document.addEventListener("reset", (event) => showChosen(event.target, []));

  document.addEventListener("submit", async (event) => {
    const form = event.target, field = form.matches("[data-files]") && input(form);
    if (!field || !field.files.length || form.dataset.plain) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    form.setAttribute("aria-busy", "true");
    const to = form.dataset.filesTo || null;
    const by = event.submitter;
    const chosen = await Promise.all([...field.files].map(made));
    try {
      for (const blob of chosen) {
        await put({ user: kept.user, key: form.elements.form_key.value, page: "", to, name: blob.name, type: blob.type, blob, at: Date.now(), why: "" });
      }
      field.value = "";
      showChosen(form, []);
    } catch {  // no room to keep them: they go with the form, as without this script
      const transfer = new DataTransfer();
      chosen.forEach((file) => transfer.items.add(file));
      field.files = transfer.files;
      form.dataset.plain = "1";
    }
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
    if (to && !form.dataset.plain) await sendAll();
    else form.requestSubmit(by);
  }, true);

  // A voucher was saved: its page, and no other that may be open by now, says where its files go.
  document.addEventListener("form-taken", async (event) => {
    const { form, at, text } = event.detail;
    const files = await of(form.key);
    for (const file of files) await change(file, { key: "", page: at, to: text ? addressIn(pageOf(text)) : null });
    await busy?.catch(() => {});  // it may have taken them along: what broke is not tried at once again
    if (files.some((file) => !tried.has(file.id))) await sendAll();
  });

  document.addEventListener("form-moved", async (event) => {
    await move(event.detail.from, event.detail.to);
    await show();
  });

  // "Save as an entry of its own": the page is left, so its files move before.
  document.addEventListener("submit", async (event) => {
    const form = event.target, from = form.dataset.replaces;
    if (!from || form.dataset.moved || !navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await move(from, form.elements.form_key.value).catch(() => { /* none can be kept here */ });
    form.dataset.moved = "1";
    form.requestSubmit();
  }, true);

  document.addEventListener("form-dropped", async (event) => {
    for (const file of await of(event.detail.key)) await drop(file);
    await show();
  });

  kept.files = { mine, drop, dropAll };
  addEventListener("online", () => sendAll());
  show().then(() => navigator.onLine && !busy && sendAll()).catch(() => { /* nothing can be kept here */ });
})();
