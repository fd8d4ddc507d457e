"""What the schema has to say about an association, made into sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asnforge.files.codes import EMPTY, MISSING, MISSPELLED, NO_SCIENCE, WRONG_TYPE
from asnforge.files.positions import Path
from asnforge.files.schema import association_schema
from asnforge.files.spelling import closest, meant_exptype
from asnforge.findings import Severity, quoted

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPE_WORDS = {"string": "text in double quotes", "null": "null", "array": "a list [...]", "object": "an object {...}"}


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault at a place inside a value, before the place has a line and a column.

    Attributes
    ----------
    code : str
        The code of the finding that it becomes.
    path : Path
        The way to the value from the top.
    message, hint : str
        As in a finding.
    severity : {"error", "warning"}
        As in a finding.
    at_key : bool
        Whether the fault is the key that the value stands under.
    """

    code: str
    path: Path
    message: str
    hint: str = ""
    severity: Severity = "error"
    at_key: bool = False


def known_keywords(path: Path) -> tuple[str, ...]:
    """The keywords that the schema names for an object, by the object's place: the top, a product or a member."""
    schema = association_schema()
    parts = {0: schema, 2: schema["$defs"]["product"], 4: schema["$defs"]["member"]}
    return tuple(parts.get(len(path), {}).get("properties", ()))


def noun(path: Path) -> str:
    """What stands at a place, in the field's word, with its number from 1."""
    if not path:
        return "the association"
    if isinstance(path[-1], int):
        return f"{'member' if 'members' in path else 'product'} {path[-1] + 1}"
    return f"the keyword '{path[-1]}'"


def misspelled(present: Mapping[str, object], wanted: str, path: Path) -> str | None:
    """The unknown keyword of an object that is likely meant to be `wanted`, if there is one."""
    return closest(wanted, (key for key in present if key not in known_keywords(path)))


def schema_problems(value: object) -> Iterator[Problem]:
    """Each fault that the schema finds in an association."""
    import jsonschema

    for error in jsonschema.Draft202012Validator(association_schema()).iter_errors(value):
        path: Path = tuple(error.absolute_path)
        match error.validator:
            case "required":
                yield from _missing(error, path)
            case "type":
                yield _wrong_type(error, path)
            case "minItems" | "minLength":
                yield Problem(EMPTY.code, path, f"{noun(path)} is empty", _needs(path))
            case "contains":
                yield from _no_science(error.instance, path)
            case _:
                yield Problem(WRONG_TYPE.code, path, f"{noun(path)} does not pass the schema: {quoted(error.message)}")


def _missing(error: ValidationError, path: Path) -> Iterator[Problem]:
    """The required keywords that one object lacks; jsonschema reports each by itself."""
    instance: Any = error.instance
    wanted: Any = error.validator_value
    name = next(name for name in wanted if name not in instance and error.message.startswith(repr(name)))
    wrong = misspelled(instance, name, path)
    if wrong is None:
        hint = f'add "{name}"; required are {", ".join(wanted)}' if len(wanted) > 1 else f'add "{name}"'
        yield Problem(MISSING.code, path, f"{noun(path)} has no '{name}'", hint)
    else:
        message = f"{quoted(wrong)} is no keyword of {noun(path)}, which has no '{name}'"
        yield Problem(MISSPELLED.code, (*path, wrong), message, f'write "{name}"', at_key=True)


def _wrong_type(error: ValidationError, path: Path) -> Problem:
    right: Any = error.validator_value
    words = [_TYPE_WORDS[name] for name in ([right] if isinstance(right, str) else right)]
    return Problem(
        WRONG_TYPE.code, path, f"{noun(path)} is {type_in_words(error.instance)}", f"it must be {' or '.join(words)}"
    )


def type_in_words(value: object) -> str:
    """The type of a JSON value, with the value where it is short."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {str(value)[:20]}"
        case str():
            return f"the text {quoted(value, 30)}"
        case list():
            return "a list"
        case _:
            return "an object"


def _needs(path: Path) -> str:
    match path[-1]:
        case "products":
            return "an association needs one product or more"
        case "members":
            return "a product needs one member or more"
        case _:
            return "it needs some text"


def _no_science(members: object, path: Path) -> Iterator[Problem]:
    """Nothing where another fault says it already: no member at all, or 'science' in another spelling."""
    types = (
        [member.get("exptype") for member in members if isinstance(member, dict)] if isinstance(members, list) else []
    )
    if types and all(isinstance(exptype, str) and exptype for exptype in types) and not any(map(meant_exptype, types)):
        product = noun(path[:-1])
        hint = 'the exptype of one member or more must be "science"'
        yield Problem(NO_SCIENCE.code, path, f"{product} has no science member", hint)
