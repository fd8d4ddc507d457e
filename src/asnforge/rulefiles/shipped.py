"""Paths of rule sets and rule files, and the rule sets that are installed, with this package or by another one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.system_errors import reading_reason

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

UNREADABLE = FindingCode(
    "R101",
    "the rules cannot be read",
    "There is no such file or folder, the folder has no rule files, or the system denies access. Rule files end in .yaml.",
    wrong="asnforge rules check image.yml.txt",
    right="asnforge rules check image.yaml",
)
NO_RULESET = FindingCode(
    "R103",
    "no ruleset.yaml",
    "The columns, exposure types and name parts that rules share are defined in the ruleset.yaml of a folder. Rules without "
    "one are added to the default rule set: keep it, or name a folder with a ruleset.yaml as well.",
    wrong="asnforge generate night.tsv --ignore-default --rules my_rule.yaml",
    right="asnforge generate night.tsv --rules my_rule.yaml",
)

CANNOT_READ = frozenset({UNREADABLE.code, NO_RULESET.code})
"""The codes for which a command reports that it could not do its work."""

RULESET_FILE = "ruleset.yaml"
"""The name of the file with the blocks that the rules of a folder share."""

CASES_SUFFIX = ".cases.yaml"
"""The end of the names of files with cases."""

ENTRY_POINTS = "asnforge.rulesets"
"""The group of entry points by which other packages provide rule sets: a name, and the module whose folder it is."""

_PACKAGE = Path(__file__).resolve().parents[1]


def rulesets_folder() -> Path:
    """The folder of all rule sets that ship with the package: in the package, or at the top of a checkout.

    Raises
    ------
    InputError
        The installation is broken: there is none.
    """
    for folder in (_PACKAGE / "rulesets", _PACKAGE.parents[1] / "rules"):
        if (folder / "DEFAULT").is_file():
            return folder
    message = "the rule sets of the package are missing"
    raise InputError(NO_RULESET.finding(message, str(_PACKAGE), hint="reinstall asnforge"))


def default_ruleset() -> Path:
    """The folder of the rule set that is used by default."""
    folder = rulesets_folder()
    return folder / (folder / "DEFAULT").read_text(encoding="utf-8").strip()


def shipped(name: str) -> Path | None:
    """The folder of a rule set by its name: one of this package, else one of another package; None if there is none."""
    folder = rulesets_folder() / name
    if Path(name).name == name and path_type(folder / RULESET_FILE) == "file":
        return folder
    return _provided(name)


def named_ruleset(folder: Path, name: str) -> Path | None:
    """The rule set that another one in a folder names: a folder relative to it, or a rule set that is installed."""
    own = folder / name
    return own if path_type(own / RULESET_FILE) is not None else shipped(name)


def shipped_names() -> tuple[str, ...]:
    """The names of all rule sets that are installed, sorted."""
    folder = rulesets_folder()
    own = [path.name for path in folder.iterdir() if path_type(path / RULESET_FILE) == "file"]
    return tuple(sorted({*own, *(entry.name for entry in _entry_points())}))


def provider(name: str) -> str:
    """The distribution that provides a rule set; asnforge for its own."""
    if path_type(rulesets_folder() / name / RULESET_FILE) == "file":
        return "asnforge"
    entry = next(iter(_entry_points(name)), None)
    return entry.dist.name if entry is not None and entry.dist is not None else ""


def _provided(name: str) -> Path | None:
    """The folder of a rule set that another package provides: that of the module of its entry point."""
    from importlib.util import find_spec

    for entry in _entry_points(name):
        try:
            spec = find_spec(entry.module)
        except (ImportError, ValueError) as error:
            raise InputError(_not_provided(name, entry, str(error))) from error
        folders = list(spec.submodule_search_locations or ()) if spec is not None else []
        found = next((Path(folder) for folder in folders if path_type(Path(folder, RULESET_FILE)) == "file"), None)
        if found is None:
            raise InputError(
                _not_provided(name, entry, f"it has no {RULESET_FILE}" if spec else "there is no such module")
            )
        return found
    return None


def _entry_points(name: str | None = None) -> Iterable[EntryPoint]:
    """The entry points of rule sets: all of them, or those with a name."""
    from importlib.metadata import entry_points  # slow to import, and most rule sets are not found by it

    return entry_points(group=ENTRY_POINTS) if name is None else entry_points(group=ENTRY_POINTS, name=name)


def _not_provided(name: str, entry: EntryPoint, reason: str) -> Finding:
    message, hint = (
        "the rule set {name} of the installed module {module} cannot be used: {reason}",
        "reinstall its package",
    )
    return NO_RULESET.finding(message, hint=hint, name=name, module=entry.module, reason=reason)


def resolve(name: str | Path) -> Path:
    """The path that a user names: an existing file or folder, else the folder of a shipped rule set of that name."""
    path = Path(name)
    return path if path_type(path) is not None else shipped(str(name)) or path


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a folder, sorted; none if there is no such folder.

    Raises
    ------
    InputError
        The folder cannot be read.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - the glob of a path hides errors of the system
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        reason, hint = reading_reason(error)
        message = "the folder cannot be read: {reason}"
        raise InputError(UNREADABLE.finding(message, str(folder), hint=hint, reason=reason)) from error
    return sorted(folder / name for name in names if name.endswith((".yaml", ".yml")))


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a folder, without its ruleset.yaml and the files of cases."""
    return [path for path in yaml_files(folder) if path.name != RULESET_FILE and not path.name.endswith(CASES_SUFFIX)]


def split_files(path: Path) -> tuple[list[Path], list[Path]]:
    """The files of a path: its ruleset.yaml, if any, and its rule files.

    Raises
    ------
    InputError
        The path is neither a file nor a folder with such files.
    """
    if path_type(path) == "file":
        return ([path], []) if path.name == RULESET_FILE else ([], [path])
    if path_type(path) != "folder":
        raise InputError(_not_found(path))
    shared, rules = path / RULESET_FILE, rule_files(path)
    has_shared = path_type(shared) is not None
    if not rules and not has_shared:
        message = "the folder has no rule files"
        raise InputError(UNREADABLE.finding(message, str(path), hint="rule files end in .yaml"))
    return [shared] if has_shared else [], rules


def _not_found(path: Path) -> Finding:
    try:
        path.stat()
    except (FileNotFoundError, ValueError):
        pass
    except OSError as error:
        reason, hint = reading_reason(error)
        return UNREADABLE.finding("cannot be read: {reason}", str(path), hint=hint, reason=reason)
    return UNREADABLE.finding("no such rule file or folder", str(path))


def path_type(path: Path) -> Literal["file", "folder", "other"] | None:
    """The type of a path; a broken link is other. None if it does not exist or cannot be a path."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "other" if os.path.islink(path) else None  # noqa: PTH114 - os.path.islink never raises
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"
