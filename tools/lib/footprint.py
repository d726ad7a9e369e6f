# SPDX-License-Identifier: MIT
"""Measures code, constants, RAM and stack of the core's client, as tools/footprint says.

usage: footprint.py explain TARGET

explain prints what costs most: the parts, the largest symbols, the deepest chain of calls.
"""
import collections
import dataclasses
import pathlib
import re
import subprocess
import sys

BUILD = pathlib.Path("build/footprint")
SOURCES = pathlib.Path("tests/footprint")
FLAGS = ["-std=c++17", "-Os", "-fno-exceptions", "-fno-rtti", "-ffunction-sections",
         "-fdata-sections", "-g", "-Iinclude"]


@dataclasses.dataclass
class Target:
    prefix: str          # of the tools' names
    compile: list
    link: list
    return_address: int  # bytes that a call itself puts on the stack
    non_call: str        # relocations by which code takes an address


TARGETS = {
    "Thumb-2": Target("arm-none-eabi-", ["-mcpu=cortex-m3", "-mthumb"],
                      ["--specs=nano.specs", "-nostartfiles", "-Wl,--entry=main"], 0,
                      r"R_ARM_ABS32"),
    "AArch64": Target("aarch64-linux-gnu-", ["-fno-pie"], ["-no-pie"], 0,
                      r"R_AARCH64_(ABS64|ADR_PREL_PG_HI21)"),
    "x86-64": Target("", ["-fno-pie"], ["-no-pie"], 8, r"R_X86_64_(64|32S?)"),
}

# The rows of the table: a header of core/, or several that serve one purpose.
PARTS = {
    "client": "client", "options": "client", "policies": "client",
    "handshake": "handshake", "backoff": "handshake", "key_trace": "handshake",
    "endpoint": "endpoint", "challenge": "challenge",
    "token_request": "http request", "managed_identity_id": "http request",
    "http_request": "http request",
    "http_response": "http response", "http_date": "http response",
    "json": "json", "json_block": "json", "json_string": "json",
    "token_response": "token response",
    "error": "error", "result": "error",
}
COMMON, LIBRARY = "ascii, buffer and other common code", "standard library"


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def part_of(place):
    """The row for a symbol, from the place of its definition; None for a stub."""
    header = re.search(r"/include/arc_identity/core/(\w+)\.hpp", place)
    if header:
        return PARTS.get(header[1], COMMON)
    if "footprint/client.cpp:" in place:
        return "client"
    return None if "footprint/stubs." in place else LIBRARY


@dataclasses.dataclass
class Symbol:
    name: str
    kind: str
    size: int
    part: str


