"""Text in columns: the width of text on a terminal, wrapped lines, and tables that fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from asnforge.findings.display import printable

_GAP = "  "
_INDENT = "    "
_READABLE = 24
"""The fewest characters of text behind a head; with less room, the text is on lines of its own."""

_NARROWEST = 12
"""The fewest characters of a column whose cells are wrapped."""

_DELIMITERS = "_/.,-"
"""Where long words are preferably broken: behind one of these."""

_PIECES = re.compile(rf"[^ {_DELIMITERS}]+[{_DELIMITERS}]?")


def text_width(text: str) -> int:
    """The width of a `printable` string on a terminal: wide characters take two columns, combining marks none."""
    return len(text) if text.isascii() else sum(map(_width, text))


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A `printable` string with spaces up to a width on a terminal, on its left if it is aligned to the right."""
    spaces = " " * (width - text_width(text))
    return spaces + text if right else text + spaces


def wrapped(text: str, width: int) -> list[str]:
    """A `printable` string as lines of at most `width` columns, broken at spaces; longer words are broken where needed."""
    if text_width(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in re.findall(r" *[^ ]+", text):
        if text_width(line + word) <= width:
            line += word
            continue
        if line:
            lines.append(line)
        line = word.lstrip(" ")
        while text_width(line) > width:
            end = _break(line, width)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line] if line else lines


def hanging(head: str, text: str, width: int | None) -> list[str]:
    """A line that begins with `head`; if it is wrapped, the text is aligned, or below the head if there is little room.

    Parameters
    ----------
    head, text : str
        The beginning, which is a `printable` string, and the rest, which is escaped here.
    width : int or None
        The width of the terminal; None does not wrap.

    Returns
    -------
    list of str
        The lines.
    """
    text = printable(text)
    used = text_width(head)
    if width is None or used + text_width(text) <= width:
        return [(head + text).rstrip()]
    if width - used >= _READABLE:
        first, *rest = wrapped(text, width - used)
        return [(head + first).rstrip(), *(" " * used + line for line in rest)]
    below = _indent(head, width)
    lines = [*fitted(head.rstrip(), width)] if head.strip() else []
    return [*lines, *(below + line for line in wrapped(text, width - len(below)))]


def fitted(line: str, width: int | None) -> list[str]:
    """A line, escaped and wrapped to a width; further lines are indented more than the first one."""
    line = printable(line)
    if width is None or text_width(line) <= width:
        return [line]
    start = line[: len(line) - len(line.lstrip(" "))]
    below = _indent(line, width)
    first, *_ = wrapped(line.lstrip(" "), max(width - len(start), 1))
    rest = line.lstrip(" ")[len(first) :].lstrip(" ")
    return [start + first, *(below + text for text in (wrapped(rest, width - len(below)) if rest else []))]


def table_lines(
    rows: Sequence[Sequence[str]],
    *,
    numbers: Collection[int] = (),
    heading: bool = True,
    underlined: bool = False,
    indent: str = "",
    width: int | None = None,
) -> list[str]:
    """A table as lines; if it is wider than the terminal, its texts are wrapped, or else each row is a paragraph.

    Parameters
    ----------
    rows : sequence of sequence of str
        The cells of each row, escaped by `printable` here.
    numbers : collection of int
        The columns that are aligned to the right and never wrapped, counted from 0.
    heading : bool
        Whether the first row has the titles of the columns.
    underlined : bool
        Whether dashes separate the heading from the rest.
    indent : str
        Spaces before each line.
    width : int or None
        The width of the terminal; None for a table that is as wide as its cells.

    Returns
    -------
    list of str
        The lines, without spaces at their ends.
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    if not cells:
        return []
    widths = [max(map(text_width, column)) for column in zip(*cells, strict=True)]
    if width is not None and len(indent) + sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        lowest = [
            each if index in numbers else min(each, max(_NARROWEST, *map(_longest_piece, column)))
            for index, (each, column) in enumerate(zip(widths, zip(*cells, strict=True), strict=True))
        ]
        fitting = _fitting_widths(widths, lowest, width - len(indent) - len(_GAP) * (len(widths) - 1))
        if fitting is None:
            return _paragraphs(cells, heading=heading, indent=indent, width=width)
        widths = fitting
    if underlined:
        cells.insert(1, ["-" * each for each in widths])
    lines = []
    for row in cells:
        columns = [wrapped(cell, each) for cell, each in zip(row, widths, strict=True)]
        for number in range(max(map(len, columns))):
            texts = (
                padded(column[number] if number < len(column) else "", each, right=index in numbers)
                for index, (column, each) in enumerate(zip(columns, widths, strict=True))
            )
            lines.append((indent + _GAP.join(texts)).rstrip())
    return lines


def _fitting_widths(widths: list[int], lowest: list[int], room: int) -> list[int] | None:
    """Widths of columns that fit into `room`, none below its lowest and the widest narrowed first; None if there are none."""
    if sum(lowest) > room:
        return None
    limit = max(widths)
    while sum(_limited(widths, lowest, limit)) > room:
        limit -= 1
    return _limited(widths, lowest, limit)


def _limited(widths: list[int], lowest: list[int], limit: int) -> list[int]:
    return [max(least, min(width, limit)) for width, least in zip(widths, lowest, strict=True)]


def _longest_piece(text: str) -> int:
    """The width of the longest part of a text that is not broken."""
    return max(map(text_width, _PIECES.findall(text)), default=0)


def _paragraphs(cells: list[list[str]], *, heading: bool, indent: str, width: int) -> list[str]:
    """Each row as its first cell, and below it the others, with the titles of their columns."""
    titles = [f"{title} " for title in cells[0]] if heading else [""] * len(cells[0])
    below = indent + _INDENT
    lines = []
    for first, *others in cells[1:] if heading else cells:
        lines += fitted(indent + first, width)
        texts = [title + cell for title, cell in zip(titles[1:], others, strict=True) if cell]
        lines += [below + line for line in wrapped(", ".join(texts), width - len(below))] if texts else []
    return lines


def _indent(line: str, width: int) -> str:
    """The spaces below a line: more than its own, but at most half of the width."""
    return " " * min(len(line) - len(line.lstrip(" ")) + len(_INDENT), width // 2)


def _break(word: str, width: int) -> int:
    """Where to break a long word: behind a delimiter, unless what follows is longer than a line, or where the width ends."""
    end = 0
    used = 0
    for character in word:
        used += _width(character)
        if used > width:
            break
        end += 1
    end = max(end, 1)
    behind = 1 + max(word.rfind(each, 0, end) for each in _DELIMITERS)
    piece = _PIECES.match(word, behind)
    return end if not behind or (piece is not None and text_width(piece[0]) > width) else behind


def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
