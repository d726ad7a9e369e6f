# SPDX-License-Identifier: MIT
"""The maximum stack of a function and everything it calls, from the compiler's output.

usage: stack_bound.py FUNCTION IMAGE OBJECT...

Prints the bytes for FUNCTION, part of a mangled name, in IMAGE, a Thumb-2 program linked from the OBJECTs,
next to each of which is the output of -fcallgraph-info=su.
"""
import collections
import pathlib
import re
import subprocess
import sys


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


class CallGraph:
    """Frames in bytes, and calls, from -fcallgraph-info=su. A tail call counts as a call, so the bound may
    be too high, but is never too low."""

    NODE = re.compile(r'^node: { title: "(?:[^":]+:)?([^"]+)" label: "([^"]*)"', re.MULTILINE)
    EDGE = re.compile(r'^edge: { sourcename: "(?:[^":]+:)?([^"]+)" targetname: "(?:[^":]+:)?([^"]+)"',
                      re.MULTILINE)
    INDIRECT = "__indirect_call"

    def __init__(self, objects, tools):
        self.frames, self.calls = {}, collections.defaultdict(set)
        for path in objects:
            self.read(pathlib.Path(path).with_suffix(".ci").read_text())
        self.addressable = set().union(*(addresses_taken(path, tools) for path in objects))
        self.deepest_of = {}

    def read(self, text):
        for name, label in self.NODE.findall(text):
            frame = re.search(r"(\d+) bytes \((.+)\)$", label)
            if frame:
                if frame[2] != "static":
                    sys.exit(f"{name}: its frame is {frame[2]}")
                self.frames[name] = max(int(frame[1]), self.frames.get(name, 0))
        for caller, callee in self.EDGE.findall(text):
            self.calls[caller].add(callee)

    def find(self, part_of_name):
        names = [name for name in self.frames if part_of_name in name]
        if len(names) != 1:
            sys.exit(f"{part_of_name}: not one function, but {names}")
        return names[0]

    def unseen(self):
        """Functions that are called, but were not compiled here."""
        return set().union(*self.calls.values()) - self.frames.keys() - {self.INDIRECT}

    def deepest(self, name, above=()):
        """The stack from the entry of `name` on, in bytes, and the chain of (function, frame) that needs it."""
        if name in above:
            sys.exit("recursion: " + " -> ".join([*above, name]))
        if name not in self.deepest_of:
            callees = self.calls[name]
            if self.INDIRECT in callees:
                callees = (callees - {self.INDIRECT}) | self.addressable
            below, chain = max((self.deepest(callee, (*above, name)) for callee in callees),
                               default=(0, []))
            frame = self.frames[name]
            self.deepest_of[name] = frame + below, [(name, frame), *chain]
        return self.deepest_of[name]


def addresses_taken(path, tools):
    """Functions of an object whose address is taken: a call through a pointer may reach each of them."""
    functions = {line.split()[-1] for line in run(f"{tools}nm", "--defined-only", path).splitlines()
                 if line.split()[-2] in "tTwW"}
    taken, section = set(), ""
    # x86-64 code that is not position-independent has no addresses relative to the instruction.
    call = re.compile(r"R_(ARM_THM_(CALL|JUMP)|AARCH64_(CALL|JUMP)|X86_64_P)")
    for line in run(f"{tools}objdump", "--reloc", path).splitlines():
        heading = re.match(r"RELOCATION RECORDS FOR \[(.+)\]", line)
        # An entry with another offset is a place within the function, as in a jump table.
        entry = re.match(r"\w+ (R_\w+)\s+(?:\.text\.)?([\w.]+?)$", line)
        if heading:
            section = heading[1]
        elif entry and section.startswith((".text", ".rodata", ".data")) and not call.match(entry[1]):
            taken.update({entry[2]} & functions)
    return taken


class ThumbCode:
    """Disassembled Thumb-2 code, for the frames of a C library that comes without a call graph."""

    def __init__(self, disassembly):
        self.frames, self.calls = collections.Counter(), collections.defaultdict(set)
        name = None
        for line in disassembly.splitlines():
            heading = re.match(r"\w+ <(.+)>:$", line)
            fields = line.split("\t")
            if heading:
                name = heading[1]
                self.frames[name] = 0
            elif len(fields) >= 3:
                self.read(name, fields[2], " ".join(fields[3:]))

    def read(self, name, operation, operands):
        lowered = re.match(r"sp, (?:sp, )?#(\d+)", operands)
        stored = re.search(r"\[sp, #-(\d+)\]!", operands)
        called = re.search(r"<([^+>]+)>", operands)
        if operation.startswith("push") or (operation.startswith("stmdb") and "sp!" in operands):
            self.frames[name] += 4 * sum(map(self.count, re.search(r"{(.+)}", operands)[1].split(", ")))
        elif operation.startswith("sub") and lowered:
            self.frames[name] += int(lowered[1])
        elif stored:
            self.frames[name] += int(stored[1])
        elif operation.startswith("b") and called and called[1] != name:
            self.calls[name].add(called[1])

    @staticmethod
    def count(registers):
        """1 for "lr", 3 for "r4-r6"."""
        ends = re.findall(r"\d+", registers)
        return int(ends[1]) - int(ends[0]) + 1 if len(ends) == 2 else 1

    def deepest(self, name, above=()):
        if name in above:
            return 0  # A jump back.
        return self.frames[name] + max(
            (self.deepest(callee, (*above, name)) for callee in self.calls[name]), default=0)


def thumb_bound(function, image, objects, tools="arm-none-eabi-", stubs=()):
    """As `CallGraph.deepest`. Functions in `stubs` count as zero."""
    graph, code = CallGraph(objects, tools), ThumbCode(run(f"{tools}objdump", "-d", image))
    # The compiler does not count registers that a function stores next to its stack arguments if one argument
    # is partly in registers and partly on the stack.
    for name, frame in graph.frames.items():
        graph.frames[name] = max(frame, code.frames.get(name, 0))
    for name in graph.unseen():
        if name not in code.frames:
            sys.exit(f"{name}: not in {image}")
        graph.frames[name] = 0 if name in stubs else code.deepest(name)
    return graph.deepest(graph.find(function))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    print(thumb_bound(sys.argv[1], sys.argv[2], sys.argv[3:])[0])


if __name__ == "__main__":
    main()