class Program:
    """The linked client of a target, and how much it is larger than the same without the client."""

    def __init__(self, target):
        self.target = target
        self.folder = BUILD / (target.prefix.rstrip("-") or "native")
        self.folder.mkdir(parents=True, exist_ok=True)
        # One section for all stubs: each program has all of them.
        self.compile("stubs", "-fno-function-sections")
        self.compile("client", "-fcallgraph-info=su")
        self.compile("client", "-DWITHOUT_CLIENT", output="base")
        self.elf, self.base = self.link("client"), self.link("base")
        self.symbols = list(self.read_symbols())

    def tool(self, name, *arguments):
        return run(self.target.prefix + name, *arguments)

    def compile(self, source, *flags, output=None):
        self.tool("g++", *FLAGS, *self.target.compile, *flags, "-c", SOURCES / f"{source}.cpp", "-o",
                  self.folder / f"{output or source}.o")

    def link(self, name):
        elf = self.folder / f"{name}.elf"
        self.tool("g++", *self.target.compile, *self.target.link, "-Wl,--gc-sections",
                  self.folder / f"{name}.o", self.folder / "stubs.o", "-o", elf)
        return elf

    def sections(self, elf):
        """Bytes of each section."""
        rows = (line.split() for line in self.tool("size", "-A", elf).splitlines())
        return {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[1].isdigit()}

    def grown(self, *names):
        """By how many bytes these sections, and those below them, are larger with the client."""
        def total(elf):
            return sum(size for name, size in self.sections(elf).items()
                       if any(name == wanted or name.startswith(wanted + ".") for wanted in names))
        return total(self.elf) - total(self.base)

    @property
    def text(self):
        return self.grown(".text", ".plt")

    @property
    def rodata(self):
        return self.grown(".rodata", ".data.rel.ro")

    @property
    def ram(self):
        return self.grown(".data", ".bss") - self.grown(".data.rel.ro")

    def read_symbols(self):
        """Functions and constants of the client, and the texts of its functions. Inlined code counts
        where it stands; a text counts for each function that has it, though the linker keeps one."""
        base = {line.split()[-1] for line in self.tool("nm", self.base).splitlines()}
        part_of_name, addresses = {}, set()
        for line in self.tool("nm", "--print-size", "--line-numbers", self.elf).splitlines():
            symbol = re.match(r"(\w+) (\w+) ([tTwWvVrRu]) (\S+)\s*(.*)", line)
            if not symbol or (symbol[4] in base and symbol[4] != "main"):
                continue
            address, size, kind, name, place = symbol.groups()
            part = part_of(place)
            if part:
                part_of_name[name] = part
                if address not in addresses:  # A constructor has two names.
                    yield Symbol(name, "text" if kind in "tTwW" else "rodata", int(size, 16), part)
                addresses.add(address)
        for name, size in self.sections(self.folder / "client.o").items():
            function = re.match(r"\.rodata\.(.+)\.str1\.\d$", name)
            if function and function[1] in part_of_name:
                yield Symbol(f"texts of {function[1]}", "rodata", size, part_of_name[function[1]])

    def parts(self):
        """(text, rodata) of each part; what no symbol has is in the last row."""
        sums = collections.defaultdict(collections.Counter)
        for symbol in self.symbols:
            sums[symbol.part][symbol.kind] += symbol.size
        rows = {part: (sums[part]["text"], sums[part]["rodata"])
                for part in dict.fromkeys([*PARTS.values(), COMMON, LIBRARY])}
        rows["shared texts, alignment"] = (
            self.text - sum(text for text, _ in rows.values()),
            self.rodata - sum(rodata for _, rodata in rows.values()))
        return rows

    # --- The stack -------------------------------------------------------------------------------

    def stack(self, start):
        """The most bytes on the stack from the entry of `start`, its own frame included, and the
        chain of calls; frames of the policies and of the observer do not count."""
        graph = CallGraph((self.folder / "client.ci").read_text())
        graph.indirect = self.taken_addresses()
        graph.frames.update(self.library_frames(graph))
        return graph.deepest(graph.find(start))

    def taken_addresses(self):
        """Functions whose address is taken: a call through a pointer may reach each of them."""
        functions = {line.split()[-1] for line in self.tool("nm", self.folder / "client.o").splitlines()
                     if line.split()[-2] in "tTwW"}
        taken, section = set(), ""
        for line in self.tool("objdump", "-r", self.folder / "client.o").splitlines():
            heading = re.match(r"RELOCATION RECORDS FOR \[(.+)\]", line)
            if heading:
                section = heading[1]
            entry = re.match(rf"\w+ ({self.target.non_call})\s+(?:\.text\.)?([\w.]+?)(?:[+-]0x\w+)?$",
                             line)
            if entry and section.startswith((".text", ".rodata", ".data")):
                name = entry[entry.lastindex]
                if name in functions:
                    taken.add(name)
        return taken

    def library_frames(self, graph):
        """Frames of the functions that the compiler has not seen, and of what they call."""
        unseen = graph.callees() - graph.frames.keys()
        frames = {name: self.target.return_address for name in unseen}
        if self.target.prefix == "arm-none-eabi-":
            code = ThumbCode(self.tool("objdump", "-d", self.elf))
            frames.update({name: code.deepest(name) for name in unseen if name in code.frames})
        stubs = {line.split()[-1] for line in
                 self.tool("nm", "--defined-only", self.folder / "stubs.o").splitlines()}
        return {name: 0 if name in stubs else size for name, size in frames.items()}


