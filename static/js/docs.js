// The page to try the API (templates/docs.html): Swagger UI with a search and the portal's words.
"use strict";

addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("api");
  const words = JSON.parse(document.getElementById("api-words").textContent);

  // Its own search looks at the headings alone.
  const search = (tagged, phrase) => tagged.map((tag, name) =>
    tag.update("operations", (found) => found.filter((each) =>
      [name, each.get("method"), each.get("path"), each.getIn(["operation", "summary"])]
        .join(" ").toLowerCase().includes(phrase.toLowerCase()))))
    .filter((tag) => tag.get("operations").size);

  // Its parts without its own heading, list of servers and second <main>.
  const layout = ({ React: { createElement: make } }) => ({
    components: {
      Parts: ({ getComponent }) => make("div", { className: "swagger-ui" },
        make(getComponent("SvgAssets")),
        make(getComponent("AuthorizeBtnContainer", true)),
        make(getComponent("FilterContainer", true)),
        make(getComponent("operations", true))),
    },
    fn: { opsFilter: search },
  });

  // What Swagger UI writes and draws, in the reader's language and with a name for each field.
  const mend = () => {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      const word = words[node.nodeValue.trim()];
      if (word && word !== node.nodeValue.trim()) node.nodeValue = word;
    }
    for (const field of place.querySelectorAll("input, select, textarea")) {
      if (words[field.placeholder]) field.placeholder = words[field.placeholder];
      if (!field.labels?.length && !field.ariaLabel) {
        const row = field.closest("tr")?.querySelector(".parameter__name")?.firstChild;
        field.ariaLabel = row?.textContent || field.placeholder || field.className || field.id || words.Value;
      }
    }
    for (const each of place.querySelectorAll(".close-modal")) each.ariaLabel = words.Close;
    for (const code of place.querySelectorAll("pre, .highlight-code > *, .body-param__example")) {
      if (code.scrollWidth > code.clientWidth || code.scrollHeight > code.clientHeight) code.tabIndex = 0;
    }
  };

  const ui = SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    filter: true,
    docExpansion: "none",
    validatorUrl: null,
    layout: "Parts",
    plugins: [layout],
    requestInterceptor: (request) => {
      if (!request.loadSpec && request.method !== "GET") {
        request.headers["X-CSRFToken"] = place.dataset.csrf;
      }
      return request;
    },
  });
  document.querySelector("[data-first]").addEventListener("click", () => {
    ui.layoutActions.show(["operations-tag", "programs"], true);
    ui.layoutActions.show(["operations", "programs", "programs_list"], true);
    setTimeout(() => document.getElementById("operations-programs-programs_list")?.scrollIntoView(), 100);
  });
  new MutationObserver(mend).observe(place, { childList: true, subtree: true, characterData: true });
});
