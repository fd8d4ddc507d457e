"""Where the rule sets that ship with the package are: beside the modules when installed, at the top in a checkout."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal

from asnforge.findings import Finding, InputError
from asnforge.rules.codes import NO_RULESET, UNREADABLE
from asnforge.system_errors import reading_reason

RULESET_FILE = "ruleset.yaml"
"""The file of a rule set that holds what its rules share."""

_PACKAGE = Path(__file__).resolve().parents[1]


def rulesets_folder() -> Path:
    """The folder of all rule sets that ship with the package.

    Raises
    ------
    InputError
        The installation is broken: there is none.
    """
    for folder in (_PACKAGE / "rulesets", _PACKAGE.parents[1] / "rules"):
        if (folder / "DEFAULT").is_file():
            return folder
    raise InputError(
        Finding(NO_RULESET.code, "the package has lost its rule sets", str(_PACKAGE), hint="install it again")
    )


def default_ruleset() -> Path:
    """The folder of the rule set that is used when none is named."""
    folder = rulesets_folder()
    return folder / (folder / "DEFAULT").read_text(encoding="utf-8").strip()


def shipped(name: str) -> Path | None:
    """The folder of a shipped rule set by its name; None where there is none of that name."""
    folder = rulesets_folder() / name
    return folder if Path(name).name == name and kind(folder / RULESET_FILE) == "file" else None


def found(name: str | Path) -> Path:
    """The path that a user means: a file or folder, else the folder of a shipped rule set of that name."""
    path = Path(name)
    return path if kind(path) is not None else shipped(str(name)) or path


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a folder, sorted; none where there is no such folder.

    Raises
    ------
    InputError
        The folder cannot be read.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - the glob of a path hides that the system refuses it
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        reason, hint = reading_reason(error)
        message = f"the folder cannot be read: {reason}"
        raise InputError(Finding(UNREADABLE.code, message, str(folder), hint=hint)) from error
    return sorted(folder / name for name in names if name.endswith((".yaml", ".yml")))


def not_found(path: Path) -> Finding:
    """Why a path leads to no rule file and no folder."""
    try:
        path.stat()
    except (FileNotFoundError, ValueError):
        pass
    except OSError as error:
        reason, hint = reading_reason(error)
        return Finding(UNREADABLE.code, f"cannot be read: {reason}", str(path), hint=hint)
    return Finding(UNREADABLE.code, "there is no such rule file or folder", str(path))


def kind(path: Path) -> Literal["file", "folder", "other"] | None:
    """What a path leads to, a link that leads nowhere being other; None where there is nothing, or no such path can be."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "other" if os.path.islink(path) else None  # noqa: PTH114 - this one never raises
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"
