"""Finds what can be changed in the headers, and writes copies of them in which a number at run time chooses one change.

A mutant swaps an operator or a comparison, makes a constant 10 % larger (a whole number that counts: 1 larger), drops a
term of a sum, or turns a status into `ok`. libclang finds the places, in the bodies of templates too. A place is
written as `(accrue_mutant(17) ? a - b : a + b)` (mutant schemata: Untch, Offutt and Harrold 1993,
doi:10.1145/154183.154265).
"""

import collections
import glob
import re
import sys

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian puts python3-clang-16
from clang import cindex  # noqa: E402

SWAPS = {
    "+": ["-", ""], "-": ["+", ""], "*": ["/"], "/": ["*"], "+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="],
    "<": ["<=", ">"], ">": [">=", "<"], "<=": ["<"], ">=": [">"], "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
}
NUMBER = re.compile(rb"(0x[\da-fA-F']+|[\d'.]+(?:[eE][-+]?\d+)?)([a-zA-Z]*)")
OPERATORS = ("BINARY_OPERATOR", "COMPOUND_ASSIGNMENT_OPERATOR")
NEWER = {154: "REQUIRES_EXPR", 604: "CONCEPT_DECL"}  # than the Python side of libclang
CONSTANTS = ("STATIC_ASSERT", "CONCEPT_DECL", "REQUIRES_EXPR", "TEMPLATE_NON_TYPE_PARAMETER", "ENUM_CONSTANT_DECL")

# `parts` are the extents of a binary operator's operands, `around` is where the constexpr stands of the variable that a
# place is in, and the const that is written instead, so that the place can be computed at run time.
Place = collections.namedtuple("Place", "path start end parts around")
Mutant = collections.namedtuple("Mutant", "place kind text")


def kind_of(cursor):
    try:
        return cursor.kind.name
    except ValueError:
        return NEWER.get(cursor._kind_id, "UNKNOWN")


def larger(text, real):
    number, suffix = NUMBER.fullmatch(text).groups()
    digits = number.decode().replace("'", "")
    if re.search(r"[.eE]", digits) and not digits.startswith("0x"):
        return f"{float(digits) * 1.1 or 0.1:.15g}" + suffix.decode()
    return f"{int(digits, 0) * 1.1 or 0.1:#.15g}".rstrip("0") if real else str(int(digits, 0) + 1) + suffix.decode()


class Finder:
    def __init__(self, headers):
        self.headers = {str(path): path.read_bytes() for path in headers}
        self.mutants = {}
        self.skipped = collections.Counter()

    def add(self, place, kind, text):
        self.mutants[place.path, place.start, place.end, kind, text] = Mutant(place, kind, text)

    def look(self, cursor, above, constant, around):
        """Takes what cursor holds; `constant` says why it can't be changed at run time, if so."""
        kind, source = kind_of(cursor), self.headers[str(cursor.location.file or above[-1][2])]
        path = str(cursor.location.file or above[-1][2])
        start, end = cursor.extent.start.offset, cursor.extent.end.offset
        text = source[start:end]
        children = list(cursor.get_children())
        if kind in CONSTANTS:
            constant = "constant expression"
        if kind == "VAR_DECL":
            constexpr = source.find(b"constexpr", start, cursor.location.offset)
            if constexpr >= 0:
                member = above[-1][0] in ("CLASS_TEMPLATE", "CLASS_DECL", "STRUCT_DECL", "CLASS_TEMPLATE_PARTIAL_SPECIALIZATION")
                around = (constexpr, b"inline const" if member else b"const")
        if kind in OPERATORS and len(children) == 2:
            left, right = children[0].extent, children[1].extent
            swap = source[left.end.offset:right.start.offset].strip().decode(errors="replace")
            if swap in SWAPS and left.start.offset == start and right.end.offset == end:
                parts = ((left.start.offset, left.end.offset), (right.start.offset, right.end.offset))
                self.take(constant, Place(path, start, end, parts, around),
                          [("term" if not new else "operator" if swap[0] in "+-*/" else "comparison", new) for new in SWAPS[swap]])
        elif kind in ("FLOATING_LITERAL", "INTEGER_LITERAL") and NUMBER.fullmatch(text):
            beside = source[start - 1:start], source[end:end + 1]
            real = above[-1][0].startswith("UNEXPOSED") and above[-1][1] in ("double", "float", "long double")
            real = real or re.search(rb"(Real|Number|double)[({]$", source[start - 12:start])
            why = constant or ("template argument" if beside[0] == b"<" or beside[1] == b">" else None) or (
                "subscript" if beside == (b"[", b"]") else None)
            self.take(why, Place(path, start, end, (), around), [("constant", larger(text, real))])
        elif kind == "DECL_REF_EXPR" and re.fullmatch(rb"(\w+::)*status::(undefined|not_converged)", text):
            self.take(constant, Place(path, start, end, (), around), [("status", text.decode().rsplit("::", 1)[0] + "::ok")])

        for number, child in enumerate(children):
            at = child.location.file
            if at is not None and str(at) != path:
                continue
            why = constant
            if kind == "CASE_STMT" and number == 0:
                why = "constant expression"
            elif kind == "IF_STMT" and number == 0 and text.startswith(b"if constexpr"):
                why = "constant expression"
            elif kind == "FOR_STMT" and number < len(children) - 1:
                why = "head of a loop"
            elif kind in ("VAR_DECL", "FIELD_DECL", "PARM_DECL") and child.extent.end.offset <= cursor.location.offset:
                why = "template argument"
            elif kind in ("FUNCTION_TEMPLATE", "CLASS_TEMPLATE", "CXX_METHOD") and kind_of(child).endswith(("OPERATOR", "EXPR")):
                why = "constant expression"  # a requires-clause
            self.look(child, above + [(kind, cursor.type.spelling, path)], why, around)

    def take(self, why, place, changes):
        for kind, text in changes:
            if why:
                self.skipped[why] += 1
            else:
                self.add(place, kind, text)


