#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the reference of the plugin's elements, a page for each.

What there is comes from gst-inspect-1.0, what it means from the doc blocks of
the sources (docs/architecture.md tells how they look). What is there without
being described, or described without being there, is an error.

usage: generate.py [--check]

With --check nothing is written, and a page that would change is an error.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import textwrap

PLUGIN = "rtms"
FOLDER = pathlib.Path(__file__).resolve().parent
SOURCES = sorted((FOLDER.parent.parent / "gst/rtms").glob("*.c"))
# What every GObject, GstElement and GstBin has.
INHERITED_PROPERTIES = {"name", "parent", "async-handling", "message-forward"}
INHERITED_SIGNALS = {
    "pad-added", "pad-removed", "no-more-pads", "element-added",
    "element-removed", "deep-element-added", "deep-element-removed",
    "do-latency",
}
# Kinds of doc blocks, in the order of the page.
KINDS = {
    "message": ("Element messages", "Messages of type `element` on the bus, "
                "told apart by the name of their structure."),
    "event": ("Custom events", "Downstream events that go along with the "
              "buffers, told apart by the name of their structure."),
    "query": ("Queries", ""),
    "meta": ("Metas", ""),
    "stats": ("Statistics", ""),
    "structure": ("Structures", "What the arguments of signals hold."),
    "error": ("Error details", "Structures that errors and warnings on the "
              "bus carry as their details."),
    "uri": ("URIs", ""),
}
# gst-inspect-1.0's names of types that we call by GLib's.
TYPES = {
    "Boolean": "gboolean", "String": "string", "Integer": "gint",
    "Unsigned Integer": "guint", "Integer64": "gint64",
    "Unsigned Integer64": "guint64", "Double": "gdouble",
}
WIDTH = 79


class Problems:
    """What is wrong, told all at once."""

    def __init__(self):
        self.lines = []

    def add(self, line):
        if line not in self.lines:
            self.lines.append(line)


# The sources' side


class Block:
    """A doc block: its first line, its @fields and its text."""

    def __init__(self, title, fields, text):
        self.title = title
        self.fields = fields
        self.text = text


def parse_block(comment):
    lines = [re.sub(r"^\s*\* ?", "", line) for line in comment.split("\n")]
    lines = [line.rstrip() for line in lines]
    while lines and not lines[0]:
        lines.pop(0)
    title = lines.pop(0).rstrip(":")
    fields = []
    while lines and (not lines[0] or lines[0].startswith("@")
                     or (fields and lines[0].startswith(" "))):
        line = lines[0]
        if not line and fields:
            break
        lines.pop(0)
        if line.startswith("@"):
            name, _, text = line[1:].partition(":")
            fields.append([name.strip(), text.strip()])
        elif line.startswith(" ") and fields:
            fields[-1][1] += " " + line.strip()
    text = "\n".join(lines).strip("\n")
    return Block(title, fields, text)


def read_blocks(paths):
    blocks = []
    for path in paths:
        source = path.read_text(encoding="utf-8")
        for comment in re.findall(r"/\*\*\n(.*?)\*/", source, re.DOTALL):
            blocks.append(parse_block(comment))
    return blocks


def split_since(text):
    found = re.search(r"\n*^Since: *(\S+)\n*", text, re.MULTILINE)
    if not found:
        return text, None
    return (text[:found.start()] + text[found.end():]).strip("\n"), \
        found.group(1)


