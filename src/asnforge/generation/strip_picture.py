"""A picture of associations for notebooks: a row for each, with marks where exposures are members, as SVG without script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby, islice
from pathlib import PurePath

from asnforge.associations.model import Association
from asnforge.findings import pluralize, printable, truncated

MOST_ROWS = 20
"""The most associations that are shown."""

_COLORS = ("#1f7ae0", "#cf6a10", "#9a63e6", "#2f9e4b", "#b08510", "#808891")
"""Colors of exptypes, science first, that can be seen on light and on dark notebooks; the last one is used for all others."""

_SCIENCE = "science"
_LABEL, _STRIP, _COUNT = 330, 540, 90
"""The widths of the name of a row, of its marks, and of the number of its members, in pixels."""

_ROW, _MARK, _TOP = 18, 15, 22
_WIDEST_MARK = 24
_LONGEST = 46
_SEPARATE = 4
"""From this width on, marks of neighboring exposures are apart, in pixels."""


def strip_picture(associations: Iterable[Association], total: int) -> str:
    """The first associations as SVG, with a legend and what is not shown as HTML.

    Parameters
    ----------
    associations : iterable of Association
        The associations; only the first `MOST_ROWS` are used.
    total : int
        The number of associations that there are.

    Returns
    -------
    str
        HTML without scripts, with every value escaped; empty without associations. Text has the color of the notebook.
    """
    shown = list(islice(associations, MOST_ROWS))
    if not shown:
        return ""
    rows = [_members(association) for association in shown]
    names = sorted({name for members in rows for name, _ in members})
    columns = {name: column for column, name in enumerate(names)}
    exptypes = sorted(
        {exptype for members in rows for _, exptype in members}, key=lambda name: (name != _SCIENCE, name)
    )
    colors = {exptype: _COLORS[min(index, len(_COLORS) - 1)] for index, exptype in enumerate(exptypes)}
    height = _TOP + _ROW * len(rows)
    width = _LABEL + _STRIP + _COUNT
    label = f"{pluralize(len(rows), 'association')} of {pluralize(len(names), 'exposure')}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" viewBox="0 0 {width} {height}" '
        f'width="{width}" style="max-width: 100%; height: auto; font: 11px monospace" fill="currentColor">',
        *_heading(names),
    ]
    for number, (association, members) in enumerate(zip(shown, rows, strict=True)):
        parts += _row(association, members, _TOP + number * _ROW, columns, colors)
    parts.append("</svg>")
    legend = " ".join(
        f'<span style="color: {color}">&#9632;</span>&#160;{escape(printable(exptype))}'
        for exptype, color in colors.items()
    )
    more = [f"<div>and {total - MOST_ROWS} more</div>"] if total > MOST_ROWS else []
    return "".join([*parts, f"<div>{legend}</div>", *more])


def _members(association: Association) -> list[tuple[str, str]]:
    """The file name and exptype of each member of an association, once."""
    members = ((PurePath(each.expname).name, each.exptype) for made in association.products for each in made.members)
    return list(dict.fromkeys(members))


def _heading(names: Sequence[str]) -> Iterator[str]:
    """The names of the first and the last exposure above the marks."""
    yield _text(_LABEL, 12, names[0], size=9)
    if len(names) > 1:
        right = _LABEL + min(_STRIP, len(names) * _WIDEST_MARK)
        if right - _LABEL > 6 * (min(len(names[0]), _LONGEST) + min(len(names[-1]), _LONGEST)):
            yield _text(right, 12, names[-1], size=9, anchor="end")


def _row(
    association: Association,
    members: Sequence[tuple[str, str]],
    top: int,
    columns: dict[str, int],
    colors: dict[str, str],
) -> Iterator[str]:
    """The name of an association, its marks, and the number of its members."""
    product = ", ".join(product.name for product in association.products)
    counts = Counter(exptype for _, exptype in members)
    of_types = ", ".join(f"{counts[exptype]} {exptype}" for exptype in colors if counts[exptype])
    about = f"{association.file_name}: {product} ({association.asn_type}, {association.asn_rule}), {of_types}"
    yield f"<g><title>{escape(truncated(about, 500))}</title>"
    yield _text(0, top + 12, product)
    width = min(_STRIP, len(columns) * _WIDEST_MARK)
    yield f'<rect x="{_LABEL}" y="{top}" width="{width}" height="{_MARK}" fill-opacity="0.08"/>'
    for exptype, color in colors.items():
        marks = sorted(columns[name] for name, own in members if own == exptype)
        if marks:
            height = _MARK if exptype == _SCIENCE else _MARK // 2
            yield f'<path fill="{color}" d="{_path(marks, len(columns), width, top + _MARK - height, height)}"/>'
    yield _text(_LABEL + width + 8, top + 12, pluralize(len(members), "member"))
    yield "</g>"


def _path(marks: Sequence[int], total: int, width: int, top: int, height: int) -> str:
    """Marks as the rectangles of a path: one for neighbors if they are narrow, and never more than there are pixels."""
    size = width / total
    if size < 1:
        marks, size = sorted({mark * width // total for mark in marks}), 1.0
    if size >= _SEPARATE:
        runs = [(mark * size, size - 1) for mark in marks]
    else:
        grouped = (list(group) for _, group in groupby(enumerate(marks), key=lambda item: item[1] - item[0]))
        runs = [(group[0][1] * size, len(group) * size) for group in grouped]
    return "".join(f"M{_LABEL + left:.4g} {top}h{long:.4g}v{height}h-{long:.4g}z" for left, long in runs)


def _text(left: float, bottom: float, text: str, *, size: int = 11, anchor: str = "start") -> str:
    shown = escape(truncated(text, _LONGEST))
    return f'<text x="{left:g}" y="{bottom:g}" font-size="{size}" text-anchor="{anchor}">{shown}</text>'
