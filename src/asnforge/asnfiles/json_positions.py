"""JSON text into values with the place of each, and what is wrong with it in words.

The standard library's reader keeps no places and keeps silent about a repeated key. This one is slower, so files that
have no fault never come here.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import dataclass, field

from asnforge.findings import quoted

Path = tuple[str | int, ...]

DEEPEST = 64
_LONGEST_NUMBER = 400
_BLANK = re.compile(r"[ \t\n\r]*")
_TEXT = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_TEXT_START = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z_.+-])")
_WORD = re.compile(r"[-+]?[\w.+-]+")
_CONSTANTS = {"true": True, "false": False, "null": None}
_FOREIGN_WORDS = {"true": "true", "false": "false", "none": "null", "null": "null", "nil": "null", "undefined": "null"}


class JSONSyntaxError(Exception):
    """The text is no JSON.

    Parameters
    ----------
    message, hint : str
        What is wrong, and what would be right.
    offset : int
        Where in the text, in characters from 0.
    deep : bool
        Whether it is the depth alone that is wrong.
    """

    def __init__(self, message: str, offset: int, hint: str = "", *, deep: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint
        self.deep = deep


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON text that was read.

    Attributes
    ----------
    value : object
        The value as the json module gives it.
    values, keys : dict of Path to int
        The offset of each value, and of the key that it stands under, by the way to the value from the top:
        ``('products', 0, 'name')``.
    repeated : list of (Path, int)
        Each key that an object has already, with the offset of its second appearance.
    """

    value: object = None
    values: dict[Path, int] = field(default_factory=dict)
    keys: dict[Path, int] = field(default_factory=dict)
    repeated: list[tuple[Path, int]] = field(default_factory=list)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1, in characters; `Lines` is faster for many offsets of one text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class Lines:
    """Lines and columns of many offsets of one text: the text is searched for its lines once."""

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, in characters."""
        before = bisect_left(self._ends, offset)
        return before + 1, offset - (self._ends[before - 1] if before else -1)


def parse(text: str) -> Document:
    """Read a JSON text and keep the place of everything in it.

    Raises
    ------
    JSONSyntaxError
        The text is no JSON, or nested deeper than `DEEPEST`.
    """
    found = Document()
    reader = _Reader(text, found)
    value, end = reader.value(reader.skip(0), ())
    end = reader.skip(end)
    if end < len(text):
        raise JSONSyntaxError(f"{describe(text, end)} follows the end of the JSON", end, "a file holds one value")
    return Document(value, found.values, found.keys, found.repeated)


def describe(text: str, offset: int) -> str:
    """What stands at an offset, in words."""
    if offset >= len(text):
        return "the end of the file"
    word = _TEXT.match(text, offset) or _WORD.match(text, offset)
    return quoted(word[0].strip('"') if word else text[offset], 40)


class _Reader:
    """Recursive descent over one text; each method takes an offset and gives a value and the offset after it."""

    def __init__(self, text: str, found: Document) -> None:
        self.text = text
        self.found = found

    def skip(self, offset: int) -> int:
        """The offset of what follows the white space, which must be no comment."""
        blank = _BLANK.match(self.text, offset)
        end = blank.end() if blank else offset
        if self.text.startswith(("//", "/*", "#"), end):
            raise JSONSyntaxError("a comment stands here", end, "JSON has no comments: remove it")
        return end

    def value(self, offset: int, path: Path) -> tuple[object, int]:
        self.found.values[path] = offset
        start = self.text[offset : offset + 1]
        if start in ("{", "["):
            if len(path) >= DEEPEST:
                raise JSONSyntaxError(f"the JSON is nested deeper than {DEEPEST} levels", offset, deep=True)
            return self.read_object(offset, path) if start == "{" else self.read_array(offset, path)
        if start == '"':
            return self.string(offset)
        if start == "'":
            raise JSONSyntaxError("a text stands in single quotes", offset, 'JSON has double quotes: "..."')
        number = _NUMBER.match(self.text, offset)
        if number:
            return self.number(number[0], offset), number.end()
        return self.constant(offset)

    def number(self, digits: str, offset: int) -> object:
        if len(digits) > _LONGEST_NUMBER:
            raise JSONSyntaxError(
                f"a number of {len(digits)} characters stands here", offset, "put it in double quotes"
            )
        return json.loads(digits)

    def constant(self, offset: int) -> tuple[object, int]:
        word = _WORD.match(self.text, offset)
        if word and word[0] in _CONSTANTS:
            return _CONSTANTS[word[0]], word.end()
        if not word:
            message = f"{describe(self.text, offset)} stands where a value must be"
            raise JSONSyntaxError(message, offset, self.unfinished(offset))
        right = _FOREIGN_WORDS.get(word[0].lower())
        if right:
            hint = f"JSON spells it {right}"
        elif word[0].lstrip("+-").lower() in ("nan", "inf", "infinity"):
            hint = "JSON has no such number; put null in its place"
        else:
            hint = "put text in double quotes"
        raise JSONSyntaxError(f"{describe(self.text, offset)} is no JSON value", offset, hint)

    def string(self, offset: int) -> tuple[str, int]:
        match = _TEXT.match(self.text, offset)
        if match:
            raw = match[0]
            text: str = json.loads(raw) if "\\" in raw else raw[1:-1]
            if "\\" in raw and any("\ud800" <= letter <= "\udfff" for letter in text):
                raise JSONSyntaxError(
                    "a text holds half a surrogate pair, which is no letter", offset, "write the letter itself"
                )
            return text, match.end()
        start = _TEXT_START.match(self.text, offset)
        end = start.end() if start else offset
        stop = self.text[end : end + 1]
        if stop == "\\":
            raise JSONSyntaxError(
                "a backslash in this text begins no escape of JSON", end, "write \\\\ for a backslash"
            )
        if stop in ("", "\n", "\r"):
            raise JSONSyntaxError(
                "a text has no closing quote on its line", offset, self.unfinished(end) or 'end it with "'
            )
        raise JSONSyntaxError(
            f"the control character {stop!r} stands inside a text", end, f"write it as \\u{ord(stop):04x}"
        )

    def read_object(self, offset: int, path: Path) -> tuple[dict[str, object], int]:
        result: dict[str, object] = {}
        at = self.skip(offset + 1)
        if self.text.startswith("}", at):
            return result, at + 1
        while True:
            key, after = self.key(at)
            here = (*path, key)
            if key in result:
                self.found.repeated.append((here, at))
            self.found.keys[here] = at
            colon = self.skip(after)
            if not self.text.startswith(":", colon):
                raise JSONSyntaxError(f"a colon is missing after the keyword '{key}'", colon, self.unfinished(colon))
            result[key], after = self.value(self.skip(colon + 1), here)
            at, closed = self.next(after, "}", offset)
            if closed:
                return result, at

    def key(self, at: int) -> tuple[str, int]:
        if self.text.startswith('"', at):
            return self.string(at)
        hint = self.unfinished(at) or "keywords stand in double quotes"
        raise JSONSyntaxError(f"{describe(self.text, at)} stands where a keyword must be", at, hint)

    def read_array(self, offset: int, path: Path) -> tuple[list[object], int]:
        result: list[object] = []
        at = self.skip(offset + 1)
        if self.text.startswith("]", at):
            return result, at + 1
        while True:
            item, after = self.value(at, (*path, len(result)))
            result.append(item)
            at, closed = self.next(after, "]", offset)
            if closed:
                return result, at

    def next(self, after: int, closing: str, opened: int) -> tuple[int, bool]:
        """Where the next item begins, or what follows the closing bracket, and which of the two it is."""
        at = self.skip(after)
        if self.text.startswith(closing, at):
            return at + 1, True
        if not self.text.startswith(",", at):
            line, column = line_and_column(self.text, opened)
            bracket = f"the '{self.text[opened]}' of line {line}, column {column}"
            if at >= len(self.text):
                raise JSONSyntaxError(f"the file ends before {bracket} is closed", at, self.unfinished(at))
            raise JSONSyntaxError(
                f"a comma or '{closing}' is missing before {describe(self.text, at)}", at, f"inside {bracket}"
            )
        following = self.skip(at + 1)
        if self.text.startswith(("}", "]"), following):
            raise JSONSyntaxError(f"a comma stands before the closing '{self.text[following]}'", at, "remove the comma")
        return following, False

    def unfinished(self, offset: int) -> str:
        """A hint where nothing follows."""
        return "" if self.text[offset:].strip() else "the file is cut short"
