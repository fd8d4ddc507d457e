"""The blocks ``exptypes`` and ``asn_types`` of rule sets, built into `Pipelines`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from asnforge.findings import Finding, InputError, Severity, suggestion
from asnforge.rulefiles.documents import read_document
from asnforge.rulefiles.schema_errors import check_schema
from asnforge.rulefiles.shared_blocks import Located, Shared
from asnforge.rulefiles.shipped import RULESET_FILE, default_ruleset, found, kind
from asnforge.rules.codes import AMBIGUOUS_FACT, NO_RULESET, UNKNOWN_NAME
from asnforge.rules.pipelines import AsnType, MemberCount, Pipelines, Suffixes


def read_pipelines(name: str | Path | None) -> Pipelines:
    """What a rule set declares of pipelines; its rules are not read.

    Parameters
    ----------
    name : str or Path or None
        A folder with a ``ruleset.yaml``, that file, or the name of a shipped rule set; None: the default rule set.

    Raises
    ------
    InputError
        With every fault that was found, each with file, line and column; also where there is no ``ruleset.yaml``.
    """
    path = default_ruleset() if name is None else found(name)
    file = path if path.name == RULESET_FILE else path / RULESET_FILE
    if kind(file) is None:
        hint = f"name a folder with a {RULESET_FILE} or a rule set that ships with the package"
        raise InputError(Finding(NO_RULESET.code, f"no {RULESET_FILE} that declares asn_types", str(path), hint=hint))
    document = read_document(file)
    if faults := check_schema(document, "ruleset"):
        raise InputError(*faults)
    shared = Shared((document,))
    pipelines = build_pipelines(shared)
    if shared.findings:
        raise InputError(*shared.findings)
    return pipelines


def build_pipelines(shared: Shared) -> Pipelines:
    """What rule sets declare of pipelines; faults are gathered in `shared`."""
    exptypes = _exptypes(shared)
    asn_types: dict[str, AsnType] = {}
    for name in shared.names("asn_types"):
        entry = shared.find("asn_types", name)
        if entry is not None:
            asn_types[name.casefold()] = _asn_type(name, entry, exptypes, shared)
    undefined, keywords = shared.block("undefined"), shared.block("keywords")
    status = keywords.content["degraded_status"] if keywords is not None else {}
    return Pipelines(
        asn_types=asn_types,
        exptypes=exptypes,
        undefined=frozenset(text.casefold() for text in (undefined.texts() if undefined is not None else ())),
        not_degraded=status.get("none", ""),
        degraded=status.get("some", ""),
    )


def _exptypes(shared: Shared) -> dict[str, tuple[str, ...]]:
    """The known exptypes with their misspellings.

    A word with two meanings is a fault within one file. Between files, an exptype is never a misspelling of another one, and
    of two misspellings the later file's holds.
    """
    entries = {name: entry for name in shared.names("exptypes") if (entry := shared.find("exptypes", name))}
    meaning = {name: (name, entry.document) for name, entry in entries.items()}
    exptypes: dict[str, tuple[str, ...]] = {}
    for name, entry in entries.items():
        words = entry.get("misspelled_as")
        for word in words.each() if words is not None else ():
            other, document = meaning.setdefault(word.content.casefold(), (name, entry.document))
            if other != name and document is entry.document:
                message = f"{word.content} is a misspelling of {name}, but it also means {other}"
                shared.report(word.finding(AMBIGUOUS_FACT.code, message, "remove it from one of the two"))
        exptypes[name] = tuple(text.casefold() for text in words.texts()) if words is not None else ()
    return exptypes


def _asn_type(name: str, entry: Located, exptypes: dict[str, tuple[str, ...]], shared: Shared) -> AsnType:
    content = entry.content
    for exptype, place in _mentioned(entry):
        if exptypes and exptype not in exptypes:
            shared.report(
                place.finding(UNKNOWN_NAME.code, f"there is no exptype {exptype}", suggestion(exptype, tuple(exptypes)))
            )
    require, suffixes = entry.get("require"), content.get("suffixes", {})
    return AsnType(
        name=name,
        pipeline=content.get("pipeline", ""),
        reads=frozenset(text.casefold() for text in content.get("reads", ())),
        case_sensitive=content.get("exptype_case") == "sensitive",
        first_product_only=content.get("products") == "first",
        require=tuple(_count(exptype, count, shared) for exptype, count in require.items()) if require else (),
        suffixes={exptype: Suffixes(*_lower(found)) for exptype, found in suffixes.items()},
    )


def _mentioned(entry: Located) -> Iterator[tuple[str, Located]]:
    """Each exptype that the facts of an asn_type name, with its place."""
    if (reads := entry.get("reads")) is not None:
        yield from ((text.content.casefold(), text) for text in reads.each())
    for block in ("require", "suffixes"):
        if (named := entry.get(block)) is not None:
            yield from named.items()


def _count(exptype: str, piece: Located, shared: Shared) -> MemberCount:
    content = piece.content
    at_least = int(content.get("at_least", "0"))
    at_most = int(content["at_most"]) if "at_most" in content else None
    if at_most is not None and at_most < at_least:
        message = f"at_least is {at_least}, but at_most is {at_most}"
        shared.report(piece.finding(AMBIGUOUS_FACT.code, message, "at_most must be at_least or more"))
    severity: Severity = "error" if content.get("severity") == "error" else "warning"
    return MemberCount(exptype, at_least, at_most, content.get("otherwise", ""), severity)


def _lower(found: dict[str, list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    right, wrong = (tuple(text.casefold() for text in found[key]) for key in ("right", "wrong"))
    return right, wrong
