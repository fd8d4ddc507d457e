"""From documents of the right shape to a `Ruleset`: shared parts filled in, references resolved, faults gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from asnforge.findings import FindingCode, suggestion
from asnforge.rulefiles.build_constraints import build_constraint, check_conditions, checked_pattern, column_names
from asnforge.rulefiles.build_other_names import build_other_names
from asnforge.rulefiles.build_pipelines import build_pipelines
from asnforge.rulefiles.shared_blocks import Located, Shared
from asnforge.rules.codes import CIRCLE, LEADS_AWAY, NO_TEMPLATE, TOO_MUCH, UNKNOWN_NAME
from asnforge.rules.derived import Case, Derived
from asnforge.rules.file_names import FileNames, NameEnding, NamePattern
from asnforge.rules.regex import MATCHES_NOTHING
from asnforge.rules.rule import (
    IMPLICIT_SCIENCE_MEMBER,
    SCIENCE,
    Attachment,
    CandidateValue,
    DistinctRequired,
    ExptypeOverride,
    Key,
    MembersRequired,
    NamedConstraint,
    Repeat,
    Requirement,
    Rule,
    ScopeRequired,
)
from asnforge.rules.ruleset import Candidates, Keywords, Members, Ruleset
from asnforge.rules.templates import PRODUCT, NamePart, is_unsafe_path_part, parse_template

FACTS = ("scope", "asn_type", "rule", "version", "sequence")
"""What a name part can have beside keys of the group."""

NO_CANDIDATES = Candidates(None, ".*", "all", "all")
"""What holds where a rule set says nothing of candidates: the whole pool is the one scope."""

DEEPEST_DERIVED = 16
"""How deep derived columns can be made from each other."""

_T = TypeVar("_T")


def build_ruleset(shared: Shared, rules: Iterable[Located]) -> Ruleset:
    """A rule set from its documents; faults are gathered in `shared`."""
    head = shared.documents[-1].content
    names = {name: _name_part(found, shared) for name in shared.names("names") if (found := shared.find("names", name))}
    derived = {name.casefold(): _derived(name, shared) for name in shared.names("derived")}
    built = tuple(sorted((build_rule(rule, shared) for rule in rules), key=lambda rule: rule.name))
    undefined = shared.block("undefined")
    ruleset = Ruleset(
        name=head["ruleset"],
        title=head["title"],
        undefined=frozenset(text.casefold() for text in (undefined.texts() if undefined else ())),
        candidates=_candidates(shared),
        members=_members(shared, derived),
        keywords=_keywords(shared),
        derived=derived,
        names=names,
        rules=built,
        duplicates=duplicates.content if (duplicates := shared.block("duplicates")) else None,
        abouts=_abouts(shared),
        pipelines=build_pipelines(shared),
        other_names=build_other_names(shared, derived),
    )
    _check_derived_order(derived, shared)
    check_conditions(shared)
    return ruleset


def _abouts(shared: Shared) -> dict[str, str]:
    found = {}
    for block in ("conditions", "derived", "tables"):
        for name in shared.names(block):
            entry = shared.find(block, name)
            if entry is not None and "about" in entry.content:
                found[f"{block}.{name.casefold() if block == 'derived' else name}"] = entry.content["about"]
    return found


def build_rule(piece: Located, shared: Shared) -> Rule:
    """A rule from its document, with the parts that it uses filled in."""
    sources = sources_of(piece, shared)
    select = _merged(sources, "select", lambda name, entry: NamedConstraint(name, build_constraint(entry, shared)))
    keys = _merged(sources, "group_by", lambda name, entry: _key(name, entry, shared))
    attach = _merged(sources, "attach", lambda name, entry: _attachment(name, entry, shared))
    require = _with_science(_merged(sources, "require", _requirement))
    repeats = [_repeat(entry) for source in sources if (block := source.get("repeat")) for entry in block.each()]
    take_as = next((block for source in reversed(sources) if (block := source.get("take_as"))), None)
    content = piece.content
    member_name, file_name = piece.get("member_name"), piece.get("file_name")
    if member_name is not None:
        _check_member_name(member_name, shared)
    if file_name is not None:
        _check_file_name(file_name, shared)
    return Rule(
        name=content["rule"],
        asn_type=content["asn_type"],
        title=content["title"],
        about=content.get("about", ""),
        product=_product(piece["product"], shared),
        file_name=file_name.content if file_name else None,
        member_name=member_name.content if member_name else None,
        select=tuple(select.values()),
        group_by=tuple(keys.values()),
        attach=tuple(attach.values()),
        repeat=tuple(repeats),
        require=tuple(require.values()),
        take_as=_take_as(take_as) if take_as else None,
        location=piece.document.place("rule"),
    )


def sources_of(piece: Located, shared: Shared) -> tuple[Located, ...]:
    """The pieces that a rule is put together from: the parts that it uses, in their order, and its own document."""
    use = piece.get("use")
    entries = use.each() if use is not None else ()
    found = [part for entry in entries if (part := shared.wanted("parts", entry.content, entry, "part"))]
    return (*found, piece)


def entries_of(sources: Iterable[Located], block: str) -> dict[str, Located]:
    """The entries of a block such as ``select`` by their names; a later source replaces what an earlier one has."""
    entries: dict[str, Located] = {}
    for source in sources:
        if (found := source.get(block)) is not None:
            entries.update(found.items())
    return entries


def _merged(sources: Iterable[Located], block: str, build: Callable[[str, Located], _T]) -> dict[str, _T]:
    return {name: build(name, entry) for name, entry in entries_of(sources, block).items()}


def _key(name: str, piece: Located, shared: Shared) -> Key:
    when, instead = piece.get("when"), piece.get("instead")
    value = None
    if instead is not None:
        content = instead.content
        pattern = checked_pattern(instead["candidate_id"], shared)
        value = CandidateValue(pattern, content["candidate_type"].casefold(), content["value"].casefold())
    return Key(
        name=name,
        columns=column_names(piece),
        optional=piece.content.get("optional") == "yes",
        when=build_constraint(when, shared) if when else None,
        instead=value,
    )


def _attachment(name: str, piece: Located, shared: Shared) -> Attachment:
    match = tuple(column.casefold() for column in piece["match"].texts())
    exptype = piece.content.get("as")
    return Attachment(name, build_constraint(piece["when"], shared), match, exptype)


def _requirement(name: str, piece: Located) -> Requirement:
    content = piece.content
    at_least = int(content.get("at_least", "1"))
    if "members" in content:
        exptype = content["members"].casefold()
        return MembersRequired(name, None if exptype == "any" else exptype, at_least)
    if "distinct" in content:
        scopes = tuple(text.casefold() for text in content.get("in_scopes", ()))
        return DistinctRequired(name, content["distinct"].casefold(), at_least, scopes)
    lists = [tuple(text.casefold() for text in content.get(block, ())) for block in ("scope_in", "scope_not_in")]
    return ScopeRequired(name, *lists)


def _with_science(require: dict[str, Requirement]) -> dict[str, Requirement]:
    """The requirements, a science member among them, without which there is no association (docs/format.md#members)."""
    asked = any(isinstance(need, MembersRequired) and need.exptype == SCIENCE for need in require.values())
    return require if asked else {**require, IMPLICIT_SCIENCE_MEMBER.name: IMPLICIT_SCIENCE_MEMBER}


def _repeat(piece: Located) -> Repeat:
    content = piece.content
    return Repeat(content["members"].casefold(), content["as"], int(content.get("at_least", "1")))


def _take_as(piece: Located) -> ExptypeOverride:
    content = piece.content
    return ExptypeOverride(content["exptype"], tuple(text.casefold() for text in content.get("except", ())))


def _product(piece: Located, shared: Shared) -> str:
    template: str = piece.content
    if "{" not in template:
        found = shared.wanted("products", template, piece, "product template")
        if found is None:
            return template
        piece, template = found, found.content
    _check_template(piece, shared.names("names"), "name part", shared)
    _check_stays(piece, shared)
    return template


def _check_template(piece: Located, known: tuple[str, ...], what: str, shared: Shared) -> None:
    try:
        used = [name for _, name in parse_template(piece.content) if name is not None]
    except ValueError as error:
        shared.report(
            piece.finding(
                NO_TEMPLATE.code, f"is no template: {error}", "write {name}, and {{name}} for braces that stay"
            )
        )
        return
    for name in used:
        if name not in known:
            shared.report(piece.finding(UNKNOWN_NAME.code, f"there is no {what} {name}", suggestion(name, known)))


def _check_stays(piece: Located, shared: Shared) -> None:
    """Report a text of a name that would lead out of a folder."""
    if is_unsafe_path_part(piece.content):
        message = f"{piece.content!r} has a path or a control character in it, and what it names stays in one folder"
        shared.report(piece.finding(LEADS_AWAY.code, message, "join words with - or _"))


def _name_part(piece: Located, shared: Shared) -> NamePart:
    content = piece.content
    for text in ("before", "after", "join", "empty"):
        if (found := piece.get(text)) is not None:
            _check_stays(found, shared)
    values_of = content.get("values_of")
    return NamePart(
        keys=(content["key"],) if "key" in content else tuple(content.get("keys", ())),
        values_of=values_of,
        leave_out=tuple(value.casefold() for value in content.get("leave_out", ())),
        zero_fill=int(content.get("zero_fill", "0")),
        sort=content.get("sort") == "yes" or values_of is not None,
        join=content.get("join", "-"),
        before=content.get("before", ""),
        after=content.get("after", ""),
        empty=content.get("empty", ""),
    )


def _derived(name: str, shared: Shared) -> Derived:
    found = shared.find("derived", name)
    assert found is not None  # noqa: S101 - the name comes from the same block
    cases = []
    for case in found["cases"].each():
        when, copy, matching = case.get("when"), case.content.get("copy"), case.get("matching")
        cases.append(
            Case(
                when=build_constraint(when, shared) if when else None,
                value=case.content.get("value", ""),
                copy=copy.casefold() if copy else None,
                plus_hours=int(case.content.get("plus_hours", "0")),
                matching=checked_pattern(matching, shared) if matching else None,
            )
        )
    return Derived(name.casefold(), tuple(cases))


def _check_derived_order(derived: Mapping[str, Derived], shared: Shared) -> None:
    """Report derived columns that are made from themselves, or through too many others."""
    depths: dict[str, int] = {}
    places = {key.casefold(): found for key in shared.names("derived") if (found := shared.find("derived", key))}
    for name in derived:
        for code, column, message in _derived_depth(name, (), derived, depths):
            shared.report(places[column].finding(code.code, message))


def _derived_depth(
    name: str, path: tuple[str, ...], derived: Mapping[str, Derived], depths: dict[str, int]
) -> Iterator[tuple[FindingCode, str, str]]:
    """Work out how deep a derived column is made from others; what is wrong with it, as code, column and message."""
    if name in path:
        circle = " -> ".join((*path[path.index(name) :], name))
        yield CIRCLE, name, f"the derived column {name} is made from itself: {circle}"
        return
    if name in depths:
        return
    inner = sorted(derived[name].columns_read() & derived.keys()) if len(path) <= DEEPEST_DERIVED else []
    for column in inner:
        yield from _derived_depth(column, (*path, name), derived, depths)
    depths[name] = 1 + max((depths.get(column, 0) for column in inner), default=0)
    if len(path) + depths[name] > DEEPEST_DERIVED:
        yield TOO_MUCH, name, f"the derived column {name} is made through more than {DEEPEST_DERIVED} others"
        depths[name] = 0


def _candidates(shared: Shared) -> Candidates:
    piece = shared.block("candidates")
    if piece is None:
        return NO_CANDIDATES
    content, pattern = piece.content, piece.get("id")
    discovered = content.get("discovered", {})
    return Candidates(
        column=content["column"].casefold() if "column" in content else None,
        id=checked_pattern(pattern, shared) if pattern else NO_CANDIDATES.id,
        discovered_id=discovered.get("id", NO_CANDIDATES.discovered_id).casefold(),
        discovered_type=discovered.get("type", NO_CANDIDATES.discovered_type).casefold(),
    )


def _members(shared: Shared, derived: Mapping[str, Derived]) -> Members:
    piece = shared.block("members")
    assert piece is not None  # noqa: S101 - the schema requires the block
    content = piece.content
    if content["exptype"].casefold() not in derived:
        message = f"there is no derived column {content['exptype']}"
        shared.report(
            piece["exptype"].finding(UNKNOWN_NAME.code, message, suggestion(content["exptype"], tuple(derived)))
        )
    _check_member_name(piece["name"], shared)
    return Members(
        file_name=content["file_name"].casefold(),
        parts=_file_names(piece, shared),
        name=content["name"],
        exposerr=content["exposerr"].casefold() if "exposerr" in content else None,
        exptype=content["exptype"].casefold(),
    )


def _file_names(members: Located, shared: Shared) -> FileNames:
    """How the rule set divides file names into parts."""
    pattern = members.get("pattern")
    if pattern is not None:
        return NamePattern(checked_pattern(pattern, shared))
    return NameEnding(members.content.get("suffix", ""), tuple(members.content.get("extensions", ())))


def _check_member_name(piece: Located, shared: Shared) -> None:
    members = shared.block("members")
    file_names = _file_names(members, shared) if members is not None else NameEnding("", ())
    if file_names != NamePattern(MATCHES_NOTHING):
        known = (*file_names.parts, *shared.names("derived"))
        _check_template(piece, known, "part of the file name or derived column", shared)
    _check_stays(piece, shared)


def _check_file_name(piece: Located, shared: Shared) -> None:
    _check_template(piece, (*shared.names("names"), PRODUCT), "name part", shared)
    _check_stays(piece, shared)


def _keywords(shared: Shared) -> Keywords:
    piece = shared.block("keywords")
    assert piece is not None  # noqa: S101 - the schema requires the block
    content = piece.content
    for template in ("program", "target"):
        _check_template(piece[template], shared.names("names"), "name part", shared)
    _check_file_name(piece["file_name"], shared)
    status = content["degraded_status"]
    return Keywords(content["file_name"], content["program"], content["target"], status["none"], status["some"])
