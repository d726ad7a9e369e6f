// SPDX-License-Identifier: MIT
//
// The search of the site: finds words anywhere in names, headings and texts. search_index.js has the sections of
// all pages, as [title, page, address, text]; it is loaded on the first search.

/** The sections that have all words of the query, best first. */
function find(sections, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (const section of words.length ? sections : []) {
    const [title, page, , text] = section.map((part) => part.toLowerCase());
    let score = 0;
    const has = words.every((word) => {
      const at = title.indexOf(word);
      const startsWord = at === 0 || !/[a-z0-9]/.test(title[at - 1]);
      const inTitle = at < 0 ? 0 : (startsWord ? 50 : 30) + 50 * (word.length / title.length);
      const inPage = title !== page && page.includes(word) ? 10 : 0;
      const inText = Math.min(text.split(word).length - 1, 9);
      score += inTitle + inPage + inText;
      return inTitle + inPage + inText > 0;
    });
    if (has) found.push([score, section]);
  }
  return found.sort((a, b) => b[0] - a[0]).map(([, section]) => section);
}

/** The part of the text around the first of the words found in it. */
function excerpt(text, query) {
  const at = query.toLowerCase().split(/\s+/).map((word) => text.toLowerCase().indexOf(word)).find((i) => i >= 0) ?? 0;
  const begin = Math.max(at - 40, 0);
  return (begin > 0 ? "..." : "") + text.slice(begin, begin + 120);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function addSearch() {
  const box = element("input", { type: "search", placeholder: "Search", ariaLabel: "Search", autocomplete: "off" });
  const list = element("div", { id: "search-results" });
  document.getElementById("titlearea").append(element("div", { id: "search" }, box, list));
  const show = () => {
    const best = typeof searchIndex === "undefined" ? [] : find(searchIndex, box.value).slice(0, 30);
    const entry = ([title, page, url, text]) =>
      element("a", { href: url }, element("b", {}, title), title === page ? "" : ` ${page}`,
        element("span", {}, excerpt(text, box.value)));
    const nothing = box.value.trim() ? [element("p", {}, "Nothing found")] : [];
    list.replaceChildren(...(best.length ? best.map(entry) : nothing));
  };
  box.addEventListener("focus", () => {
    document.head.append(element("script", { src: "search_index.js", onload: show }));
  }, { once: true });
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("a")?.click();
    if (event.key === "Escape") box.value = "", show();
  });
}

if (typeof document === "undefined") module.exports = { find };
else document.addEventListener("DOMContentLoaded", addSearch);
