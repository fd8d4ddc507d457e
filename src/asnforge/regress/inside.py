"""Where the files of a suite may lie: below its folder, or below folders that the user names, links followed.

A suite may come from somebody else, so what it names is opened only there, and `asnforge.regress.accept` writes only below
the suite's own folder.
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
"""The characters that make a pattern of a suite's pool."""

READ_HINT = "name another folder that its files may be read from by --root DIR"


def real_path(path: str | Path) -> str:
    """A path with every link followed; one that cannot be, such as one with a NUL character, is returned as it is."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return os.fspath(path)


def is_inside(path: str | Path, roots: Iterable[str]) -> bool:
    """Whether a path leads, links followed, to one of some folders or below it.

    Parameters
    ----------
    path : str or Path
        The path; nothing need be there.
    roots : iterable of str
        The folders, as `real_path` gives them.
    """
    real = real_path(path)
    return any(real == root or real.startswith(root.rstrip("/") + "/") for root in roots)


def pattern_is_inside(folder: Path, pattern: str, roots: Iterable[str]) -> bool:
    """Whether a pattern of files is searched inside some folders only, as far as the pattern alone can say."""
    parts = (folder / pattern).parts
    first = next(place for place, part in enumerate(parts) if any(letter in part for letter in WILDCARDS))
    return ".." not in parts[first:] and is_inside(Path(*parts[:first]), roots)


def links_outside(files: Iterable[str], roots: Sequence[str]) -> tuple[Finding, ...]:
    """A finding for each file that is a link out of some folders; none where no folders are given.

    Parameters
    ----------
    files : iterable of str
        The files.
    roots : sequence of str
        The folders, as `real_path` gives them.
    """
    return tuple(
        Finding(OUTSIDE.code, "is a link that leads outside the suite's folder", file, hint=READ_HINT)
        for file in files
        if roots and os.path.islink(file) and not is_inside(file, roots)  # noqa: PTH114  there may be very many
    )
