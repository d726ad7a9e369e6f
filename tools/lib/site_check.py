#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""site_check.py SITE: fails on a link within the site that leads nowhere, on a page without contents, and on
Markdown that is shown to the reader unrendered.

site_check.py --errors MESSAGES HEADER PAGE: fails unless the page on troubleshooting has a section
for each value of errc, with the message that the file MESSAGES has for it, and a row with its number.

site_check.py --update MESSAGES HEADER PAGE: puts those messages into the sections.
"""

import html.parser
import os
import re
import sys
import urllib.parse


CODE_TAGS = {"code", "pre", "script", "style"}
CODE_CLASSES = {"fragment", "paramtype", "memname", "memItemLeft", "memItemRight"}
VOID_TAGS = {"area", "br", "hr", "img", "input", "link", "meta"}


class Page(html.parser.HTMLParser):
    """The anchors, links and text of a page. The text is a list of pairs: a piece, and whether it is code."""

    def __init__(self, path):
        super().__init__()
        self.anchors = set()
        self.links = []
        self.text = []
        self.open = []  # The enclosing elements: pairs of a tag and whether its contents are code.
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.is_empty = re.search(r'<div class="contents">\s*</div>', text) is not None
        self.feed(text)

    def in_code(self):
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag, attributes):
        self.handle_startendtag(tag, attributes)
        if tag not in VOID_TAGS:
            is_code = tag in CODE_TAGS or dict(attributes).get("class") in CODE_CLASSES
            self.open.append((tag, is_code or self.in_code()))

    def handle_startendtag(self, tag, attributes):
        attributes = dict(attributes)
        for key in ("id", "name"):
            if attributes.get(key):
                self.anchors.add(attributes[key])
        for key in ("href", "src", "data"):
            if attributes.get(key):
                self.links.append(attributes[key])

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        self.text.append((text, self.in_code()))


def marks_in(pages):
    """Markdown that Doxygen did not recognize: bold, code, and options and quotes that should be code (the
    sources are ASCII); \\ilinebr is the end of a table row that it did not find."""
    faults = []
    for path, page in sorted(pages.items()):
        for text, is_code in page.text:
            if "\\ilinebr" in text or (not is_code and re.search(r"\*\*|[`\u2013\u2018\u2019]", text)):
                faults.append(f"{path}: not shown as it is meant: {text.strip()[:100]}")
    return faults


def check_site(site):
    names = {os.path.join(folder, file) for folder, _, files in os.walk(site) for file in files}
    pages = {path: Page(path) for path in names if path.endswith(".html")}
    empty = [f"{path}: has no contents" for path, page in sorted(pages.items()) if page.is_empty]
    return links_in(pages, names) + empty + marks_in(pages)


def links_in(pages, names):
    dead = set()
    count = 0
    for path, page in sorted(pages.items()):
        for link in page.links:
            url = urllib.parse.urlsplit(link)
            if url.scheme or url.netloc:
                continue
            count += 1
            target = path
            if url.path:
                target = os.path.normpath(
                    os.path.join(os.path.dirname(path), urllib.parse.unquote(url.path)))
            fragment = urllib.parse.unquote(url.fragment)
            if target not in names:
                dead.add(f"{path}: {link}: no such file")
            elif fragment and target in pages and fragment not in pages[target].anchors:
                dead.add(f"{path}: {link}: no such anchor")
    print(f"{len(pages)} pages, {count} links within the site, {len(dead)} of them dead")
    return sorted(dead)


def read_errors(header):
    with open(header, encoding="utf-8") as file:
        body = re.search(r"enum class errc[^{]*\{(.*?)\};", file.read(), re.DOTALL).group(1)
    return re.findall(r"^\s*(\w+)(?: = \d+)?,", body, re.MULTILINE)


def read_messages(path):
    with open(path, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(": ", 1) for line in file)


def update_messages(messages, page):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    for error, message in read_messages(messages).items():
        text = re.sub(rf"(\n### {error}\n+```text\n).*(\n```\n)",
                      lambda match, message=message: match[1] + message + match[2], text)
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)


def check_errors(messages, header, page):
    messages = read_messages(messages)
    with open(page, encoding="utf-8") as file:
        text = file.read()
    sections = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    sections = dict(section.split("\n", 1) for section in sections)
    errors = read_errors(header)
    faults = []
    for section in sections:
        if section not in errors:
            faults.append(f"{page}: {section} is no errc")
    for number, error in enumerate(errors, 1):
        if error not in messages:
            faults.append(f"docs/messages.cpp does not produce {error}")
        elif error not in sections:
            faults.append(f"{page}: no section: ### {error}")
        elif f"```text\n{messages[error]}\n```" not in sections[error]:
            faults.append(f"{page}: {error}: the message is: {messages[error]}")
        if f"\n| {number} | [{error}](#{error}) |" not in text:
            faults.append(f"{page}: no row: | {number} | [{error}](#{error}) |")
    print(f"{len(errors)} errors, {len(faults)} faults of their sections")
    return faults


def main():
    if sys.argv[1] == "--update":
        update_messages(sys.argv[2], sys.argv[4])
    if sys.argv[1] in ("--errors", "--update"):
        faults = check_errors(*sys.argv[2:5])
    else:
        faults = check_site(os.path.normpath(sys.argv[1]))
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
