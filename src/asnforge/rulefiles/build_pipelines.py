"""The blocks ``exptypes`` and ``asn_types`` of rule sets, built into `Pipelines`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from asnforge.findings import FindingCode, InputError, Severity
from asnforge.rulefiles.check_schema import read_checked
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.shipped import NO_RULESET, RULESET_FILE, default_ruleset, path_type, resolve
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.pipelines import AsnType, MemberCount, Pipelines, Suffixes

CONTRADICTORY_FACT = FindingCode(
    "R210",
    "contradiction in exptypes or asn_types",
    "A misspelling is listed for two exptypes, or an asn_type requires more members of an exptype than it allows. Keep the "
    "entry that is right.",
    wrong="exptypes:\n  background: {misspelled_as: [bkg]}\n  imprint: {misspelled_as: [bkg]}",
    right="exptypes:\n  background: {misspelled_as: [bkg]}\n  imprint: {misspelled_as: [imp]}",
)


def read_pipelines(name: str | Path | None) -> Pipelines:
    """The facts about pipelines that a rule set declares, without reading its rules.

    Parameters
    ----------
    name : str or Path or None
        A folder with a ``ruleset.yaml``, that file, or the name of a shipped rule set; None: the default rule set.

    Raises
    ------
    InputError
        With all problems, each with file, line and column; also if there is no ``ruleset.yaml``.
    """
    path = default_ruleset() if name is None else resolve(name)
    file = path if path.name == RULESET_FILE else path / RULESET_FILE
    if path_type(file) is None:
        hint = f"name a folder with a {RULESET_FILE} or a rule set that ships with the package"
        raise InputError(
            NO_RULESET.finding("no {file} that declares asn_types", str(path), hint=hint, file=RULESET_FILE)
        )
    shared = SharedBlocks((read_checked(file, "ruleset"),))
    pipelines = build_pipelines(shared)
    if shared.findings:
        raise InputError(*shared.findings)
    return pipelines


def build_pipelines(shared: SharedBlocks) -> Pipelines:
    """The facts about pipelines that rule sets declare; problems are added to `shared`."""
    exptypes = _exptypes(shared)
    undefined, keywords = shared.block("undefined"), shared.block("keywords")
    status = keywords.value["degraded_status"] if keywords is not None else {}
    return Pipelines(
        asn_types={
            name.casefold(): _asn_type(name, entry, exptypes, shared)
            for name, entry in shared.entries("asn_types").items()
        },
        exptypes=exptypes,
        undefined=frozenset(map(str.casefold, undefined.strings() if undefined is not None else ())),
        not_degraded=status.get("none", ""),
        degraded=status.get("some", ""),
    )


def _exptypes(shared: SharedBlocks) -> dict[str, tuple[str, ...]]:
    """The known exptypes with their misspellings.

    A word with two meanings is an error within one file. Between files, an exptype is never a misspelling of another one, and
    of two equal misspellings the one in the later file is used.
    """
    entries = shared.entries("exptypes")
    meanings = {name: (name, entry.document) for name, entry in entries.items()}
    exptypes: dict[str, tuple[str, ...]] = {}
    for name, entry in entries.items():
        words = entry.get("misspelled_as")
        for word in words.items_list() if words is not None else ():
            other, document = meanings.setdefault(word.value.casefold(), (name, entry.document))
            if other != name and document is entry.document:
                message, hint = (
                    "{word} is a misspelling of {exptype}, but it also means {other}",
                    "remove one of the two",
                )
                facts = {"word": word.value, "exptype": name, "other": other}
                shared.add_finding(word.finding(CONTRADICTORY_FACT, message, hint, **facts))
        exptypes[name] = tuple(map(str.casefold, words.strings())) if words is not None else ()
    return exptypes


def _asn_type(name: str, entry: YamlNode, exptypes: dict[str, tuple[str, ...]], shared: SharedBlocks) -> AsnType:
    content = entry.value
    for exptype, node in _mentioned(entry):
        if exptypes and exptype not in exptypes:
            shared.undefined("exptype", exptype, exptypes, node)
    require, suffixes = entry.get("require"), content.get("suffixes", {})
    return AsnType(
        name=name,
        pipeline=content.get("pipeline", ""),
        reads=frozenset(map(str.casefold, content.get("reads", ()))),
        case_sensitive=content.get("exptype_case") == "sensitive",
        first_product_only=content.get("products") == "first",
        require=tuple(_count(exptype, count, shared) for exptype, count in require.items()) if require else (),
        suffixes={exptype: _suffixes(lists) for exptype, lists in suffixes.items()},
    )


def _mentioned(entry: YamlNode) -> Iterator[tuple[str, YamlNode]]:
    """Each exptype in the facts about an asn_type, with its node."""
    if (reads := entry.get("reads")) is not None:
        yield from ((node.value.casefold(), node) for node in reads.items_list())
    for block in ("require", "suffixes"):
        if (named := entry.get(block)) is not None:
            yield from named.items()


def _count(exptype: str, node: YamlNode, shared: SharedBlocks) -> MemberCount:
    content = node.value
    at_least = int(content.get("at_least", "0"))
    at_most = int(content["at_most"]) if "at_most" in content else None
    if at_most is not None and at_most < at_least:
        message, hint = "at_least is {at_least}, but at_most is {at_most}", "at_most must not be less than at_least"
        shared.add_finding(node.finding(CONTRADICTORY_FACT, message, hint, at_least=at_least, at_most=at_most))
    severity: Severity = "error" if content.get("severity") == "error" else "warning"
    return MemberCount(exptype, at_least, at_most, content.get("otherwise", ""), severity)


def _suffixes(lists: dict[str, list[str]]) -> Suffixes:
    return Suffixes(*(tuple(map(str.casefold, lists[key])) for key in ("right", "wrong")))