class CallGraph:
    """What -fcallgraph-info=su has found out: frames in bytes and calls, tail calls among them."""

    INDIRECT = "__indirect_call"

    def __init__(self, text):
        self.frames, self.calls = {}, collections.defaultdict(set)
        self.indirect = set()
        for name, label in re.findall(r'^node: { title: "(?:[^":]+:)?([^"]+)" label: "([^"]*)"', text,
                                      re.MULTILINE):
            frame = re.search(r"(\d+) bytes \((.+)\)$", label)
            if frame:
                if frame[2] != "static":
                    sys.exit(f"{name}: the stack that it takes is {frame[2]}")
                self.frames[name] = int(frame[1])
        for caller, callee in re.findall(
                r'^edge: { sourcename: "(?:[^":]+:)?([^"]+)" targetname: "(?:[^":]+:)?([^"]+)"', text,
                re.MULTILINE):
            self.calls[caller].add(callee)

    def callees(self):
        return set().union(*self.calls.values()) - {self.INDIRECT}

    def find(self, part_of_name):
        names = [name for name in self.frames if part_of_name in name]
        if len(names) != 1:
            sys.exit(f"not one function, but: {names}")
        return names[0]

    def deepest(self, name, above=()):
        if name in above:
            sys.exit("recursion: " + " -> ".join([*above, name]))
        callees = self.calls[name]
        if self.INDIRECT in callees:
            callees = (callees - {self.INDIRECT}) | self.indirect
        below = max((self.deepest(callee, (*above, name)) for callee in callees), default=(0, []))
        return self.frames[name] + below[0], [(name, self.frames[name]), *below[1]]


class ThumbCode:
    """Frames in disassembled Thumb-2 code, for a C library that comes without a call graph."""

    def __init__(self, disassembly):
        self.frames, self.calls = collections.Counter(), collections.defaultdict(set)
        name = None
        for line in disassembly.splitlines():
            heading = re.match(r"\w+ <(.+)>:$", line)
            if heading:
                name = heading[1]
                self.frames[name] = 0
                continue
            fields = line.split("\t")
            if len(fields) >= 3:
                self.read(name, fields[2], " ".join(fields[3:]))

    def read(self, name, operation, operands):
        registers = re.search(r"{(.+?)}", operands)
        if operation.startswith("push") or (operation.startswith("stmdb") and "sp!" in operands):
            self.frames[name] += 4 * sum(self.count(word) for word in registers[1].split(", "))
        pre_indexed = re.search(r"\[sp, #-(\d+)\]!", operands)
        if pre_indexed:
            self.frames[name] += int(pre_indexed[1])
        lowered = re.match(r"sp, (?:sp, )?#(\d+)", operands)
        if operation.startswith("sub") and lowered:
            self.frames[name] += int(lowered[1])
        called = re.search(r"<([^+>]+)>", operands)
        if operation.startswith("b") and called and called[1] != name:
            self.calls[name].add(called[1])

    @staticmethod
    def count(registers):
        ends = re.findall(r"r(\d+)", registers)
        return int(ends[1]) - int(ends[0]) + 1 if len(ends) == 2 else 1

    def deepest(self, name, above=()):
        if name in above:
            return 0  # A jump back.
        return self.frames[name] + max(
            (self.deepest(callee, (*above, name)) for callee in self.calls[name]), default=0)


def demangle(names):
    out = run("c++filt", *names).splitlines() if names else []
    short = [re.sub(r"arc_identity::v0::(no_exceptions::)?", "", name) for name in out]
    short = [re.sub(r"std::basic_string_view<char, std::char_traits<char> >", "string_view", name)
             for name in short]
    return [name if len(name) < 110 else name[:107] + "..." for name in short]


def explain(name):
    program = Program(TARGETS[name])
    print(f"{name}: .text {program.text} + .rodata {program.rodata} = "
          f"{program.text + program.rodata} bytes; static RAM {program.ram} bytes\n")
    print("  .text .rodata  part")
    for part, (text, rodata) in program.parts().items():
        print(f"{text:7} {rodata:7}  {part}")

    print("\n  bytes          largest symbols")
    largest = sorted(program.symbols, key=lambda symbol: -symbol.size)[:40]
    for symbol, readable in zip(largest, demangle([symbol.name.replace("texts of ", "")
                                                   for symbol in largest])):
        what = "texts of " if symbol.name.startswith("texts of ") else ""
        print(f"{symbol.size:7} {symbol.kind:7} {what}{readable}")

    for start in ("main", "9get_tokenE"):
        depth, chain = program.stack(start)
        print(f"\n  bytes  stack from {demangle([chain[0][0]])[0]}: {depth}")
        for (_, frame), readable in zip(chain, demangle([name for name, _ in chain])):
            print(f"{frame:7}  {readable}")


def main():
    match sys.argv[1:]:
        case ["explain", name] if name in TARGETS:
            explain(name)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
