#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""site_finish.py SITE: sets the language of each page, adds the search to it, and writes the search index."""

import html.parser
import json
import pathlib
import re
import sys

HEADINGS = {"h1", "h2", "h3"}
# Pages that only list the contents of others.
LISTS = re.compile(r"(.*-members|dir_.*|files|annotated|classes|hierarchy|functions.*|namespacemembers.*|globals.*)\.html")


class Sections(html.parser.HTMLParser):
    """The sections of a page: title, anchor, text."""

    def __init__(self, text):
        super().__init__()
        self.title = ""
        self.found = []
        self.heading = None  # Parts of the section being read.
        self.anchor = ""
        self.is_title = self.is_script = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.is_title |= tag == "title"
        self.is_script |= tag == "script"
        if attributes.get("class") == "contents":
            self.found.append((self.title, "", []))
        if tag in HEADINGS and self.found and attributes.get("class") != "groupheader":
            self.heading = []
        if tag == "a" and attributes.get("id"):
            self.anchor = attributes["id"]

    def handle_endtag(self, tag):
        if tag in HEADINGS and self.heading is not None:
            title = re.sub(r"^\u25c6\s*|\(\)|\s*\[\d+/\d+\]", "", "".join(self.heading).strip())
            self.found.append((title, self.anchor, []))
            self.heading = None
        self.is_title &= tag != "title"
        self.is_script &= tag != "script"

    def handle_data(self, text):
        if self.is_title:
            self.title += re.sub("^arc_identity: | (Struct|Class|Namespace|File)?( Template)? Reference$", "", text)
        elif self.heading is not None:
            self.heading.append(text)
        elif self.found and not self.is_script:
            self.found[-1][2].append(text)


def main(site):
    index = []
    for path in sorted(site.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        language = "ja" if path.name == "readme_ja.html" else "en"
        text = text.replace("<html ", f'<html lang="{language}" ', 1)
        path.write_text(text.replace("</head>", '<script src="search.js"></script>\n</head>', 1), encoding="utf-8")
        if LISTS.fullmatch(path.name):
            continue
        page = Sections(text)
        for title, anchor, pieces in page.found:
            words = re.sub(r"\s+", " ", "".join(pieces)).strip()
            index.append([title, page.title, path.name + (f"#{anchor}" if anchor else ""), words])
    (site / "search_index.js").write_text("var searchIndex = " + json.dumps(index, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
