"""Is this file an association that pipelines can use, and if not, where and why."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from asnforge.asnfiles.codes import FOREIGN, REPEATED_KEY, SYNTAX, TOO_LARGE
from asnforge.asnfiles.json_positions import Document, JSONSyntaxError, Lines, Path, line_and_column, parse
from asnforge.asnfiles.problems import Problem, noun, schema_problems, type_in_words
from asnforge.asnfiles.read import decode, read_bytes
from asnforge.asnfiles.schema import association_schema, is_association
from asnforge.asnfiles.semantics import meaning_problems, objects
from asnforge.asnfiles.use import UseCheck
from asnforge.findings import Finding, InputError, quoted
from asnforge.rulefiles.load import read_pipelines
from asnforge.rules.pipelines import Pipelines
from asnforge.system_errors import memory_for

if TYPE_CHECKING:
    from asnforge.rules.ruleset import Ruleset

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Validated:
    """A file that was validated.

    Attributes
    ----------
    path : str
        The file as the user named it.
    findings : tuple of Finding
        What is wrong, in the order of lines.
    product_names : tuple of str
        The names of its products; none where it could not be read.
    """

    path: str
    findings: tuple[Finding, ...]
    product_names: tuple[str, ...] = ()


def validate_file(path: str | os.PathLike[str], ruleset: Ruleset | None = None) -> tuple[Finding, ...]:
    """What is wrong with an association file, by line and column.

    Parameters
    ----------
    path : path
        A JSON file; ``-`` for standard input.
    ruleset : Ruleset or None
        The rule set that declares what pipelines read of associations, by asn_type; None: the default rule set.

    Returns
    -------
    tuple of Finding
        Empty for an association that pipelines can run on, made by a generator or by hand
        (docs/format.md#editing-a-file-by-hand). A file that cannot be read at all gives one finding that says so.
    """
    return validate_one(
        os.fspath(path), UseCheck((_default_pipelines() if ruleset is None else ruleset.pipelines,))
    ).findings


def validate_one(path: str, use: UseCheck) -> Validated:
    """As `validate_file`, for one of several files: with the names of the products, which files are compared by."""
    try:
        with memory_for(path):
            return _validate(read_bytes(path), path, use)
    except InputError as stop:
        return Validated(path, stop.findings)


def validate_bytes(data: bytes, path: str, ruleset: Ruleset | None = None) -> tuple[Finding, ...]:
    """What is wrong with the bytes of an association file.

    Parameters
    ----------
    data : bytes
        The content of the file.
    path : str
        The name of the file, for the findings alone.
    ruleset : Ruleset or None
        As for `validate_file`; None: only what holds for every association is checked.
    """
    try:
        return _validate(data, path, UseCheck(() if ruleset is None else (ruleset.pipelines,))).findings
    except InputError as stop:
        return stop.findings


@cache
def _default_pipelines() -> Pipelines:
    return read_pipelines(None)


def _validate(data: bytes, path: str, use: UseCheck) -> Validated:
    text, marks = decode(data, path)
    value, clean = _quick(text, use)
    if clean:
        return Validated(path, marks, _product_names(value))
    try:
        document = parse(text)
    except JSONSyntaxError as error:
        code = TOO_LARGE if error.deep else SYNTAX
        fault = Finding(code.code, error.message, path, *line_and_column(text, error.offset), error.hint)
        return Validated(path, (*marks, fault))
    return Validated(path, marks + _findings(text, path, document, use), _product_names(document.value))


def _quick(text: str, use: UseCheck) -> tuple[object, bool]:
    """The value of a JSON text, and whether there is no fault at all; ten times as fast as finding out which."""
    if _SURROGATE.search(text):  # perhaps without its other half, which json does not mind
        return None, False
    try:
        value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None, False
    return value, is_association(value) and next(chain(meaning_problems(value), use.problems(value)), None) is None


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("repeated key")
    return result


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _product_names(value: object) -> tuple[str, ...]:
    products = objects(value.get("products")) if isinstance(value, dict) else ()
    return tuple(name for _, product in products if isinstance(name := product.get("name"), str))


def _findings(text: str, path: str, document: Document, use: UseCheck) -> tuple[Finding, ...]:
    lines = Lines(text)

    def repeated(key: Path, offset: int) -> Finding:
        message = f"{quoted(key[-1])} stands twice in {noun(key[:-1])}"
        hint = "only the last of the two is read; remove one"
        return Finding(REPEATED_KEY.code, message, path, *lines.line_and_column(offset), hint)

    def located(problem: Problem) -> Finding:
        offsets = document.keys if problem.at_key else document.values
        line, column = lines.line_and_column(offsets[problem.path])
        return Finding(problem.code, problem.message, path, line, column, problem.hint, problem.severity)

    found = chain((repeated(*each) for each in document.repeated), map(located, _problems(document.value, use)))
    return tuple(sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0)))


def _problems(value: object, use: UseCheck) -> Iterator[Problem]:
    hint = "an association has the keywords asn_id, asn_pool and products"
    if not isinstance(value, dict):
        hint = "an association is an object {...} with asn_id, asn_pool and products"
        yield Problem(FOREIGN.code, (), f"the file holds {type_in_words(value)}, no association", hint)
    elif not _has_keywords(value):
        yield Problem(FOREIGN.code, (), "the file is JSON, but no association", hint)
    else:
        yield from chain(schema_problems(value), meaning_problems(value), use.problems(value))


def _has_keywords(keys: Iterable[object]) -> bool:
    keywords = association_schema()["properties"]
    return any(str(key).casefold() in keywords for key in keys)
