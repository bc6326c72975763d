// Plan Portal's service worker: the frame, and the page about working offline; no figures, nothing of
// a person. And the guide, for whoever has opened it. A page or a form that cannot be reached is answered with that page.
"use strict";
const CACHE = "portal-{{ version }}";
const FILES = [{% for address in files %}"{{ address }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const SHELLS = { {% for code, address in shells.items %}{{ code }}: "{{ address }}"{% if not forloop.last %}, {% endif %}{% endfor %} };
const LANGUAGE = "/offline/language";
const GUIDE = "/offline/?guide=all"; // kept once a page of it was opened
const ofGuide = (request) => new URL(request.url).pathname.startsWith("/help/");

const cached = (address) => caches.open(CACHE).then((cache) => cache.match(address));

self.addEventListener("install", (event) => {
  // From the network, not from what the browser may still hold of an older version.
  const wanted = [...FILES, ...Object.values(SHELLS)].map((address) => new Request(address, { cache: "no-cache", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
    .then(() => self.registration.navigationPreload?.enable())
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (event.request.method === "GET" && FILES.includes(url.pathname)) {
    event.respondWith(cached(url.pathname).then((kept) => kept || fetch(event.request)));
  }
});

const page = async (event) => {
  try {
    const preloaded = event.request.method === "GET" && await event.preloadResponse;
    const answer = preloaded || await fetch(event.request);
    const language = answer.headers.get("Content-Language");
    if (SHELLS[language]) event.waitUntil(remember(language));
    if (ofGuide(event.request)) event.waitUntil(keepGuide());
    return answer;
  } catch {
    const guide = ofGuide(event.request) && await cached(GUIDE);
    if (guide) return guide;
    const language = await cached(LANGUAGE).then((kept) => kept ? kept.text() : "{{ default }}");
    return await cached(SHELLS[language] || SHELLS["{{ default }}"]) || Response.error();
  }
};

const remember = async (language) => {
  const cache = await caches.open(CACHE);
  const known = await cache.match(LANGUAGE).then((kept) => kept && kept.text());
  if (known !== language) await cache.put(LANGUAGE, new Response(language));
};

const keepGuide = async () => {
  const cache = await caches.open(CACHE);
  if (!await cache.match(GUIDE)) await cache.add(new Request(GUIDE, { cache: "no-cache", credentials: "omit" }));
};
