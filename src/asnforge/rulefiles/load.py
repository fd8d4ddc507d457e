"""Read rule sets from folders and files: check them against the schema and build them, or report what prevents this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.findings import Finding, FindingCode, InputError, suggestion
from asnforge.json_schema import SchemaName
from asnforge.rulefiles.build import build_ruleset
from asnforge.rulefiles.check_schema import read_checked
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.shipped import (
    NO_RULESET,
    RULESET_FILE,
    default_ruleset,
    path_type,
    resolve,
    rule_files,
    shipped,
    shipped_names,
    split_files,
)
from asnforge.rulefiles.yaml_document import YamlDocument, YamlNode
from asnforge.rules.ruleset import Ruleset

DUPLICATE_RULE = FindingCode(
    "R205",
    "duplicate rule in a folder",
    "Rules are identified by their names. A rule replaces another of the same name only if it comes from another path, as with "
    "asnforge generate --rules.",
    wrong="a.yaml:\n  rule: Image\nb.yaml:\n  rule: Image",
    right="a.yaml:\n  rule: Image\nb.yaml:\n  rule: Mosaic",
)

NOT_EXTENDED = FindingCode(
    "R320",
    "the rule set that another one extends or shares cannot be used",
    "extends and shares name a folder with a ruleset.yaml, relative to the file, or a rule set that is installed. Rule sets "
    "cannot extend or share each other in a cycle.",
    wrong="ruleset: mine\nextends: longslit-exampl",
    right="ruleset: mine\nextends: longslit-example",
)

TWO_RULESETS = FindingCode(
    "R321",
    "two rule sets at once",
    "Each rule set defines what its columns and names mean, so that two of them are not one. `asnforge generate`, `batch`, "
    "`explain` and `pool check` apply several to a pool, each by itself; other commands take one rule set at a time. If one is "
    "an addition to the other, write in it which rule set it extends.",
    wrong="asnforge pool show night.tsv --rules lynx --rules bobcat",
    right="asnforge pool show night.tsv --rules lynx",
)


def load_ruleset(*rules: str | Path, default: bool = True) -> Ruleset:
    """A rule set, with the rule files and rule sets that are added to it.

    Parameters
    ----------
    *rules : str or Path
        Folders and rule files as for `read_ruleset`, or names of rule sets that ship with the package. A file or folder of
        that name takes precedence. A folder with a ``ruleset.yaml`` stands alone; with ``extends`` in it, it is added to the
        rule set that it names.
    default : bool
        Whether rule files, and folders of them, are added to the default rule set if no rule set is among `rules`.

    Returns
    -------
    Ruleset
        The rules, and what they share.

    Raises
    ------
    InputError
        With all problems; also if there is nothing to read.
    """
    paths, *others = _separate([*map(resolve, rules)])
    if others:
        message, hint = "{first} and {second} are two rule sets", "use one of them, or write extends in one"
        raise InputError(TWO_RULESETS.finding(message, hint=hint, first=str(paths[0]), second=str(others[0][0])))
    return read_ruleset(*paths, default=default)


def load_rulesets(*rules: str | Path, default: bool = True, only: Sequence[str] = ()) -> tuple[Ruleset, ...]:
    """Several rule sets, in their order, each with what is added to it; parameters and errors as for `load_ruleset`.

    Each folder with a ``ruleset.yaml`` is a rule set; those that extend the same one are added to it together. Rule files, and
    folders of them, are added to the rule set that is named before them, or else to the first. With `only`, those are returned
    that have one of these rules, and no other rules of them; a name that none of them has is an error.
    """
    rulesets = tuple(read_ruleset(*paths, default=default) for paths in _separate([*map(resolve, rules)]))
    if not only:
        return rulesets
    if len(rulesets) == 1:
        return (rulesets[0].only(*only),)
    known = [{rule.name.casefold() for rule in ruleset.rules} for ruleset in rulesets]
    named = [[name for name in only if name.casefold() in names] for names in known]
    if unknown := [name for name in only if not any(name in own for own in named)]:
        together = " and ".join(ruleset.name for ruleset in rulesets)
        every_rule = tuple(rule for ruleset in rulesets for rule in ruleset.rules)
        replace(rulesets[0], name=together, rules=every_rule).only(*unknown)
    return tuple(ruleset.only(*names) for ruleset, names in zip(rulesets, named, strict=True) if names)


def _separate(paths: Sequence[Path]) -> list[list[Path]]:
    """The paths of each rule set, in their order; those that extend the same one are one."""
    is_ruleset = [path_type(path / RULESET_FILE) == "file" for path in paths]
    if sum(is_ruleset) < 2:
        return [[*paths]]
    separate: dict[Path, list[Path]] = {}
    before: list[Path] = []
    for path, begins in zip(paths, is_ruleset, strict=True):
        if begins:
            current = separate.setdefault(_root(path), before if not separate else [])
            current.append(path)
        else:
            (current if separate else before).append(path)
    return [*separate.values()]


def _root(folder: Path) -> Path:
    """The rule set that a rule set extends, directly or through others; itself if it extends none."""
    seen = [folder.resolve()]
    while (base := _base(seen[-1])) is not None and base.resolve() not in seen:
        seen.append(base.resolve())
    return seen[-1]


def _base(folder: Path) -> Path | None:
    """The folder of the rule set that another one extends; None if there is none, or it is not known."""
    name = read_checked(folder / RULESET_FILE, "ruleset").value.get("extends")
    return None if name is None else _named(folder, name)


def _named(folder: Path, name: str) -> Path | None:
    """The rule set that another one in a folder names: a folder relative to it, or a shipped rule set."""
    own = folder / name
    return own if path_type(own / RULESET_FILE) is not None else shipped(name)


@dataclass(frozen=True, slots=True)
class Sources:
    """Rule files that were read, and the rule set built from them.

    Attributes
    ----------
    shared : SharedBlocks or None
        The blocks that the rules share; None if a ruleset.yaml has a problem or there is none.
    rules : mapping of str to YamlNode
        The rules by name; a later one replaces an earlier one.
    ruleset : Ruleset or None
        The rule set; None if there is an error.
    findings : tuple of Finding
        All problems, each with file, line and column.
    """

    shared: SharedBlocks | None
    rules: Mapping[str, YamlNode]
    ruleset: Ruleset | None
    findings: tuple[Finding, ...]


def read_ruleset(*paths: str | Path, default: bool = False) -> Ruleset:
    """A rule set from folders and single rule files.

    Parameters
    ----------
    *paths : str or Path
        Folders with a ``ruleset.yaml`` and rule files, folders with rule files only, or rule files. A later path adds to the
        earlier ones; its rules and shared blocks replace those of the same name.
    default : bool
        Begin with the default rule set if none of the paths has a ``ruleset.yaml``.

    Raises
    ------
    InputError
        With all problems, each with file, line and column.
    """
    sources = read_sources(*paths, default=default)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    return sources.ruleset


def read_sources(*paths: str | Path, default: bool = False) -> Sources:
    """Rule files with all their problems; parameters as for `read_ruleset`."""
    read = _Read()
    for path in map(Path, paths):
        read.add(path)
    if default and not read.shared and read.complete:
        added, read = read, _Read()
        read.add(default_ruleset())
        read.rules.update(added.rules)
        read.findings += added.findings
    if not read.shared and not read.findings:
        hint = f"add a {RULESET_FILE}, or keep the default rule set"
        message = "no {file} for these rules to share"
        read.findings.append(NO_RULESET.finding(message, ", ".join(map(str, paths)), hint=hint, file=RULESET_FILE))
    findings = read.findings
    if not read.complete or not read.shared:
        return Sources(None, read.rules, None, tuple(findings))
    shared = SharedBlocks(tuple(read.shared), frozenset(read.borrowed))
    ruleset = build_ruleset(shared, read.rules.values())
    findings.extend(shared.findings)
    return Sources(shared, read.rules, None if findings else ruleset, tuple(findings))


class _Read:
    """The files of paths as they are read, each rule set after the one that it extends."""

    def __init__(self) -> None:
        self.shared: list[YamlDocument] = []
        self.rules: dict[str, YamlNode] = {}
        self.findings: list[Finding] = []
        self.complete = True  # whether every path can be read, and every ruleset.yaml matches the schema
        self.borrowed: set[str] = set()  # the files of rule sets whose rules are not read
        self._bases: list[Path] = []

    def add(self, path: Path, *, with_rules: bool = True) -> None:
        """Read the files of a path."""
        try:
            shared_files, files = split_files(path)
        except InputError as stop:
            self.findings.extend(stop.findings)
            self.complete = False
            return
        documents = _checked(shared_files, "ruleset", self.findings)
        self.complete = self.complete and len(documents) == len(shared_files)
        for document in documents:
            self._add_bases(document, with_rules=with_rules)
        self.shared += documents
        if not with_rules:
            self.borrowed.update(document.file for document in documents)
            return
        self.rules.update(_rules(_checked(files, "rule", self.findings), self.findings))

    def _add_bases(self, document: YamlDocument, *, with_rules: bool) -> None:
        """Read the rule sets that another one shares or extends: folders relative to its file, or rule sets by their name."""
        folder = Path(document.file).parent
        self._bases.append(folder)
        for key in ("shares", "extends"):
            if (name := document.value.get(key)) is None:
                continue
            base = _named(folder, name)
            if base is None or any(_same(base, other) for other in self._bases):
                message, hint = "there is no rule set {name:quoted}", suggestion(name, shipped_names())
                if base is not None:
                    message, hint = f"the rule set would {key.removesuffix('s')} itself", "name another rule set"
                self.findings.append(document.finding(NOT_EXTENDED, message, key, hint=hint, name=name))
                self.complete = False
            else:
                self.add(base, with_rules=with_rules and key == "extends")
        self._bases.pop()


def _same(left: Path, right: Path) -> bool:
    return left.resolve() == right.resolve()


def _rules(documents: Sequence[YamlDocument], findings: list[Finding]) -> dict[str, YamlNode]:
    rules: dict[str, YamlNode] = {}
    for document in documents:
        name = document.value["rule"]
        if name in rules:
            message, file = "rule {rule:quoted} is already defined in {first_file}", rules[name].document.file
            hint = "rename one of them"
            findings.append(document.finding(DUPLICATE_RULE, message, "rule", hint=hint, rule=name, first_file=file))
        rules[name] = document.root
    return rules


def _checked(paths: Sequence[Path], schema: SchemaName, findings: list[Finding]) -> list[YamlDocument]:
    documents = []
    for path in paths:
        try:
            documents.append(read_checked(path, schema))
        except InputError as stop:
            findings.extend(stop.findings)
    return documents


def read_own_rules(name: str | Path | None) -> Ruleset:
    """The rules of one path only, with the blocks that they share.

    Parameters
    ----------
    name : str or Path or None
        A folder, a rule file, or the name of a shipped rule set; None: the default rule set.

    Raises
    ------
    InputError
        With all problems, each with file, line and column.
    """
    sources = read_own_sources(name)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    return sources.ruleset


def read_own_sources(name: str | Path | None) -> Sources:
    """The rule files of one path with all their problems; the rule set has the rules of that path only."""
    path = default_ruleset() if name is None else resolve(name)
    sources = read_sources(complete_path(path), default=True)
    if sources.ruleset is None:
        return sources
    rules = sources.ruleset.rules
    own = tuple(rule for rule in rules if path in (Path(rule.location.file), Path(rule.location.file).parent))
    return replace(sources, ruleset=replace(sources.ruleset, rules=own))


def complete_path(path: Path) -> Path:
    """The path to read so that rules have the blocks that they share: for a file in a folder with ``ruleset.yaml``, the folder.

    Rules without a ``ruleset.yaml`` are read with the default rule set.
    """
    is_in_ruleset = path_type(path.parent / RULESET_FILE) and path in (
        path.parent / RULESET_FILE,
        *rule_files(path.parent),
    )
    return path.parent if is_in_ruleset else path
