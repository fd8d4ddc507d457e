"""Tables for notebooks: HTML of a few rows, in which every value is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from asnforge.findings.display import printable, truncated

MOST_ROWS = 20
"""The most rows that a notebook shows of a table."""


def html_table(
    caption: str, heading: Sequence[str], rows: Iterable[Sequence[object]], total: int, notes: Iterable[str] = ()
) -> str:
    """A table as HTML, with at most `MOST_ROWS` rows.

    Parameters
    ----------
    caption : str
        What the table shows.
    heading : sequence of str
        The titles of the columns.
    rows : iterable of sequence
        The cells of each row; only the first rows are used.
    total : int
        The number of rows that there are.
    notes : iterable of str
        Lines below the table.
    """
    from html import escape  # slow to import

    head = "".join(f"<th>{_cell(title)}</th>" for title in heading)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in islice(rows, MOST_ROWS))
    more = [f"and {total - MOST_ROWS} more"] if total > MOST_ROWS else []
    below = "".join(f"<div>{escape(printable(note))}</div>" for note in (*more, *notes))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if total else ""
    return f'<div style="overflow-x: auto"><b>{escape(printable(caption))}</b>{table}{below}</div>'


def _cell(value: object) -> str:
    from html import escape

    return escape(truncated(str(value)))
