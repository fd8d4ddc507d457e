"""A new rule set for the columns of a pool: a ``ruleset.yaml``, one rule and its cases, which pass as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from asnforge.asnfiles.staging import make_folder
from asnforge.atomic import write_atomically
from asnforge.authoring.first_cases import Examples, dump
from asnforge.authoring.scaffold import EXISTS, schema_comment
from asnforge.findings import FindingCode, InputError
from asnforge.pool.model import FROM_HEADERS, Pool
from asnforge.pool.open import pool_name
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, path_type
from asnforge.rules.amounts import read_texts
from asnforge.rules.column_types import ColumnType
from asnforge.rules.rule import SCIENCE

NO_FILE_NAMES = FindingCode(
    "R414",
    "no column of file names",
    "Members are files, so a pool has a column with the file name of each exposure, such as FILE. It is found "
    "by its values: they have an extension such as .fits.",
    wrong="OBJECT|FILTER\nM51|V",
    right="FILE|OBJECT|FILTER\na.fits|M51|V",
)
INVALID_RULESET_NAME = FindingCode(
    "R415",
    "invalid name of a rule set",
    "The name of a rule set is also that of its folder: a letter or digit, then letters, digits, '_', '.' and '-'.",
    wrong="asnforge rules new-set 'My observatory' --from night.tsv",
    right="asnforge rules new-set my-observatory --from night.tsv",
)

RULE_FILE = "first_rule"
"""The name of the first rule's file, without its extension."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_FILE = re.compile(r"[^\s/]+?((\.[A-Za-z][A-Za-z0-9]{1,5})(\.gz)?)", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d*)?)?)?Z?", re.IGNORECASE)
_SEXAGESIMAL = re.compile(r"[+-]?\d{1,3}[: ]\d{1,2}[: ]\d{1,2}(\.\d*)?")
_NUMBER = re.compile(r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([ed][+-]?\d{1,3})?", re.IGNORECASE)
_SKY = re.compile(r"(^|.*[_ -])(obj.*)?(ra|dec)([_ -].*|$)", re.IGNORECASE)
_IS_RA = re.compile(r"(^|.*[_ -])(obj.*)?ra([_ -].*|$)", re.IGNORECASE)
_UNDEFINED = frozenset({"null", "none", "n/a", "na", "nan", "-", "--", "indef", "undefined", "unknown"})
_SCIENCE = re.compile(r".*(object|science|light|sci\b|target|image|exp\b).*", re.IGNORECASE)
_KEYWORD = re.compile(r"[A-Za-z0-9_-]{1,8}")
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
class NewRuleset:
    """The files of a new rule set with their texts, and what was guessed.

    Attributes
    ----------
    folder : Path
        The new folder.
    files : mapping of str to str
        The text of each file, by its name.
    guesses : tuple of str
        Sentences that say what was found in the pool, and how it is used.
    """

    folder: Path
    files: Mapping[str, str]
    guesses: tuple[str, ...]

    def write(self) -> None:
        """Write the files; `InputError` if that is not possible."""
        make_folder(self.folder)
        for name, text in self.files.items():
            write_atomically(self.folder / name, text.encode())


def new_ruleset(name: str, pool: Pool, parent: Path) -> NewRuleset:
    """A rule set for the columns of a pool.

    Parameters
    ----------
    name : str
        The name of the rule set, and of its folder.
    pool : Pool
        The pool, with all of its columns.
    parent : Path
        The folder in which the new folder is created.

    Raises
    ------
    InputError
        The name is invalid, there is such a folder, or the pool has no column of file names.
    """
    folder = parent / name
    if not _NAME.fullmatch(name):
        hint = "a letter or digit, then letters, digits, '_', '.' and '-'"
        raise InputError(INVALID_RULESET_NAME.finding("{name:quoted} is not a valid name", hint=hint, name=name))
    if path_type(folder) is not None:
        raise InputError(
            EXISTS.finding("the folder already exists", str(folder), hint="give the rule set another name")
        )
    found = _Found.of(pool)
    ruleset, rule = _ruleset(name, found), _rule(found)
    ruleset_text = f"{schema_comment('ruleset', folder)}\n{dump(ruleset)}{_types_comment(found)}"
    rule_text = f"{schema_comment('rule', folder)}\n{dump(rule)}"
    with TemporaryDirectory() as temporary:
        base = Path(temporary)
        (base / RULESET_FILE).write_text(ruleset_text, encoding="utf-8")
        examples = Examples(rule["rule"], rule_text, base, found.exposure_type, found.example())
        cases = f"{schema_comment('cases', folder)}\n{examples.text()}"
    files = {RULESET_FILE: ruleset_text, f"{RULE_FILE}.yaml": rule_text, f"{RULE_FILE}{CASES_SUFFIX}": cases}
    return NewRuleset(folder, files, tuple(found.guesses()))


@dataclass(frozen=True, slots=True)
class _Found:
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

    @classmethod
    def of(cls, pool: Pool) -> _Found:
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
        types = {name: kind for name, cells in others.items() if (kind := _type_of(name, cells)) is not None}
        keys = {}
        for key, pattern in _KEYS.items():
            if column := _named(pattern, {name: cells for name, cells in others.items() if name not in types}):
                is_partial = any(value in ("", *undefined) for value in pool.columns[column.casefold()].values)
                keys[key] = column, is_partial
        return cls(pool, file, extensions, tuple(undefined), types, candidates, exposure_type, science, keys)

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


def _type_of(name: str, cells: Sequence[str]) -> ColumnType | None:
    """The type of a column, if all of its cells can be read as values of one; None for text."""
    if all(map(_TIME.fullmatch, cells)):
        kind = ColumnType("time")
    elif all(map(_SEXAGESIMAL.fullmatch, cells)):
        kind = ColumnType("angle", "hour" if _IS_RA.fullmatch(name) else "deg")
    elif all(map(_NUMBER.fullmatch, cells)):
        kind = ColumnType("angle", "deg") if _SKY.fullmatch(name) else ColumnType("number")
    else:
        return None
    return kind if all(read_texts(cells, kind).values) else None


def _ruleset(name: str, found: _Found) -> dict[str, Any]:
    """The content of ruleset.yaml."""
    science = _is_science(found)
    names = {key: {"key": key, **({"empty": "none"} if partial else {})} for key, (_, partial) in found.keys.items()}
    scope = "{scope}_" if found.candidates else ""
    return {
        "ruleset": name,
        "title": f"Associations of {name}",
        "about": f"Made from the columns of {pool_name(found.pool.path)}. Describe the exposures and their pools here.",
        "undefined": ["", *found.undefined],
        **({"candidates": {"column": found.candidates, "id": "[a-z0-9][a-z0-9_.+-]*"}} if found.candidates else {}),
        "members": {
            "file_name": found.file,
            "extensions": [*found.extensions],
            "name": "{root}{extension}",
            "exptype": "exposure_role",
        },
        "keywords": {
            "file_name": f"{{asn_type}}_{scope}{{sequence}}_asn.json",
            "program": "{program}" if "program" in found.keys else "none",
            "target": "{target}" if "target" in found.keys else "none",
            "degraded_status": {
                "none": "No exposure is known to be degraded.",
                "some": "Some exposures are known to be degraded.",
            },
        },
        **({"headers": _headers(found)} if found.pool.format == FROM_HEADERS else {}),
        "derived": {
            "exposure_role": {
                "about": "The purpose of an exposure, which is the exptype of its member",
                "cases": [{"when": science, "value": SCIENCE}, {"value": "other"}] if science else [{"value": SCIENCE}],
            }
        },
        "names": {
            **names,
            "asn_type": {"key": "asn_type"},
            **({"scope": {"key": "scope"}} if found.candidates else {}),
            "sequence": {"key": "sequence", "zero_fill": "3"},
        },
    }


def _headers(found: _Found) -> dict[str, Any]:
    """The block ``headers``: the keywords that are columns, so that FITS files are pools."""
    columns = {column.name: column.values for column in found.pool.columns.values() if _KEYWORD.fullmatch(column.name)}
    columns.pop(found.file, None)
    complete = [name for name, values in columns.items() if all(values)]
    exposure = found.exposure_type if found.exposure_type in complete else next(iter(complete or columns))
    return {
        "exposure": exposure,
        "file_name": f"{{root}}{found.extensions[0]}",
        "names": {"root": ".+"},
        "columns": {name: {} for name in columns},
    }


def _types_comment(found: _Found) -> str:
    """The block ``columns`` as a comment, as a rule set declares the types of columns that rules read."""
    if not found.types:
        return ""
    columns = {
        column: {"type": kind.kind, **({"unit": kind.unit} if kind.unit else {})}
        for column, kind in found.types.items()
    }
    text = "Types of columns, for rules that read them; remove the # then:\n" + dump({"columns": columns})
    return "".join(f"# {line}\n" for line in text.splitlines())


def _is_science(found: _Found) -> dict[str, Any]:
    """The constraint that science exposures pass; empty if all exposures are."""
    if not found.exposure_type:
        return {}
    if len(found.science) == 1:
        return {"column": found.exposure_type, "is": found.science[0].lower()}
    return {"column": found.exposure_type, "in": [value.lower() for value in found.science]}


def _rule(found: _Found) -> dict[str, Any]:
    """The content of the rule's file."""
    keys = {
        key: {"column": column, **({"optional": "own"} if partial else {})}
        for key, (column, partial) in found.keys.items()
    }
    science = _is_science(found)
    product = "_".join(f"{{{key}}}" for key in keys) or "all"
    return {
        "rule": "First_Rule",
        "title": "Science exposures of one target and setup",
        "about": "Describe which exposures belong together, and why.",
        "asn_type": "combined",
        **({"select": {"science": science}} if science else {}),
        **({"group_by": keys} if keys else {}),
        "product": product if keys else "{asn_type}",
    }