def find_functions(source):
    """The bodies of a source's functions, without comments."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return re.findall(r"^(\w+) \([^;{]*?\)\n\{\n(.*?)^\}", source,
                      re.DOTALL | re.MULTILINE)


def find_structures(paths):
    """Names of structures that the sources make, and fields of such."""
    names, fields = set(), set()
    for path in paths:
        source = path.read_text(encoding="utf-8")
        for _, body in find_functions(source):
            found = set(re.findall(r'"(rtms-[a-z0-9-]+)"', body))
            names |= found
            if found or re.search(r"\bGST_RTMS_\w+_META\b", body):
                fields |= set(re.findall(
                    r'"([a-z][a-z0-9-]*)",\s*G(?:ST)?_TYPE_', body))
    return names, fields


# gst-inspect-1.0's side


def inspect(*arguments):
    done = subprocess.run(["gst-inspect-1.0", "--no-colors", *arguments],
                          check=False, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"gst-inspect-1.0 does not find {arguments[0]}: "
                 f"{done.stderr or done.stdout}")
    return done.stdout


def list_elements():
    elements = re.findall(r"^  (\w+): ", inspect(PLUGIN), re.MULTILINE)
    if not elements:
        sys.exit(f"gst-inspect-1.0 finds no element of the plugin {PLUGIN}")
    return elements


def cut_part(text, heading):
    """The indented lines below an unindented heading."""
    found = re.search(rf"^{heading}:\n((?:[ \t].*\n|\n)*)", text, re.MULTILINE)
    return found.group(1) if found else ""


def parse_pads(text):
    pads = []
    for part in re.split(r"^  (?=SRC|SINK)", cut_part(text, "Pad Templates"),
                         flags=re.MULTILINE):
        found = re.match(r"(SRC|SINK) template: '(.+)'\n"
                         r"    Availability: (.+)\n", part)
        if not found:
            continue
        caps = []
        for line in part[found.end():].splitlines():
            name, _, value = line.strip().partition(": ")
            if re.match(r"      \S", line):
                caps.append([line.strip()])
            elif value and caps:
                value = re.sub(r"\(\w+\)", "", value)
                caps[-1].append(f"{name}={value}")
        pads.append((found.group(2), found.group(1).lower(),
                     found.group(3).lower(), caps))
    return pads


class Property:
    def __init__(self, name, lines):
        self.name = name
        self.flags = re.search(r"flags: (.*)", lines).group(1)
        after = lines[lines.index("flags:"):].split("\n")
        self.type_line = after[1].strip() if len(after) > 1 else ""
        self.values = re.findall(r"^ +\((?:0x)?[0-9a-f-]+\): (\S+) +- (.*)$",
                                 lines, re.MULTILINE)

    def describe(self):
        line = self.type_line
        parts = []
        found = re.match(r'(?:Enum|Flags|Boxed pointer of type|'
                         r'Object of type) "(\w+)"', line)
        kind = found.group(1) if found else \
            re.split(r"\.| Default", line)[0].strip()
        parts.append(f"`{TYPES.get(kind, kind)}`")
        found = re.search(r"Range: +(\S+) - +(\S+)", line)
        if found:
            parts.append(f"{found.group(1)} to {found.group(2)}")
        found = re.search(r'Default: +(?:(?:0x[0-9a-f]+|-?\d+), )?"?(.*?)"? *'
                          r"(?:Write only)?$", line)
        if found and "readable" in self.flags:
            parts.append(f"default `{found.group(1)}`" if found.group(1)
                         else "default empty")
        parts.append(self.describe_use())
        return "; ".join(parts)

    def describe_use(self):
        flags = self.flags
        if "writable" not in flags:
            return "read only"
        use = "write only, " if "readable" not in flags else ""
        if "changeable only in NULL or READY" in flags:
            return use + "set in NULL or READY"
        if "changeable only in NULL, READY or PAUSED" in flags:
            return use + "set in NULL, READY or PAUSED"
        if "changeable in NULL, READY, PAUSED or PLAYING" in flags:
            return use + "set in any state"
        return use + "set when made" if "construct only" in flags else \
            use + "set in any state"


def parse_properties(text):
    part = cut_part(text, "Element Properties")
    found = re.split(r"^  ([a-z][a-z0-9-]*) *: ", part, flags=re.MULTILINE)
    return [Property(name, lines)
            for name, lines in zip(found[1::2], found[2::2])
            if name not in INHERITED_PROPERTIES]


def parse_signals(text, heading):
    signals = []
    part = cut_part(text, heading)
    for name, result, arguments in re.findall(
            r'"([a-z0-9-]+)" : +(\S+) user_function \((.*?)\)', part,
            re.DOTALL):
        if name in INHERITED_SIGNALS:
            continue
        types = [argument.split()[0].rstrip("*")
                 for argument in arguments.split(",")]
        signals.append((name, result, [t for t in types[1:]
                                       if t != "gpointer"]))
    return signals


# The page


def to_markdown(text):
    """gtk-doc's markup as Markdown, wrapped."""
    out = []
    code = False
    paragraph = []

    def flush():
        if paragraph:
            first = paragraph[0]
            indent = "  " if first.startswith("- ") else ""
            out.append(textwrap.fill(" ".join(paragraph), WIDTH,
                                     subsequent_indent=indent,
                                     break_long_words=False,
                                     break_on_hyphens=False))
            paragraph.clear()

    for line in text.split("\n"):
        if line.strip() == "|[":
            flush()
            out.append("")
            code = True
        elif line.strip() == "]|":
            out.append("")
            code = False
        elif code:
            out.append("    " + line if line else "")
        elif not line:
            flush()
            out.append("")
        elif line.startswith("#"):
            flush()
            out.append("#" + line)
        else:
            if line.startswith("- "):
                flush()
            line = re.sub(r"#(\w+)", r"`\1`", line)
            line = re.sub(r"%(\w+)", r"`\1`", line)
            line = re.sub(r"(?<!\S)@([\w-]+)", r"`\1`", line)
            paragraph.append(line.strip())
    flush()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")


