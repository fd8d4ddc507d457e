"""Which exposures a user means: by file name, pattern or line."""

from __future__ import annotations

import re
from fnmatch import translate

import numpy as np

from asnforge.explain.codes import NO_EXPOSURE, SEVERAL_EXPOSURES
from asnforge.findings import Finding, InputError, did_you_mean
from asnforge.grouping.prepared_pool import base_name
from asnforge.pool.model import Pool


def find_exposures(pool: Pool, column: str, text: str) -> tuple[int, ...]:
    """The rows of a pool that a text means.

    Parameters
    ----------
    pool : Pool
        The pool.
    column : str
        Its column of file names, in lower case.
    text : str
        A file name in any letter case, with or without a directory, a pattern with ``*``, ``?`` and ``[]``, or the number of a
        line.

    Returns
    -------
    tuple of int
        Rows in the order of the pool, at least one.

    Raises
    ------
    InputError
        There is no such exposure.
    """
    names = pool.columns[column]
    wanted = base_name(text.strip().casefold())
    found = [place for place, name in enumerate(names.values) if name.casefold() == wanted]
    if not found and wanted.isdecimal():
        rows = np.flatnonzero(pool.lines == int(wanted)).tolist() if len(wanted) < 19 else []
        if rows:
            return tuple(rows)
    if not found:
        matches = re.compile(translate(wanted)).match
        found = [place for place, name in enumerate(names.values) if matches(name.casefold())]
    if not found:
        raise InputError(Finding(NO_EXPOSURE.code, f"no exposure {text}", pool.path, hint=_hint(pool, column, wanted)))
    return tuple(np.flatnonzero(np.isin(names.codes, found)).tolist())


def find_exposure(pool: Pool, column: str, text: str) -> int:
    """The one row that a text means; errors as for `find_exposures`, and where there are several."""
    rows = find_exposures(pool, column, text)
    if len(rows) > 1:
        lines = ", ".join(str(pool.lines[row]) for row in rows[:5]) + (", ..." if len(rows) > 5 else "")
        message = f"{text} stands for {len(rows)} exposures, wanted is one"
        raise InputError(
            Finding(SEVERAL_EXPOSURES.code, message, pool.path, hint=f"give one of the {pool.unit}s {lines}")
        )
    return rows[0]


def _hint(pool: Pool, column: str, wanted: str) -> str:
    if wanted.isdecimal():
        if int(wanted) in pool.faulty_lines:
            return f"this {pool.unit} of the pool cannot be read"
        return f"the pool's exposures are on {pool.unit}s {pool.lines.min()} to {pool.lines.max()}"
    near = did_you_mean(wanted, pool.columns[column].values)
    return f"did you mean {near}?" if near else "give a file name, a pattern such as '*_00002_*', or a line"