def mutants_of(headers, include, unit):
    """All mutants of the headers, in the order of their places, and how many were skipped for what reason."""
    libraries = sorted(glob.glob("/usr/lib/llvm-*/lib/libclang-*.so.1"))
    if libraries:
        cindex.Config.set_library_file(libraries[-1] if len(libraries) == 1 else [one for one in libraries if "16" in one][0])
    unit.write_text("".join(f"#include <{path.relative_to(include)}>\n" for path in headers))
    resources = [f"-isystem{folder}" for folder in glob.glob("/usr/lib/llvm-16/lib/clang/16/include")]
    parsed = cindex.Index.create().parse(
        str(unit), args=["-xc++", "-std=c++20", f"-I{include}", "-isystem/usr/include/eigen3", *resources])
    wrong = [str(one) for one in parsed.diagnostics if one.severity >= cindex.Diagnostic.Error]
    if wrong:
        sys.exit("\n".join(wrong))
    finder = Finder(headers)
    for cursor in parsed.cursor.get_children():
        if cursor.location.file and str(cursor.location.file) in finder.headers:
            finder.look(cursor, [("", "", str(cursor.location.file))], None, None)
    return [finder.mutants[key] for key in sorted(finder.mutants)], finder.skipped


def changed(source, mutant):
    """The text of a place with the mutant in it."""
    place = mutant.place
    if not place.parts:
        return mutant.text
    left, right = (source[slice(*part)].decode() for part in place.parts)
    return f"{left} {mutant.text} {right}" if mutant.text else left


def in_words(source, mutant):
    """`a + b => a - b`, with the lines on which it stands."""
    start, end = mutant.place.start, mutant.place.end
    first, last = source.rfind(b"\n", 0, start) + 1, source.find(b"\n", end)
    before = source[first:last].decode()
    after = source[first:start].decode() + changed(source, mutant) + source[end:last].decode()
    return " ".join(before.split()) + " => " + " ".join(after.split())


class Copy:
    """The text of a header with the mutants {number: mutant} in it as choices."""

    def __init__(self, source, mutants):
        self.source = source
        places = collections.defaultdict(list)
        for number, mutant in mutants.items():
            places[mutant.place].append((number, mutant))
        self.places = sorted(places.items(), key=lambda one: (one[0].start, -one[0].end))
        self.constexprs = {place.around for place in places if place.around}
        self.text = b'#include "switches.hpp"\n' + self.written(0, len(source))

    def written(self, start, end):
        """The text from start to end, with the outermost places that lie in it written as choices."""
        result, at = b"", start
        for place, mutants in self.places:
            if at <= place.start and place.end <= end and (place.start, place.end) != (start, end):
                result += self.plain(at, place.start) + self.choice(place, mutants)
                at = place.end
            elif (place.start, place.end) == (start, end):
                return self.choice(place, mutants)
        return result + self.plain(at, end)

    def plain(self, start, end):
        text = self.source[start:end]
        for at, instead in sorted(self.constexprs, reverse=True):
            if start <= at < end:
                text = text[:at - start] + instead + text[at - start + len(b"constexpr"):]
        return text

    def choice(self, place, mutants):
        original = self.source[place.start:place.end]
        if place.parts:
            left, right = (self.written(*part) for part in place.parts)
            original = left + self.source[place.parts[0][1]:place.parts[1][0]] + right
        result = b"("
        for number, mutant in mutants:
            new = mutant.text.encode()
            if place.parts:
                new = left + b" " + new + b" " + right if new else left
            result += b"accrue_mutant(%d) ? %s : " % (number, new)
        return result + original + b")"

    def mutants_at(self, line, column):
        """The numbers at the innermost place that holds a line and column of the copy."""
        offset = sum(len(one) + 1 for one in self.text.split(b"\n")[:line - 1]) + column - 1
        narrowest, found = len(self.text), []
        for place, mutants in self.places:
            for match in re.finditer(rb"\(accrue_mutant\(%d\)" % mutants[0][0], self.text):
                depth, at = 1, match.start() + 1
                while depth > 0 and at < len(self.text):
                    depth += {40: 1, 41: -1}.get(self.text[at], 0)
                    at += 1
                if match.start() <= offset < at and at - match.start() < narrowest:
                    narrowest, found = at - match.start(), [number for number, _ in mutants]
        return found

    def mutants_around(self, line):
        """The numbers of those in a constexpr variable that is declared on a line of the copy."""
        text = self.text.split(b"\n")[line - 1] if line <= self.text.count(b"\n") else b""
        return [number for place, mutants in self.places for number, _ in mutants
                if place.around and self.source[place.around[0]:].split(b"=")[0].split(b"{")[0].split()[-1] in text
                and b"const" in text]
