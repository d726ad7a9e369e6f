# SPDX-License-Identifier: MIT
"""Measures code, constants, RAM and stack of a whole client; see docs/footprint.md.

usage: footprint.py write | check | explain TARGET

write updates the figures in docs/footprint.md. check fails if one is larger than there. explain prints the
parts, the largest symbols and the deepest chain of calls for a target.
"""
import collections
import dataclasses
import functools
import pathlib
import re
import sys

import stack_bound
from stack_bound import run

DOCUMENT = pathlib.Path("docs/footprint.md")
BEGIN, END = "<!-- footprint: begin -->\n", "<!-- footprint: end -->\n"
SOURCES, BUILD = pathlib.Path("tests/footprint"), pathlib.Path("build/footprint")
FLAGS = ["-std=c++17", "-Os", "-fno-exceptions", "-fno-rtti", "-ffunction-sections",
         "-fdata-sections"]
GARBAGE = "-Wl,--gc-sections"


@dataclasses.dataclass
class Target:
    name: str
    tools: str  # The prefix of its tools.
    compile: list
    link: list
    return_address: int  # Bytes that a call instruction pushes.


TARGETS = [
    Target("Thumb-2", "arm-none-eabi-", ["-mcpu=cortex-m3", "-mthumb"],
           ["--specs=nano.specs", "-nostartfiles", "-Wl,--entry=main"], 0),
    Target("Thumb-2 small", "arm-none-eabi-",
           ["-mcpu=cortex-m3", "-mthumb", "-DARC_IDENTITY_SMALL"],
           ["--specs=nano.specs", "-nostartfiles", "-Wl,--entry=main"], 0),
    Target("AArch64", "aarch64-linux-gnu-", ["-fno-pie"], ["-no-pie"], 0),
    Target("x86-64", "", ["-fno-pie"], ["-no-pie"], 8),
]

# The rows of the table, and the headers or folders of core/ in each.
PARTS = {
    "client": ["client", "options"],
    "handshake": ["handshake", "exchange"],
    "endpoint": ["endpoint"],
    "request": ["token_request", "managed_identity_id"],
    "http": ["http"],
    "challenge": ["challenge"],
    "json": ["json"],
    "token response": ["token_response"],
    "error": ["error", "result", "detail/static_text"],
    "ascii, buffer and other": [],
}
*_, OTHER = PARTS
LIBRARY, SHARED = "standard library", "shared texts, alignment"
ROW_OF = {header: row for row, headers in PARTS.items() for header in headers}


def row_of(place):
    """The table's row for a symbol that is defined at `place`; None for a stub."""
    header = re.search(r"include/arc_identity/core/(((\w+)(?:/\w+)?)\.hpp):", place)
    if header:
        return ROW_OF.get(header[2]) or ROW_OF.get(header[3], OTHER)
    if "footprint/client.cpp:" in place:
        return "client"
    return None if "footprint/stubs.cpp:" in place else LIBRARY


@dataclasses.dataclass
class Symbol:
    name: str
    section: str
    size: int
    row: str


