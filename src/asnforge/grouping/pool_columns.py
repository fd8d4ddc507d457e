"""A pool's columns under the names that the rule set declares, with file names without directories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from asnforge.pool.model import Pool, TextColumn
from asnforge.rules.ruleset import Ruleset

_SEPARATORS = ("/", "\\")


def declared_columns(pool: Pool, ruleset: Ruleset) -> Pool:
    """The pool as rules read it.

    A column that the pool has only under another name that the rule set declares is also there under the declared name. The
    column of file names has no directories: the location of an exposure is not part of its name.
    """
    columns = dict(pool.columns)
    for name in ruleset.other_names:
        if (found := ruleset.find_column(name, columns)) is not None:
            columns[name] = columns[found]
    file_name = ruleset.members.file_name
    if file_name in columns:
        columns[file_name] = _without_directories(columns[file_name])
    return replace(pool, columns=columns)


def base_name(path: str) -> str:
    r"""A file name without its directory, which ends with ``/`` or ``\``; the path itself where no name follows."""
    name = path.replace("\\", "/").rpartition("/")[2].strip()
    return path if name in ("", ".", "..") else name


def _without_directories(column: TextColumn) -> TextColumn:
    together = "".join(column.values)
    if not any(separator in together for separator in _SEPARATORS):
        return column
    names = list(map(base_name, column.values))
    values = tuple(sorted(set(names)))
    places = {value: place for place, value in enumerate(values)}
    codes = np.fromiter((places[name] for name in names), np.int32, len(names))[column.codes]
    return TextColumn(column.name, codes, values)
