// SPDX-License-Identifier: MIT
//
// search_check.js SITE: fails unless the site's search finds what users look for.

const fs = require("fs");
const path = require("path");

const site = path.resolve(process.argv[2]);
const { find } = require(path.join(site, "search.js"));
const index = JSON.parse(fs.readFileSync(path.join(site, "search_index.js"), "utf8").replace(/^.*?= /, ""));

// A query, and what the title or the page of one of the first results begins with.
const expected = [
  ["token", "get_token"], ["get_token", "get_token"], ["himds", "Troubleshooting"], ["proxy", "Troubleshooting"],
  ["container", "Containers"], ["401", "Troubleshooting"], ["key directory", "key_directory"], ["nginx", "Deploy"],
  ["is_valid", "is_valid"],
];
let failed = 0;
for (const [query, wanted] of expected) {
  const first = find(index, query).slice(0, 10);
  const isThere = first.some(([title, page]) => [title, page].some((text) => text.startsWith(wanted)));
  if (isThere) continue;
  console.error(`search: ${query}: no ${wanted} in ${first.map(([title, page]) => `${title} (${page})`).join(", ")}`);
  ++failed;
}
if (find(index, "qwertz").length !== 0 || find(index, " ").length !== 0) {
  console.error("search: finds text that does not exist");
  ++failed;
}
console.log(`${index.length} sections, ${expected.length - failed} of ${expected.length} queries find what they should`);
process.exit(failed ? 1 : 0);
