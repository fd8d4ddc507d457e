"""Read rule sets from folders and files: check them against the schema and build them, or report what prevents this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from asnforge.findings import FindingCode, InputError
from asnforge.rulefiles.ruleset_cache import RulesetInputs, find_entry
from asnforge.rulefiles.shipped import RULESET_FILE, default_ruleset, named_ruleset, path_type, resolve, rule_files
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.rulefiles.sources import Sources

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
    from asnforge.rulefiles.check_schema import read_checked

    name = read_checked(folder / RULESET_FILE, "ruleset").value.get("extends")
    return None if name is None else named_ruleset(folder, name)


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
    entry = find_entry(paths, default=default)
    if entry is not None and (kept := entry.read()) is not None:
        return kept
    from asnforge.rulefiles.sources import read_sources  # slow to import: not needed for a rule set from the cache

    inputs = RulesetInputs()
    sources = read_sources(*paths, default=default, inputs=inputs if entry is not None else None)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    if entry is not None:
        entry.keep(sources.ruleset, inputs)
    return sources.ruleset


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
    path = default_ruleset() if name is None else resolve(name)
    return _own(read_ruleset(complete_path(path), default=True), path)


def read_own_sources(name: str | Path | None) -> Sources:
    """The rule files of one path with all their problems; the rule set has the rules of that path only."""
    from asnforge.rulefiles.sources import read_sources

    path = default_ruleset() if name is None else resolve(name)
    sources = read_sources(complete_path(path), default=True)
    return sources if sources.ruleset is None else replace(sources, ruleset=_own(sources.ruleset, path))


def _own(ruleset: Ruleset, path: Path) -> Ruleset:
    """The rule set with only the rules of a file, or of the files of a folder."""
    own = (rule for rule in ruleset.rules if path in (Path(rule.location.file), Path(rule.location.file).parent))
    return replace(ruleset, rules=tuple(own))


def complete_path(path: Path) -> Path:
    """The path to read so that rules have the blocks that they share: for a file in a folder with ``ruleset.yaml``, the folder.

    Rules without a ``ruleset.yaml`` are read with the default rule set.
    """
    is_in_ruleset = path_type(path.parent / RULESET_FILE) and path in (
        path.parent / RULESET_FILE,
        *rule_files(path.parent),
    )
    return path.parent if is_in_ruleset else path
