"""Hashes of the values that determine the output: values with the same meaning have the same hash on every machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from asnforge.associations.member_paths import PathStyle, written_path
from asnforge.findings import SourceLocation
from asnforge.fitsfiles.fits_pool import FitsPool
from asnforge.rules.ruleset import Ruleset

_NOT_HASHED = ("places", "locations")
"""Attributes with positions in files, which do not determine the output."""


def ruleset_digest(ruleset: Ruleset) -> str:
    """A hash of the meaning of a rule set, which does not depend on the layout of files or on positions in them."""
    return digest(ruleset)


def fits_digest(fits: FitsPool, style: PathStyle, output: Path) -> str:
    """A hash of a pool that is made from FITS files: its cells, its findings, and the files of its exposures.

    Parameters
    ----------
    fits : FitsPool
        The pool.
    style : {"relative", "absolute", "bare"}
        How members are written: files are hashed by the same names.
    output : Path
        The output folder.
    """
    folder = os.path.realpath(output)
    whole = hashlib.sha256()
    for column in fits.pool.columns.values():
        whole.update(digest((column.name, column.values)).encode())
        whole.update(column.codes.tobytes())
    files = tuple(
        tuple(written_path(file.path, style, folder) for file in exposure.products.values())
        for exposure in fits.exposures
    )
    whole.update(digest((files, tuple(map(str, fits.pool.findings)))).encode())
    return whole.hexdigest()


def digest(value: object) -> str:
    """A hash of a value made of frozen dataclasses, mappings, sequences, sets and strings."""
    whole = hashlib.sha256()
    for string in _strings(value):
        data = string.encode("utf-8", "surrogatepass")  # arguments can have bytes that are not UTF-8
        whole.update(f"{len(data)}:".encode() + data)
    return whole.hexdigest()


def _strings(value: object) -> Iterator[str]:
    """The value as a sequence of strings, which is different for different values."""
    if isinstance(value, SourceLocation):
        return
    if is_dataclass(value) and not isinstance(value, type):
        yield f"<{type(value).__name__}"
        for attribute in fields(value):
            if attribute.name not in _NOT_HASHED:
                yield attribute.name
                yield from _strings(getattr(value, attribute.name))
        yield ">"
    elif isinstance(value, Mapping):
        yield f"mapping {len(value)}"
        for key in sorted(value, key=str):
            yield from _strings(key)
            yield from _strings(value[key])
    elif isinstance(value, set | frozenset):
        yield f"set {len(value)}"
        yield from sorted(map(digest, value))
    elif isinstance(value, tuple | list):
        yield f"sequence {len(value)}"
        for item in value:
            yield from _strings(item)
    else:
        yield f"{type(value).__name__} {value}"