def add_table(page, heads, rows):
    page.append("| " + " | ".join(heads) + " |")
    page.append("|" + " --- |" * len(heads))
    for row in rows:
        page.append("| " + " | ".join(row) + " |")
    page.append("")


def describe_fields(block):
    rows = []
    for name, text in block.fields:
        found = re.match(r"\(([^)]*)\):? *(.*)", text)
        kind, text = found.groups() if found else ("", text)
        rows.append((f"`{name}`", kind, to_markdown(text).replace("\n", " ")))
    return rows


class Page:
    def __init__(self, element, blocks, problems):
        self.element = element
        self.blocks = {block.title: block for block in blocks}
        self.problems = problems
        self.text = inspect(element)
        self.type = re.search(r"\+----(Gst\w+)\n\n", self.text).group(1)
        self.used = set()
        self.lines = []

    def find(self, *titles):
        """The first of the blocks of these titles that there is."""
        for title in titles:
            if title in self.blocks:
                self.used.add(title)
                block = self.blocks[title]
                if not block.text and not block.fields:
                    self.problems.add(f"{title} has no text")
                return block
        self.problems.add(f"{titles[0]} is not documented")
        return Block(titles[0], [], "")

    def add_text(self, text):
        text, since = split_since(text)
        if text:
            self.lines += [to_markdown(text), ""]
        if since:
            self.lines += [f"Since {since}.", ""]

    def add_pads(self):
        self.lines += ["## Pads", ""]
        for name, direction, availability, caps in parse_pads(self.text):
            self.lines += [f"### {name}", "", f"{availability}, {direction}",
                           ""]
            self.add_text(self.find(f"{self.element} pad {name}").text)
            self.lines += ["- `" + ", ".join(one) + "`" for one in caps]
            self.lines.append("")

    def add_properties(self):
        self.lines += ["## Properties", ""]
        for prop in parse_properties(self.text):
            # Elements share code that installs properties.
            block = self.find(f"{self.type}:{prop.name}",
                              f"GstRtmsSrc:{prop.name}")
            self.lines += [f"### {prop.name}", "",
                           textwrap.fill(prop.describe(), WIDTH,
                                         break_on_hyphens=False), ""]
            self.add_text(block.text)
            if prop.values:
                add_table(self.lines, ("value", "meaning"),
                          [(f"`{nick}`", text) for nick, text in prop.values])

    def add_signals(self, heading, part):
        signals = parse_signals(self.text, part)
        if signals:
            self.lines += [f"## {heading}", ""]
        for name, result, types in signals:
            block = self.find(f"{self.type}::{name}")
            fields = [field for field in block.fields
                      if field[0] not in ("object", "self", "element", "src",
                                          "bin", "user_data")]
            if len(fields) != len(types):
                self.problems.add(f"{self.type}::{name} describes "
                                  f"{len(fields)} of {len(types)} arguments")
            arguments = ", ".join(
                f"{kind} {field[0]}" for kind, field in zip(types, fields))
            returns = "" if result == "void" else f" → {result}"
            self.lines += [f"### {name}", "", f"`({arguments}){returns}`", ""]
            add = [(f"`{field}`", to_markdown(text).replace("\n", " "))
                   for field, text in fields]
            if add:
                add_table(self.lines, ("argument", "meaning"), add)
            self.add_text(block.text)

    def add_kind(self, kind):
        prefix = f"{self.element} {kind} "
        blocks = [block for title, block in self.blocks.items()
                  if title.startswith(prefix)]
        heading, text = KINDS[kind]
        if not blocks:
            return
        self.lines += [f"## {heading}", ""]
        self.add_text(text)
        for block in sorted(blocks, key=lambda one: one.title):
            self.find(block.title)
            self.lines += [f"### {block.title[len(prefix):]}", ""]
            self.add_text(block.text)
            if block.fields:
                add_table(self.lines, ("field", "type", "meaning"),
                          describe_fields(block))

    def add_uri(self):
        protocols = re.findall(r"^    (\S+)$", cut_part(
            self.text, "URI handling capabilities"), re.MULTILINE)
        for protocol in protocols:
            self.find(f"{self.element} uri {protocol}")
        self.add_kind("uri")

    def make(self):
        section = self.find(f"SECTION:element-{self.element}")
        brief = re.search(r"Long-name +(.*)", self.text).group(1)
        rank = re.search(r"Rank +(.*)", self.text).group(1)
        klass = re.search(r"Klass +(.*)", self.text).group(1)
        self.lines += [
            "<!-- Made by generate.py from gst-inspect-1.0 and the sources'",
            "     doc blocks; edit those. -->", "",
            f"# {self.element}", "", f"{brief} ({klass}, rank {rank})", ""]
        self.add_text(section.text)
        self.add_pads()
        self.add_properties()
        self.add_signals("Signals", "Element Signals")
        self.add_signals("Action signals", "Element Actions")
        for kind in KINDS:
            if kind == "uri":
                self.add_uri()
            else:
                self.add_kind(kind)
        text = "\n".join(self.lines)
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def check_leftovers(pages, paths, problems):
    """Whatever the sources make is described, and nothing else is."""
    elements = {page.element: page for page in pages}
    kinds = "|".join([*KINDS, "pad"])
    names, fields = find_structures(paths)
    described, described_fields = set(), set()
    for page in pages:
        for title, block in page.blocks.items():
            found = re.match(rf"(\w+) ({kinds}) (.+)", title)
            if not found:
                continue
            if found.group(1) not in elements:
                problems.add(f"{title}: there is no element of that name")
                continue
            if title not in elements[found.group(1)].used:
                problems.add(f"{title} is documented, but not there")
            described.add(found.group(3))
            described_fields |= {field for field, _ in block.fields}
        for title in page.blocks:
            found = re.match(rf"{page.type}::?([a-z0-9-]+)$", title)
            if found and title not in page.used:
                problems.add(f"{title} is documented, but not there")
    for name in sorted(names - described):
        problems.add(f"the structure {name} is not documented")
    for name in sorted(described):
        if name.startswith("rtms-") and name not in names:
            problems.add(f"the structure {name} is documented, but not made")
    text = "".join(path.read_text(encoding="utf-8") for path in paths)
    for name in sorted(described_fields):
        if f'"{name}"' not in text:
            problems.add(f"the field {name} of a structure is documented, "
                         "but not set")
    for name in sorted(fields - described_fields):
        problems.add(f"the field {name} of a structure is not documented")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true",
                        help="write nothing, and fail when a page is old")
    arguments = parser.parse_args()

    problems = Problems()
    blocks = read_blocks(SOURCES)
    pages = [Page(element, blocks, problems) for element in list_elements()]
    texts = {FOLDER / f"{page.element}.md": page.make() for page in pages}
    check_leftovers(pages, SOURCES, problems)
    for path, text in texts.items():
        if arguments.check:
            old = path.read_text(encoding="utf-8") if path.exists() else ""
            if old != text:
                problems.add(f"{path.name} is out of date: run "
                             "`ninja -C build reference`")
        else:
            path.write_text(text, encoding="utf-8")
    for line in problems.lines:
        print(line, file=sys.stderr)
    return 1 if problems.lines else 0


if __name__ == "__main__":
    sys.exit(main())
