"""The folders that the files of a suite may be in: the suite's own and those that the user names, after links are followed.

A suite may come from somebody else, so its files are read only there, and `asnforge.regress.accept` writes only below the
suite's own folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from asnforge.findings import Finding, FindingCode

OUTSIDE = FindingCode(
    "C124",
    "a path of a suite leads outside its folder",
    "A suite may come from somebody else. So its pools, rules, allowlists and expected associations must be below the suite's "
    "folder, after every link is followed, or below a folder named with --root DIR. --accept writes only below the suite's "
    "own folder.",
    wrong="entries:\n- {pool: ../night.tsv, expected: night}",
    right="entries:\n- {pool: night.tsv, expected: night}",
)

WILDCARDS = "*?"
"""The characters that make the pool of an entry a pattern."""

READ_HINT = "use --root DIR to name another folder that files may be read from"


def real_path(path: str | Path) -> str:
    """A path with every link followed; an impossible path, such as one with a NUL character, is returned unchanged."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return os.fspath(path)


def is_inside(path: str | Path, roots: Iterable[str]) -> bool:
    """Whether a path, which need not exist, is one of some folders or below one, after links are followed.

    Parameters
    ----------
    path : str or Path
        The path.
    roots : iterable of str
        The folders, as `real_path` returns them.
    """
    real = real_path(path)
    return any(real == root or real.startswith(root.rstrip("/") + "/") for root in roots)


def pattern_is_inside(folder: Path, pattern: str, roots: Iterable[str]) -> bool:
    """Whether a pattern of files can match only inside some folders, as far as the pattern itself shows."""
    parts = (folder / pattern).parts
    first = next(index for index, part in enumerate(parts) if any(character in part for character in WILDCARDS))
    return ".." not in parts[first:] and is_inside(Path(*parts[:first]), roots)


def links_outside(files: Iterable[str], roots: Sequence[str]) -> tuple[Finding, ...]:
    """A finding for each link out of some folders that leads to a file or to its folder; none if no folders are given."""
    if not roots:
        return ()
    outside: dict[str, None] = {}
    is_known: dict[str, bool] = {}
    for file in files:
        folder = os.path.dirname(file)  # noqa: PTH120  there may be very many
        if folder not in is_known:
            is_known[folder] = is_inside(folder, roots)
        if not is_known[folder]:
            outside[folder] = None
        elif os.path.islink(file) and not is_inside(file, roots):  # noqa: PTH114
            outside[file] = None
    message = "is a link that leads outside the suite's folder"
    return tuple(OUTSIDE.finding(message, path, hint=READ_HINT) for path in outside)
