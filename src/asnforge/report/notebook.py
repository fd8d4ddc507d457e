"""The page of a report for programs and notebooks, where it is displayed in a frame."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from html import escape

from asnforge.atomic import write_atomically
from asnforge.findings import InputError, printable
from asnforge.generation.engine import associations_of, group
from asnforge.generation.inputs import Evaluated, PoolInput
from asnforge.generation.result import Generation, GenerationSource
from asnforge.overview.setups import columns_displayed
from asnforge.pool import read_pool
from asnforge.pool.model import Pool
from asnforge.report.build_report import report_of
from asnforge.report.render import render_page

_HEIGHT = 720
"""The height of the frame in pixels."""


@dataclass(frozen=True, slots=True, repr=False)
class ReportPage:
    """A page that opens in a browser without a network; a notebook displays it in a frame.

    Attributes
    ----------
    title : str
        What the page is about.
    html : str
        The page.
    """

    title: str
    html: str

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file.

        Raises
        ------
        InputError
            The file cannot be written.
        """
        write_atomically(path, self.html.encode(), follow=True)

    def __repr__(self) -> str:
        """What the page is about."""
        return f"<ReportPage {printable(self.title)}>"

    def _repr_html_(self) -> str:
        """A frame in which only the script of the page runs, and cannot reach the notebook."""
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" title="{escape(printable(self.title))}" '
            f'style="width: 100%; height: {_HEIGHT}px; border: 1px solid #8886"></iframe>'
        )


def page_of(generation: Generation) -> ReportPage:
    """The page about what was generated; parameters and errors as for `asnforge.Generation.report`."""
    source = generation.source
    if source is None:
        raise ValueError("the result does not know its pool: call asnforge.generate, and the report of what it returns")
    source = replace(source, pool=_with_displayed(source))
    grouping = group(source.pool, source.ruleset, source.choice)
    again, drafts = associations_of(grouping, source.pool, source.ruleset, source.options)
    pool = PoolInput(source.pool.path, source.pool)
    report = report_of([Evaluated(pool, source.ruleset, grouping, again, drafts)], again)
    return ReportPage(report.title, render_page(report).decode())


def _with_displayed(source: GenerationSource) -> Pool:
    """The pool with the columns that a report displays, read again from its file unless that has changed."""
    pool, displayed = source.pool, columns_displayed(source.ruleset)
    missing = displayed & {name.casefold() for name in pool.header} - pool.columns.keys()
    if not missing or pool.format is not None or pool.raw is not None or pool.state is None:
        return pool
    try:
        again = read_pool(pool.path, columns=displayed | pool.columns.keys())
    except InputError:
        return pool
    return replace(again, undefined=pool.undefined) if again.state == pool.state else pool
