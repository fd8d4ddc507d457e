"""Hashes of the values that determine the output: values with the same meaning have the same hash on every machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
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
    strings: list[str] = []
    _add(value, strings)
    data = "".join([f"{len(string)}:{string}" for string in strings])
    # Arguments can have bytes that are not UTF-8.
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()


def _add(value: object, strings: list[str]) -> None:
    """Append a value as strings, which are different for different values."""
    if isinstance(value, str):
        strings.append(f"str {value}")
    elif isinstance(value, tuple | list):
        strings.append(f"sequence {len(value)}")
        for item in value:
            _add(item, strings)
    elif isinstance(value, SourceLocation):
        return
    elif is_dataclass(value):
        strings.append(f"<{type(value).__name__}")
        for name in _attributes(value.__class__):
            strings.append(name)
            _add(getattr(value, name), strings)
        strings.append(">")
    elif isinstance(value, Mapping):
        strings.append(f"mapping {len(value)}")
        for key in sorted(value, key=str):
            _add(key, strings)
            _add(value[key], strings)
    elif isinstance(value, set | frozenset):
        strings.append(f"set {len(value)}")
        strings += sorted(map(digest, value))
    else:
        strings.append(f"{type(value).__name__} {value}")


@cache
def _attributes(kind: type) -> tuple[str, ...]:
    """The attributes of a dataclass that determine the output."""
    return tuple(attribute.name for attribute in fields(kind) if attribute.name not in _NOT_HASHED)