class Program:
    """The linked client of a target, and how much larger it is than the program without the client."""

    def __init__(self, target):
        self.target = target
        self.folder = BUILD / target.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.stubs = self.compile("stubs", "stubs", "-fno-function-sections")  # One, for both.
        self.object = self.compile("client", "client", "-fcallgraph-info=su")
        self.image = self.link("client", self.object)
        self.base = self.link("base", self.compile("client", "base", "-DWITHOUT_CLIENT"))
        self.symbols = list(self.read_symbols())

    def tool(self, name, *arguments):
        return run(self.target.tools + name, *arguments)

    def compile(self, source, name, *flags):
        output = self.folder / f"{name}.o"
        self.tool("g++", *FLAGS, "-g", *self.target.compile, *flags, "-Iinclude", "-c",
                  SOURCES / f"{source}.cpp", "-o", output)
        return output

    def link(self, name, source):
        output = self.folder / f"{name}.elf"
        self.tool("g++", *self.target.compile, *self.target.link, GARBAGE, source, self.stubs,
                  "-o", output)
        return output

    @functools.cache
    def sections(self, path):
        """Bytes of each section."""
        rows = (line.split() for line in self.tool("size", "--format=sysv", path).splitlines())
        return {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[1].isdigit()}

    def grown(self, *names):
        """How many bytes larger these sections, and those below them, are with the client."""
        def total(path):
            return sum(size for section, size in self.sections(path).items()
                       if any(f"{section}.".startswith(f"{name}.") for name in names))
        return total(self.image) - total(self.base)

    @property
    def text(self):
        return self.grown(".text", ".plt")

    @property
    def rodata(self):
        return self.grown(".rodata")

    @property
    def ram(self):
        return self.grown(".data", ".bss")

    def read_symbols(self):
        """Functions and constants of the client, and the texts of its functions. A text counts for each
        function that uses it, although the linker merges equal ones."""
        base = {line.split()[-1] for line in self.tool("nm", self.base).splitlines()} - {"main"}
        row_of_name, addresses = {}, set()
        for line in self.tool("nm", "--print-size", "--line-numbers", self.image).splitlines():
            found = re.match(r"(\w+) (\w+) ([tTwWvVrRu]) (\S+)\s*(.*)", line)
            if not found or found[4] in base:
                continue
            address, size, kind, name, place = found.groups()
            row = row_of(place)
            if row and address not in addresses:  # A constructor has two symbols.
                yield Symbol(name, ".text" if kind in "tTwW" else ".rodata", int(size, 16), row)
            row_of_name[name] = row
            addresses.add(address)
        for name, size in self.sections(self.object).items():
            function = re.match(r"\.rodata\.(.+)\.str1\.\d$", name)
            if function and row_of_name.get(function[1]):
                yield Symbol(f"texts of {function[1]}", ".rodata", size, row_of_name[function[1]])

    def rows(self):
        """Bytes of .text and of .rodata of each part. Bytes without a symbol count in the last part."""
        sums = collections.Counter()
        for symbol in self.symbols:
            sums[symbol.row, symbol.section] += symbol.size
        rows = {row: (sums[row, ".text"], sums[row, ".rodata"]) for row in (*PARTS, LIBRARY)}
        rows[SHARED] = (self.text - sum(text for text, _ in rows.values()),
                        self.rodata - sum(rodata for _, rodata in rows.values()))
        return rows

    def stack(self, function):
        """The stack in bytes, and the chain of calls that needs it; see stack_bound.py."""
        stubs = {line.split()[-1] for line in
                 self.tool("nm", "--defined-only", self.stubs).splitlines()}
        if self.target.tools == "arm-none-eabi-":
            return stack_bound.thumb_bound(function, self.image, [self.object], stubs=stubs)
        graph = stack_bound.CallGraph([self.object], self.target.tools)
        for name in graph.unseen():
            graph.frames[name] = 0 if name in stubs else self.target.return_address
        return graph.deepest(graph.find(function))

    def compiler(self):
        return self.tool("g++", "--version").splitlines()[0]


def smallest_program(*flags):
    """The size in bytes of the stripped program that prints a token, for this machine."""
    output = BUILD / "print_token"
    run("g++", *FLAGS, "-fno-asynchronous-unwind-tables", "-Iinclude", *flags, GARBAGE, "-s",
        SOURCES / "print_token.cpp", "-o", output)
    return output.stat().st_size


# --- The document --------------------------------------------------------------------------------

def table(head, rows):
    for cells in (head, ["---"] + ["---:"] * (len(head) - 1), *rows):
        yield "| " + " | ".join(str(cell) for cell in cells) + " |"


