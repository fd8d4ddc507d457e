"""What the columns of a pool seem to be, by their names and values: file names, types, candidates, keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from asnforge.authoring.name_replacements import replacements
from asnforge.findings import FindingCode, InputError, quoted
from asnforge.pool.model import Pool
from asnforge.rules.amounts import read_texts
from asnforge.rules.column_types import ColumnType
from asnforge.rules.units import is_unit, ratio

NO_FILE_NAMES = FindingCode(
    "R414",
    "no column of file names",
    "Members are files, so a pool has a column with the file name of each exposure, such as FILE. It is found "
    "by its values: they have an extension such as .fits.",
    wrong="OBJECT|FILTER\nM51|V",
    right="FILE|OBJECT|FILTER\na.fits|M51|V",
)
EMPTY_NAME = "none"
"""What names have for an undefined value."""

_FILE = re.compile(r"[^\s/]+?((\.[A-Za-z][A-Za-z0-9]{1,5})(\.gz)?)", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d*)?)?)?Z?", re.IGNORECASE)
_SEXAGESIMAL = re.compile(r"[+-]?\d{1,3}[: ]\d{1,2}[: ]\d{1,2}(\.\d*)?")
_NUMBER = re.compile(r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([ed][+-]?\d{1,3})?", re.IGNORECASE)
_SKY = re.compile(r"(^|.*[_ -])(obj.*)?(ra|dec)([_ -].*|$)", re.IGNORECASE)
_IS_RA = re.compile(r"(^|.*[_ -])(obj.*)?ra([_ -].*|$)", re.IGNORECASE)
_HOUR = 15  # degrees
_SECONDS = re.compile(r"exp(osure)?_?time", re.IGNORECASE)  # the unit that FITS headers usually have
_UNDEFINED = frozenset({"null", "none", "n/a", "na", "nan", "-", "--", "indef", "undefined", "unknown"})
_SCIENCE = re.compile(r".*(object|science|light|sci\b|target|image|exp\b).*", re.IGNORECASE)
_CANDIDATES = re.compile(r"\[\(.*\)\]")

_TYPE_COLUMNS = r"(ima?ge?_?type?|obs_?type|exp(osure)?_?type|frame_?type|type|kind|.*dpr.catg|intent)"
_KEYS = {
    "program": r"(program(_?id)?|prog_?id|propos(al)?(_?id)?|propid|.*obs.prog.id)",
    "target": r"(object|targname|target(_?name)?|targprop|targetid)",
    "instrument": r"(instrume(nt)?|camera)",
    "filter": r"(filters?|filter1|band|optical_element|grating|grism|.*filt1?.name)",
}
"""The columns that usually keep exposures apart: the name of a key, and the names of its column."""


@dataclass(frozen=True, slots=True)
class FoundColumns:
    """What the columns of a pool seem to be, by their names and values."""

    pool: Pool
    file: str  # the column of file names
    extensions: tuple[str, ...]
    undefined: tuple[str, ...]
    types: Mapping[str, ColumnType]  # those that are not text
    candidates: str  # a column; empty if there is none
    exposure_type: str
    science: tuple[str, ...]  # the values of exposure_type that are science
    keys: Mapping[str, tuple[str, bool]]  # the column of each key, and whether it is undefined for some exposures
    replaced: Mapping[str, Mapping[str, str]]  # what the name part of each key replaces

    @classmethod
    def of(cls, pool: Pool) -> FoundColumns:
        """What the columns of a pool seem to be; `InputError` if none has file names."""
        values = {column.name: [value for value in column.values if value] for column in pool.columns.values()}
        undefined = sorted({value for cells in values.values() for value in cells if value.casefold() in _UNDEFINED})
        values = {name: [value for value in cells if value not in undefined] for name, cells in values.items()}
        file, extensions = _file_column(values, pool)
        others = {name: cells for name, cells in values.items() if cells and name != file}
        candidates = next((name for name, cells in others.items() if all(map(_CANDIDATES.fullmatch, cells))), "")
        others.pop(candidates, None)
        exposure_type = _named(_TYPE_COLUMNS, others)
        kinds = others.get(exposure_type, [])
        science = tuple(value for value in kinds if _SCIENCE.fullmatch(value)) or tuple(kinds[:1])
        types = {name: kind for name, cells in others.items() if (kind := _type_of(name, cells, pool)) is not None}
        keys = {}
        for key, pattern in _KEYS.items():
            if column := _named(pattern, {name: cells for name, cells in others.items() if name not in types}):
                is_partial = any(value in ("", *undefined) for value in pool.columns[column.casefold()].values)
                keys[key] = column, is_partial
        replaced = {key: replacements(others[column], [EMPTY_NAME]) for key, (column, _) in keys.items()}
        return cls(pool, file, extensions, tuple(undefined), types, candidates, exposure_type, science, keys, replaced)

    def example(self) -> dict[str, str]:
        """The cells of an exposure that the rule selects; the cases begin with them."""
        used = [column for column, _ in self.keys.values()]
        defaults = {self.file: "{name}" + self.extensions[0]}
        if self.exposure_type:
            defaults[self.exposure_type] = self.science[0]
        for column in used:
            values = self.pool.columns[column.casefold()].values
            defaults[column] = next((value for value in values if value and value not in self.undefined), "1")
        return {column.upper(): value for column, value in defaults.items()}

    def guesses(self) -> Iterable[str]:
        """What was found, in sentences."""
        yield f"file names: {self.file}, which end in {' or '.join(self.extensions)}"
        for column, kind in self.types.items():
            yield f"{column}: {kind}"
        text = [
            column.name
            for column in self.pool.columns.values()
            if column.name not in {*self.types, self.file, self.candidates}
        ]
        if text:
            yield f"text: {', '.join(text)}"
        if self.candidates:
            yield f"candidates: {self.candidates}"
        if self.undefined:
            yield f"undefined values: {', '.join(self.undefined)}"
        if self.exposure_type:
            yield f"science exposures: {self.exposure_type} is {' or '.join(self.science)}"
        else:
            yield "science exposures: all, as no column has a known name for the type of exposures"
        keys = ", ".join(f"{key} ({column})" for key, (column, _) in self.keys.items())
        yield (
            f"grouped by: {keys}"
            if keys
            else "grouped by: nothing, as no column has a known name; add keys to group_by"
        )
        for key, replaced in self.replaced.items():
            if replaced:
                changes = (
                    f"{quoted(old)} becomes {quoted(new)}" if new else f"{quoted(old)} is removed"
                    for old, new in replaced.items()
                )
                yield f"{key} in names: {', '.join(changes)}"


def _file_column(values: Mapping[str, Sequence[str]], pool: Pool) -> tuple[str, tuple[str, ...]]:
    """The column with most distinct file names, and their extensions, the most frequent first."""
    best: tuple[int, str, list[str]] = (0, "", [])
    for name, cells in values.items():
        matches = [match for cell in cells if (match := _FILE.fullmatch(cell))]
        if len(matches) == len(cells) and len(matches) > best[0]:
            best = len(matches), name, [match[1].lower() for match in matches]
    count, name, extensions = best
    if not count:
        message, hint = "no column has file names", "add a column such as FILE, with names such as a.fits"
        raise InputError(NO_FILE_NAMES.finding(message, pool.path, hint=hint))
    return name, tuple(sorted(set(extensions), key=lambda extension: (-extensions.count(extension), extension))[:20])


def _named(pattern: str, columns: Iterable[str]) -> str:
    """The first column whose name matches; empty if there is none."""
    return next((column for column in columns if re.fullmatch(pattern, column, re.IGNORECASE)), "")


def _type_of(name: str, cells: Sequence[str], pool: Pool) -> ColumnType | None:
    """The type of a column, if all of its cells can be read as values of one; None for text."""
    if all(map(_TIME.fullmatch, cells)):
        kind = ColumnType("time")
    elif all(map(_SEXAGESIMAL.fullmatch, cells)):
        kind = ColumnType("angle", "hour" if _IS_RA.fullmatch(name) else "deg")
    elif all(map(_NUMBER.fullmatch, cells)):
        unit = pool.columns[name.casefold()].unit
        if _SKY.fullmatch(name):
            kind = ColumnType("angle", "hour" if ratio(unit, "deg") == _HOUR else "deg")
        else:
            usual = "s" if _SECONDS.fullmatch(name) else ""
            kind = ColumnType("number", unit if is_unit(unit) else usual)
    else:
        return None
    return kind if all(read_texts(cells, kind).values) else None
