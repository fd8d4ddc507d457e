"""A new rule set for the columns of a pool: a ``ruleset.yaml``, one rule and its cases, which pass as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from asnforge.asnfiles.staging import make_folder
from asnforge.atomic import write_atomically
from asnforge.authoring.first_cases import Examples, dump
from asnforge.authoring.found_columns import EMPTY_NAME, FoundColumns
from asnforge.authoring.scaffold import EXISTS, schema_comment
from asnforge.findings import FindingCode, InputError
from asnforge.pool.model import FROM_HEADERS, Pool
from asnforge.pool.open import pool_name
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, path_type
from asnforge.rules.rule import SCIENCE

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
_KEYWORD = re.compile(r"[A-Za-z0-9_-]{1,8}")


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
    found = FoundColumns.of(pool)
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


def _ruleset(name: str, found: FoundColumns) -> dict[str, Any]:
    """The content of ruleset.yaml."""
    science = _is_science(found)
    names = {
        key: {
            "key": key,
            **({"replace": dict(found.replaced[key])} if found.replaced[key] else {}),
            **({"empty": EMPTY_NAME} if partial else {}),
        }
        for key, (_, partial) in found.keys.items()
    }
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


def _headers(found: FoundColumns) -> dict[str, Any]:
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


def _types_comment(found: FoundColumns) -> str:
    """The block ``columns`` as a comment, as a rule set declares the types of columns that rules read."""
    if not found.types:
        return ""
    columns = {
        column: {"type": kind.kind, **({"unit": kind.unit} if kind.unit else {})}
        for column, kind in found.types.items()
    }
    text = "Types of columns, for rules that read them; remove the # then:\n" + dump({"columns": columns})
    return "".join(f"# {line}\n" for line in text.splitlines())


def _is_science(found: FoundColumns) -> dict[str, Any]:
    """The constraint that science exposures pass; empty if all exposures are."""
    if not found.exposure_type:
        return {}
    if len(found.science) == 1:
        return {"column": found.exposure_type, "is": found.science[0].lower()}
    return {"column": found.exposure_type, "in": [value.lower() for value in found.science]}


def _rule(found: FoundColumns) -> dict[str, Any]:
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
