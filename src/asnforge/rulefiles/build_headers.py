"""Build the block ``headers`` of a rule set: how the headers of FITS files become rows of a pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asnforge.rulefiles.build_constraints import INVALID_REGEX, checked_regex
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.header_candidates import CandidateGuess, HeaderCandidates
from asnforge.rules.header_mapping import (
    UNDEFINED_CELL,
    CombinedProducts,
    HeaderColumn,
    HeaderMapping,
    HeaderWarning,
    KeywordSource,
    NotAnExposure,
    NumberedColumn,
    ProductNames,
    RankColumn,
)

_YES = "yes"


def build_headers(node: YamlNode, shared: SharedBlocks) -> HeaderMapping:
    """The header mapping of the block ``headers``; invalid regular expressions and undefined columns are findings."""
    _check_regexes(node, shared)
    _check_columns(node, shared)
    return header_mapping(node.value)


def _check_regexes(node: YamlNode, shared: SharedBlocks) -> None:
    """Check every regular expression of the block, and that those that cut out a part have a group for it."""
    names = node["names"]
    for expression in (names.get("root"), names.get("scope")):
        if expression is not None:
            checked_regex(expression, shared)
    for _, kind in _entries(node.get("not_exposures")):
        if (expression := kind.get("name")) is not None:
            checked_regex(expression, shared)
    candidates = node.get("candidates")
    cutting = [candidates.get("target_in_associations")] if candidates is not None else []
    cutting += [
        expression for _, column in _entries(node.get("columns")) for _, expression in _entries(column.get("matching"))
    ]
    for expression in cutting:
        if expression is not None and "(" not in checked_regex(expression, shared):
            message = "regular expression {pattern:quoted} has no group for the part that is used"
            hint = f"write ({expression.value}) to use all of it"
            shared.add_finding(expression.finding(INVALID_REGEX, message, hint, pattern=expression.value))


def _check_columns(node: YamlNode, shared: SharedBlocks) -> None:
    """Check that every column that the block names is one that it makes."""
    made = [name for block in ("columns", "numbered", "ranks") for name, _ in _entries(node.get(block))]
    named = [
        column.get(key)
        for block in ("numbered", "ranks")
        for _, column in _entries(node.get(block))
        for key in ("within", "of")
    ]
    candidates = node.get("candidates")
    if candidates is not None:
        single = [candidates.get(key) for key in ("program", "observation", "instrument", "exposure_type", "target")]
        named += [candidates.get("target_names")]
        for name in single:
            if name is not None and name.value not in made:
                shared.undefined("column", name.value, made, name)
    for names in named:
        for name in names.items_list() if names is not None else ():
            if name.value not in made:
                shared.undefined("column", name.value, made, name)


def _entries(node: YamlNode | None) -> Iterator[tuple[str, YamlNode]]:
    """The entries of a mapping; none if it is absent."""
    return node.items() if node is not None else iter(())


def header_mapping(content: Mapping[str, Any]) -> HeaderMapping:
    """The header mapping of the content of its block, whose form the schema has checked."""
    names = content["names"]
    return HeaderMapping(
        exposure=content["exposure"].upper(),
        newest=content.get("newest", "").upper(),
        names=ProductNames(
            names.get("keyword", "").upper(),
            names["root"],
            names.get("scope", ""),
            tuple(names.get("suffixes", ())),
            tuple(names.get("from_keywords", ())),
            {suffix.casefold(): maker for suffix, maker in names.get("made_by", {}).items()},
            frozenset(_folded(names.get("replaceable", ()))),
        ),
        file_name=content["file_name"],
        not_exposures=tuple(
            NotAnExposure(kind, entry.get("keyword", "").upper(), entry.get("name", ""))
            for kind, entry in content.get("not_exposures", {}).items()
        ),
        columns=tuple(_column(name, entry) for name, entry in content.get("columns", {}).items()),
        numbered=tuple(
            NumberedColumn(
                name,
                tuple(entry.get("within", ())),
                tuple(tuple(keyword.upper() for keyword in keys) for keys in entry["keys"]),
                _folded(entry.get("absent", ())),
                int(entry.get("places", 4)),
            )
            for name, entry in content.get("numbered", {}).items()
        ),
        ranks=tuple(
            RankColumn(name, tuple(entry["of"]), tuple(entry.get("within", ())))
            for name, entry in content.get("ranks", {}).items()
        ),
        candidates=_candidates(content["candidates"]) if "candidates" in content else None,
        combined=CombinedProducts(**content.get("combined", {})),
        warnings=tuple(
            HeaderWarning(keyword.upper(), frozenset(_folded(entry["values"])), entry["message"])
            for keyword, entry in content.get("warnings", {}).items()
        ),
    )


def _column(name: str, entry: Mapping[str, Any]) -> HeaderColumn:
    # A column without keywords of its own has the keyword of its name, unless it is given a value for all exposures.
    default = () if set(entry) == {"otherwise"} else (name,)
    matching = {keyword.upper(): pattern for keyword, pattern in entry.get("matching", {}).items()}
    return HeaderColumn(
        name,
        tuple(
            KeywordSource(keyword.upper(), matching.get(keyword.upper(), ""))
            for keyword in entry.get("keywords", default)
        ),
        entry.get("number") == _YES,
        _folded(entry.get("absent", ())),
        {value.casefold(): cell for cell, values in entry.get("values", {}).items() for value in values},
        entry.get("otherwise", UNDEFINED_CELL),
    )


def _candidates(content: Mapping[str, Any]) -> HeaderCandidates:
    guess = content.get("guess", {})
    return HeaderCandidates(
        program=content["program"],
        observation=content["observation"],
        instrument=content.get("instrument", ""),
        exposure_type=content.get("exposure_type", ""),
        id=content["id"],
        type=content["type"],
        width=int(content.get("width", 0)),
        target=content.get("target", ""),
        target_names=tuple(content.get("target_names", ())),
        target_in_associations=content.get("target_in_associations", ""),
        archive_pool=content.get("archive_pool", "").upper(),
        pool_ending=content.get("pool_ending", "").casefold(),
        guessed_id=guess.get("id", ""),
        first_number=int(guess.get("first", 1)),
        right_ascension=guess.get("right_ascension", "").upper(),
        declination=guess.get("declination", "").upper(),
        time=guess.get("time", "").upper(),
        ignored=frozenset(_folded(guess.get("ignore", ()))),
        guesses=tuple(
            CandidateGuess(
                candidate_type,
                frozenset(_folded(entry["exposure_types"])),
                entry.get("support", "").upper(),
                entry.get("nearest") == _YES,
                float(entry.get("within_degrees", 0)),
                float(entry.get("within_days", 0)),
            )
            for candidate_type, entry in guess.get("types", {}).items()
        ),
    )


def _folded(values: Any) -> tuple[str, ...]:
    return tuple(value.casefold() for value in values)
