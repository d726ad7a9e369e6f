# SPDX-License-Identifier: MIT
"""plot.py FOLDER: draws the pictures of docs/performance.md into FOLDER, from docs/measurements.

The same measurements give the same bytes. Text remains text, so that it can be searched and read aloud. A
picture has no background, and its text has a colour that suits the page: see `for_any_page`.
"""

import dataclasses
import json
import pathlib
import re
import sys
import textwrap

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

MEASUREMENTS = pathlib.Path("docs/measurements")
WIDTH, MARGIN = 440, 4  # Pixels; a telephone shows about 360 of them.
ROW, BAR = 24, 15  # Heights of a row and of its bar.
TEXT, SMALL = 12.5, 10  # Font sizes.
INK = "#010203"  # Replaced by the page's text colour.
OURS, OTHERS = "#2f81c4", "#87909a"
COLOURS = {OURS: "ours", OTHERS: "others"}  # On a light page.

matplotlib.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "arc_identity", "font.family": "DejaVu Sans",
    "font.size": TEXT, "text.color": INK})


def load(name):
    return json.loads((MEASUREMENTS / f"{name}.json").read_text(encoding="ascii"))


# --- Bars ----------------------------------------------------------------------------------------

@dataclasses.dataclass
class Bar:
    label: str
    value: float
    value_text: str  # The value as printed after the bar.
    colour: str = OTHERS


@dataclasses.dataclass
class Picture:
    name: str
    title: str
    subtitle: str
    bars: list
    measured: dict  # With date, machine and command.

    def draw(self, folder):
        subtitle = textwrap.wrap(self.subtitle, 68)
        head = 30 + 16 * len(subtitle)
        height = head + ROW * len(self.bars) + 40
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)  # A point is a pixel.
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        axes.text(MARGIN, 16, self.title, weight="bold", size=TEXT + 1.5)
        for number, line in enumerate(subtitle):
            axes.text(MARGIN, 34 + 16 * number, line, size=SMALL + 1)
        self.draw_bars(axes, head)
        date, machine, command = (self.measured[key] for key in ("date", "machine", "command"))
        axes.text(MARGIN, height - 21, machine, size=SMALL - 0.5)
        axes.text(MARGIN, height - 7, f"{date}, {command}", size=SMALL - 0.5)
        path = folder / f"{self.name}.svg"
        figure.savefig(path, transparent=True, metadata={"Date": None, "Creator": None})
        path.write_text(for_any_page(path.read_text(encoding="utf-8"), self.title),
                        encoding="ascii")

    def draw_bars(self, axes, top):
        left = MARGIN + 10 + 7.3 * max(len(bar.label) for bar in self.bars)
        value_width = 14 + 7.6 * max(len(bar.value_text) for bar in self.bars)
        scale = (WIDTH - MARGIN - left - value_width) / max(bar.value for bar in self.bars)
        for number, bar in enumerate(self.bars):
            y = top + ROW * number
            axes.text(left - 8, y + BAR / 2, bar.label, ha="right", va="center_baseline")
            width = max(bar.value * scale, 1.5)
            axes.add_patch(Rectangle((left, y), width, BAR, color=bar.colour, lw=0))
            axes.text(left + width + 6, y + BAR / 2, bar.value_text,
                      va="center_baseline", weight="bold" if bar.colour == OURS else "normal")


def for_any_page(svg, title):
    """The output of matplotlib, with colours for a light and a dark page. If a viewer chooses wrongly, both
    are still readable, because neither is very light or very dark. Sizes are in pixels, and the font is the
    reader's."""
    style = ("<style>svg { color: #59626c } " +
             "".join(f".{name} {{ fill: {colour} }} " for colour, name in COLOURS.items()) +
             "@media (prefers-color-scheme: dark) { svg { color: #9aa4ae } "
             ".ours { fill: #4c9be0 } .others { fill: #6b747e } }</style>")
    svg = svg.replace(INK, "currentColor")
    for colour, name in COLOURS.items():
        svg = svg.replace(f'style="fill: {colour}"', f'class="{name}"')
    svg = re.sub(r'<svg ([^>]*)width="([\d.]+)pt" height="([\d.]+)pt"',
                 r'<svg role="img" \1width="\2" height="\3"', svg)
    svg = re.sub(r" *<metadata>.*?</metadata>\n", "", svg, flags=re.DOTALL)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", "'DejaVu Sans', Verdana, sans-serif", svg)
    # After the licence, the picture's title for screen readers.
    svg = re.sub(r"(<svg [^>]*>\n)", rf"\1 <title>{title}</title>\n {style}\n", svg, count=1)
    return svg.replace("?>\n", "?>\n<!-- SPDX-License-Identifier: MIT -->\n", 1)


# --- What is drawn -------------------------------------------------------------------------------

def microseconds(ns):
    return f"{ns / 1e3:.1f} us"


def steps_picture():
    measured = load("bench")
    took = measured["nanoseconds"]
    own = took["handshake_alone"]
    steps = {"sending and receiving, twice": 2 * took["send_and_receive"],
             "connecting and closing": took["connect_and_close/iterations:500"],
             "reading the key file": took["read_key_file"]}
    bars = [Bar(label, value, microseconds(value)) for label, value in steps.items()]
    bars.append(Bar("all that the library does", own, microseconds(own), OURS))
    return Picture("exchange_steps", "Where the time of an exchange goes",
                   "The kernel, the agent's thread and the files take nearly all", bars,
                   measured)


def cached_picture():
    measured = load("bench")
    took = measured["nanoseconds"]
    bars = []
    for name, text in (("same_key", "one token for all"), ("key_each", "a token each")):
        for threads in (1, 2, 4, 8):
            value = took.get(f"{name}/threads:{threads}")
            if value is not None:
                label = f"{threads} threads, {text}" if threads > 1 else "1 thread"
                bars.append(Bar(label, value, f"{value:.0f} ns", OURS))
    return Picture("cached_tokens", "A cached token",
                   f"What a call takes, as each of the threads sees it; {measured['cores']} cores",
                   bars, measured)


def main(folder):
    for picture in (steps_picture(), cached_picture()):
        picture.draw(pathlib.Path(folder))
        print(f"{picture.name}.svg")


if __name__ == "__main__":
    main(sys.argv[1])