def report():
    programs = [Program(target) for target in TARGETS]
    names = [target.name for target in TARGETS]
    parts = [program.rows() for program in programs]

    yield f"Flags: `{' '.join(FLAGS)} {GARBAGE}`\n"
    for program in programs:
        flags = " ".join([*program.target.compile, program.target.link[0]])
        yield f"- {program.target.name}: {program.compiler()}, with `{flags}`"
    yield "\nBytes, by part:\n"
    yield from table(
        ["part", *(f"{name} {section}" for name in names for section in (".text", ".rodata"))],
        [*([part, *(size for rows in parts for size in rows[part])] for part in parts[0]),
         ["whole", *(size for program in programs for size in (program.text, program.rodata))]])
    yield "\nBytes, of the whole client:\n"
    yield from table(
        ["whole client", *names],
        [["`.text` and `.rodata`", *(program.text + program.rodata for program in programs)],
         ["static RAM", *(program.ram for program in programs)],
         ["stack of `get_token`",
          *(program.stack("get_one_token")[0] for program in programs)],
         ["the same, with the client and the result on the stack",
          *(program.stack("main")[0] for program in programs)]])
    yield "\nBytes, of the smallest program that prints a token, stripped, without unwind tables:\n"
    yield from table(["program", "x86-64"],
                     [["dynamic", smallest_program()],
                      ["dynamic, linked by LLVM's lld", smallest_program("-fuse-ld=lld")],
                      ["dynamic, small", smallest_program("-DARC_IDENTITY_SMALL")],
                      ["static", smallest_program("-static")]])


def split_document():
    before, rest = DOCUMENT.read_text(encoding="ascii").split(BEGIN)
    block, after = rest.split(END)
    return before, block, after


def figures(block):
    """{(row, column): number} of the tables in a block, and its other lines."""
    numbers, others, head = {}, [], None
    for line in block.splitlines():
        if not line.startswith("|"):
            head = None
            others.append(line)
            continue
        first, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if head is None:
            head = cells
        elif first != "---":
            numbers.update({(first, column): int(cell) for column, cell in zip(head, cells)})
    return numbers, others


def write():
    before, _, after = split_document()
    block = "\n".join(report()) + "\n"
    DOCUMENT.write_text(before + BEGIN + block + END + after, encoding="ascii")
    print(block)


def complaints(documented_block, measured_block):
    """What makes the check fail."""
    documented, documented_others = figures(documented_block)
    measured, others = figures(measured_block)
    if documented.keys() != measured.keys() or documented_others != others:
        return [f"{DOCUMENT} has other rows, flags or compilers; run: tools/footprint"]
    grown = [f"{row}, {column}: {size}, more than {documented[row, column]}"
             for (row, column), size in measured.items() if size > documented[row, column]]
    return [*grown, "The above has grown. To accept it: tools/footprint"] if grown else []


def check():
    documented, measured = split_document()[1], "\n".join(report()) + "\n"
    print(measured)
    if complaints(documented, measured):
        sys.exit("\n".join(complaints(documented, measured)))
    if documented != measured:
        print(f"Some figures are smaller than in {DOCUMENT}; to update it: tools/footprint")


# --- What costs most -----------------------------------------------------------------------------

def readable(names):
    plain = [name.removeprefix("texts of ") for name in names]
    for name, text in zip(names, run("c++filt", *plain).splitlines()):
        text = re.sub(r"arc_identity::v0\w*::", "", text)
        text = text.replace("std::basic_string_view<char, std::char_traits<char> >", "string_view")
        text = text if len(text) < 100 else text[:97] + "..."
        yield "texts of " + text if name.startswith("texts of ") else text


def explain(target):
    program = Program(target)
    print(f"{target.name}: {program.text + program.rodata} bytes of .text and .rodata, "
          f"{program.ram} of static RAM\n\n  .text .rodata")
    for row, (text, rodata) in program.rows().items():
        print(f"{text:7} {rodata:7}  {row}")
    print(f"{program.text:7} {program.rodata:7}  whole\n\nThe largest symbols:")
    largest = sorted(program.symbols, key=lambda symbol: -symbol.size)[:60]
    for symbol, name in zip(largest, readable([symbol.name for symbol in largest])):
        print(f"{symbol.size:7} {symbol.section:7}  {name}")
    depth, chain = program.stack("main")
    print(f"\nThe deepest stack, {depth} bytes:")
    for (_, frame), name in zip(chain, readable([name for name, _ in chain])):
        print(f"{frame:7}  {name}")


def main():
    match sys.argv[1:]:
        case ["write"]:
            write()
        case ["check"]:
            check()
        case ["explain", name] if name in (target.name for target in TARGETS):
            explain(next(target for target in TARGETS if target.name == name))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
