"""Rule sets from folders and files: found, checked against the schema, built; or findings that say why not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from asnforge.findings import CannotContinue, Finding
from asnforge.rules.build import build_ruleset
from asnforge.rules.documents import Document, read_document
from asnforge.rules.locate import default_ruleset, shipped
from asnforge.rules.model import Ruleset
from asnforge.rules.schema import Kind, check_schema
from asnforge.rules.shared import Located, Shared

RULESET_FILE = "ruleset.yaml"
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
    CannotContinue
        With every fault that was found; also where nothing is left to read.
    """
    paths = [default_ruleset()] if default else []
    paths += [(None if Path(name).exists() else shipped(str(name))) or Path(name) for name in rules]
    return read_ruleset(*paths)


def read_ruleset(*paths: str | Path) -> Ruleset:
    """A rule set from folders and single rule files.

    Parameters
    ----------
    *paths : str or Path
        Folders with a ``ruleset.yaml`` and rule files, folders with rule files alone, or rule files. A later one adds to the
        ones before; a rule or shared part of the same name replaces the earlier one.

    Raises
    ------
    CannotContinue
        With every fault that was found, each with file, line and column.
    """
    shared_documents: list[Document] = []
    rules: dict[str, Located] = {}
    findings: list[Finding] = []
    for path in map(Path, paths):
        shared_files, rule_files = _files(path)
        shared_documents += _checked(shared_files, "ruleset", findings)
        here: dict[str, Located] = {}
        for document in _checked(rule_files, "rule", findings):
            name = document.content["rule"]
            if name in here:
                first = here[name].document.file
                message = f"the rule {name} is in {first} already"
                findings.append(document.finding("R205", message, "rule", hint="give one of them another name"))
            here[name] = Located(document, (), document.content)
        rules.update(here)
    if not shared_documents and not findings:
        where = ", ".join(map(str, paths))
        hint = f"add a {RULESET_FILE}, or leave the default rule set in"
        findings.append(Finding("R103", f"no {RULESET_FILE} that these rules could share", where, hint=hint))
    if findings:
        raise CannotContinue(*findings)
    shared = Shared(tuple(shared_documents))
    ruleset = build_ruleset(shared, rules.values())
    if shared.findings:
        raise CannotContinue(*shared.findings)
    return ruleset


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a folder, without the file of shared parts and the files of cases."""
    found = [*folder.glob("*.yaml"), *folder.glob("*.yml")]
    return sorted(path for path in found if path.name != RULESET_FILE and not path.name.endswith(CASES_SUFFIX))


def _files(path: Path) -> tuple[list[Path], list[Path]]:
    if path.is_file():
        return ([path], []) if path.name == RULESET_FILE else ([], [path])
    if not path.is_dir():
        raise CannotContinue(Finding("R101", "there is no such rule file or folder", str(path)))
    shared = path / RULESET_FILE
    rules = rule_files(path)
    if not rules and not shared.is_file():
        raise CannotContinue(Finding("R101", "the folder has no rule files", str(path), hint="rule files end in .yaml"))
    return [shared] if shared.is_file() else [], rules


def _checked(paths: Sequence[Path], kind: Kind, findings: list[Finding]) -> list[Document]:
    documents = []
    for path in paths:
        try:
            document = read_document(path)
        except CannotContinue as stop:
            findings.extend(stop.findings)
            continue
        faults = check_schema(document, kind)
        findings.extend(faults)
        if not faults:
            documents.append(document)
    return documents
