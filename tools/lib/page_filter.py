#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""page_filter.py FILE.md: the page as Doxygen takes it, on standard output.

The pages are written to be read in the repository. For the site, a page is named for its file, or for the
folder whose README it is; headings have the same anchors as in the repository, links to other pages, public
headers and examples lead to their pages, and links to other files become plain text. Comments are removed.
Bold text and code are written so that Doxygen 1.9.4 recognizes them.
"""

import collections
import os
import re
import sys


def slug(heading):
    """The anchor of a heading, as hosts of repositories make it."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", "-")


def name(path):
    """The page's name: its file's, or for the README of a folder, the folder's."""
    folder = os.path.dirname(os.path.relpath(path))
    if folder and os.path.basename(path) == "README.md":
        path = folder
    return os.path.splitext(os.path.basename(path))[0].lower().replace(".", "_")


def example_page(file):
    return "example_" + re.sub(r"\W", "_", file)


def anchor(page, fragment):
    """An anchor that is ASCII and unique in the site; for an error, its name."""
    if page == "troubleshooting":
        return fragment
    spelled = "".join(c if c.isascii() else f"u{ord(c):x}" for c in fragment)
    return f"{page}_{spelled}".replace("-", "_")


PUBLIC_HEADER = r"(?:\.\./)*(?:include/)?((?<=include/).+\.hpp|c/.+\.h)$"

# Doxygen starts no bold text before code or after a letter that is not ASCII, and ends code at an
# apostrophe unless its marks are doubled.
CODE_OR_BOLD = r"`[^`\n]*`|\*\*((?:`[^`\n]*`|[^*`\n])+)\*\*"
CODE = r"(?<!`)`([^`\n]+)`(?!`)"


def code(match):
    return f"`{match[0]}`" if "'" in match[1] else match[0]


def bold(match):
    return match[0] if match[1] is None else f"<b>{match[1]}</b>"


class Filter:
    def __init__(self, path):
        self.path = path
        self.page = name(path)
        self.slugs = collections.Counter()
        self.examples = []

    def link(self, match):
        image, text, target = match.groups()
        if image or re.match(r"\w+:", target):
            return match.group(0)
        target, _, fragment = target.partition("#")
        header = re.match(PUBLIC_HEADER, target)
        if header:
            return f"[{text.strip('`')}](@ref {header[1]})"
        path = os.path.join(os.path.dirname(self.path), target) if target else self.path
        example = re.fullmatch(r"examples/(.+\.(?:cpp|hpp|c|py))", os.path.relpath(path))
        if example:
            is_list = self.page == "examples"
            self.examples += [example[1]] if is_list else []
            return f'@{"subpage" if is_list else "ref"} {example_page(example[1])} "{text.strip("`")}"'
        if not path.endswith(".md"):
            return text
        if not os.path.exists(path):
            sys.exit(f"{self.path}: no page {target}")
        page = name(path)
        if fragment:
            return f"[{text}](#{anchor(page, fragment)})"
        return f"[{text}](@ref {'index' if page == 'index' else page})"

    def heading(self, match):
        marks, text = match.groups()
        if marks == "#":
            text = {"readme": "README", "readme_ja": "README (Japanese)"}.get(self.page, text)
            return f"# {text} {{#{self.page}}}" if self.page != "index" else f"# {text}"
        fragment = slug(text)
        self.slugs[fragment] += 1
        if self.slugs[fragment] > 1:  # Another heading with the same text.
            fragment += f"-{self.slugs[fragment] - 1}"
        return f"{marks} {text} {{#{anchor(self.page, fragment)}}}"

    def run(self, text):
        text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL).lstrip("\n")
        parts = re.split(r"(^```.*?^```$)", text, flags=re.DOTALL | re.MULTILINE)
        for i in range(0, len(parts), 2):  # What is between blocks of code.
            parts[i] = re.sub(r"^(#+) (.*)$", self.heading, parts[i], flags=re.MULTILINE)
            parts[i] = re.sub(CODE_OR_BOLD, bold, parts[i])
            parts[i] = re.sub(CODE, code, parts[i])
            parts[i] = re.sub(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", self.link, parts[i])
        # Each example that this page links to gets a page below it.
        pages = [f"\n@page {example_page(file)} {file}\n@include {file}\n" for file in self.examples]
        return "".join(parts + pages)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.write(Filter(sys.argv[1]).run(file.read()))


if __name__ == "__main__":
    main()
