"""Rule sets from folders and files: found, checked against the schema, built; or findings that say why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.findings import Finding, InputError
from asnforge.rulefiles.build import build_ruleset
from asnforge.rulefiles.documents import Document, read_document
from asnforge.rulefiles.schema_errors import Kind, check_schema
from asnforge.rulefiles.shared_blocks import Located, Shared
from asnforge.rulefiles.shipped import RULESET_FILE, default_ruleset, found, kind, not_found, yaml_files
from asnforge.rules.codes import NO_RULESET, RULE_TWICE, UNREADABLE
from asnforge.rules.ruleset import Ruleset

CASES_SUFFIX = ".cases.yaml"


def load_ruleset(*rules: str | Path, default: bool = True) -> Ruleset:
    """The default rule set, with others added to it or in its place.

    Parameters
    ----------
    *rules : str or Path
        Folders and rule files as `read_ruleset` takes them, or names of rule sets that ship with the package. A file or
        folder of that name goes first.
    default : bool
        Begin with the default rule set.

    Raises
    ------
    InputError
        With every fault that was found; also where nothing is left to read.
    """
    paths = [default_ruleset()] if default else []
    paths += [found(name) for name in rules]
    return read_ruleset(*paths)


@dataclass(frozen=True, slots=True)
class Sources:
    """Rule files that were read, and what is made of them.

    Attributes
    ----------
    shared : Shared or None
        What the rules share; None where no file of shared parts could be read.
    rules : mapping of str to Located
        The rules by their names; a later one in place of an earlier one.
    ruleset : Ruleset or None
        The rule set; None where there is an error.
    findings : tuple of Finding
        Every fault that was found, each with file, line and column.
    """

    shared: Shared | None
    rules: Mapping[str, Located]
    ruleset: Ruleset | None
    findings: tuple[Finding, ...]


def read_ruleset(*paths: str | Path) -> Ruleset:
    """A rule set from folders and single rule files.

    Parameters
    ----------
    *paths : str or Path
        Folders with a ``ruleset.yaml`` and rule files, folders with rule files alone, or rule files. A later one adds to the
        ones before; a rule or shared part of the same name replaces the earlier one.

    Raises
    ------
    InputError
        With every fault that was found, each with file, line and column.
    """
    sources = read_sources(*paths)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    return sources.ruleset


def read_sources(*paths: str | Path) -> Sources:
    """Rule files with all that is wrong with them; parameters as for `read_ruleset`."""
    findings: list[Finding] = []
    shared_documents: list[Document] = []
    rules: dict[str, Located] = {}
    whole = True
    for path in map(Path, paths):
        try:
            shared_files, rule_files = _files(path)
        except InputError as stop:
            findings.extend(stop.findings)
            continue
        documents = _checked(shared_files, "ruleset", findings)
        whole = whole and len(documents) == len(shared_files)
        shared_documents += documents
        rules.update(_rules(_checked(rule_files, "rule", findings), findings))
    if not shared_documents and not findings:
        where = ", ".join(map(str, paths))
        hint = f"add a {RULESET_FILE}, or leave the default rule set in"
        findings.append(Finding(NO_RULESET.code, f"no {RULESET_FILE} that these rules could share", where, hint=hint))
    if not whole or not shared_documents:
        return Sources(None, rules, None, tuple(findings))
    shared = Shared(tuple(shared_documents))
    ruleset = build_ruleset(shared, rules.values())
    findings.extend(shared.findings)
    return Sources(shared, rules, None if findings else ruleset, tuple(findings))


def _rules(documents: Sequence[Document], findings: list[Finding]) -> dict[str, Located]:
    rules: dict[str, Located] = {}
    for document in documents:
        name = document.content["rule"]
        if name in rules:
            message = f"the rule {name} is in {rules[name].document.file} already"
            findings.append(document.finding(RULE_TWICE.code, message, "rule", hint="give one of them another name"))
        rules[name] = Located(document, (), document.content)
    return rules


def read_rules_of(name: str | Path | None) -> Ruleset:
    """The rules of one path and no others, with what they share.

    Parameters
    ----------
    name : str or Path or None
        A folder, a rule file, or the name of a shipped rule set; None: the default rule set.

    Raises
    ------
    InputError
        With every fault that was found, each with file, line and column.
    """
    path = default_ruleset() if name is None else found(name)
    paths = with_what_they_share(path)
    ruleset = read_ruleset(*paths)
    if paths == (path,):
        return ruleset
    own = tuple(rule for rule in ruleset.rules if path in (Path(rule.location.file), Path(rule.location.file).parent))
    return replace(ruleset, rules=own)


def with_what_they_share(path: Path) -> tuple[Path, ...]:
    """The paths to read so that the rules of one have what they share.

    A folder with a ``ruleset.yaml`` has it all. A file in such a folder is read with its neighbours, and rules without one
    are read with the default rule set.
    """
    if kind(path.parent / RULESET_FILE) and path in (path.parent / RULESET_FILE, *rule_files(path.parent)):
        return (path.parent,)
    if kind(path) == "file" or (kind(path) == "folder" and not kind(path / RULESET_FILE)):
        return default_ruleset(), path
    return (path,)


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a folder, without the file of shared parts and the files of cases."""
    return [path for path in yaml_files(folder) if path.name != RULESET_FILE and not path.name.endswith(CASES_SUFFIX)]


def _files(path: Path) -> tuple[list[Path], list[Path]]:
    if kind(path) == "file":
        return ([path], []) if path.name == RULESET_FILE else ([], [path])
    if kind(path) != "folder":
        raise InputError(not_found(path))
    shared = path / RULESET_FILE
    rules = rule_files(path)
    if not rules and not kind(shared):
        raise InputError(
            Finding(UNREADABLE.code, "the folder has no rule files", str(path), hint="rule files end in .yaml")
        )
    return [shared] if kind(shared) else [], rules


def _checked(paths: Sequence[Path], what: Kind, findings: list[Finding]) -> list[Document]:
    documents = []
    for path in paths:
        try:
            document = read_document(path)
        except InputError as stop:
            findings.extend(stop.findings)
            continue
        faults = check_schema(document, what)
        findings.extend(faults)
        if not faults:
            documents.append(document)
    return documents
