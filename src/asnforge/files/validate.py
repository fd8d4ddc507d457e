"""Is this file an association, and if not, where and why."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from itertools import chain

from asnforge.files.codes import FOREIGN, REPEATED_KEY, SYNTAX, TOO_LARGE
from asnforge.files.meaning import meaning_problems
from asnforge.files.positions import Document, JSONSyntaxError, Path, line_and_column, parse
from asnforge.files.problems import Problem, noun, schema_problems, type_in_words
from asnforge.files.read import decode, read_bytes
from asnforge.files.schema import association_schema, check_generated
from asnforge.findings import CannotContinue, Finding, quoted


def validate_file(path: str | os.PathLike[str]) -> tuple[Finding, ...]:
    """What is wrong with an association file, by line and column.

    Parameters
    ----------
    path : path
        A JSON file; ``-`` for standard input.

    Returns
    -------
    tuple of Finding
        Empty for an association that pipelines can run on, made by a generator or by hand (techspecs, 'Editing the
        member list'). A file that cannot be read at all gives one finding that says so.
    """
    path = os.fspath(path)
    try:
        return validate_bytes(read_bytes(path), path)
    except CannotContinue as stop:
        return stop.findings


def validate_bytes(data: bytes, path: str) -> tuple[Finding, ...]:
    """What is wrong with the bytes of an association file; `path` is for the findings alone."""
    try:
        text, marks = decode(data, path)
        return marks if not marks and _is_clean(text) else marks + _explain(text, path)
    except CannotContinue as stop:
        return stop.findings


def _is_clean(text: str) -> bool:
    """Whether there is no fault at all; some ten times as fast as finding out which."""
    try:
        value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return check_generated(value) and next(meaning_problems(value), None) is None


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("repeated key")
    return result


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _explain(text: str, path: str) -> tuple[Finding, ...]:
    try:
        document = parse(text)
    except JSONSyntaxError as error:
        code = TOO_LARGE if error.deep else SYNTAX
        return (Finding(code.code, error.message, path, *line_and_column(text, error.offset), error.hint),)
    repeated = (_repeated(text, path, key, offset) for key, offset in document.repeated)
    problems = (_located(text, path, document, problem) for problem in _problems(document.value))
    return tuple(sorted(chain(repeated, problems), key=lambda finding: (finding.line or 0, finding.column or 0)))


def _problems(value: object) -> Iterable[Problem]:
    keywords = association_schema()["properties"]
    if not isinstance(value, dict):
        message = f"the file holds {type_in_words(value)}, no association"
        return (
            Problem(FOREIGN.code, (), message, "an association is an object {...} with asn_id, asn_pool and products"),
        )
    if not any(str(key).casefold() in keywords for key in value):
        hint = "an association has the keywords asn_id, asn_pool and products"
        return (Problem(FOREIGN.code, (), "the file is JSON, but no association", hint),)
    return chain(schema_problems(value), meaning_problems(value))


def _located(text: str, path: str, document: Document, problem: Problem) -> Finding:
    places = document.keys if problem.at_key else document.values
    line, column = line_and_column(text, places[problem.path])
    return Finding(problem.code, problem.message, path, line, column, problem.hint, problem.severity)


def _repeated(text: str, path: str, key: Path, offset: int) -> Finding:
    message = f"{quoted(key[-1])} stands twice in {noun(key[:-1])}"
    hint = "only the last of the two is read; remove one"
    return Finding(REPEATED_KEY.code, message, path, *line_and_column(text, offset), hint)
