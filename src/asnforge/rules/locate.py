"""Where the rule sets that ship with the package are: beside the modules when installed, at the top in a checkout."""

from __future__ import annotations

from pathlib import Path

from asnforge.findings import CannotContinue, Finding
from asnforge.rules.codes import NO_RULESET

_PACKAGE = Path(__file__).resolve().parents[1]


def rulesets_folder() -> Path:
    """The folder of all rule sets that ship with the package.

    Raises
    ------
    CannotContinue
        The installation is broken: there is none.
    """
    for folder in (_PACKAGE / "rulesets", _PACKAGE.parents[1] / "rules"):
        if (folder / "DEFAULT").is_file():
            return folder
    raise CannotContinue(
        Finding(NO_RULESET.code, "the package has lost its rule sets", str(_PACKAGE), hint="install it again")
    )


def default_ruleset() -> Path:
    """The folder of the rule set that is used when none is named."""
    folder = rulesets_folder()
    return folder / (folder / "DEFAULT").read_text(encoding="utf-8").strip()


def shipped(name: str) -> Path | None:
    """The folder of a shipped rule set by its name; None where there is none of that name."""
    folder = rulesets_folder() / name
    return folder if Path(name).name == name and (folder / "ruleset.yaml").is_file() else None


def found(name: str | Path) -> Path:
    """The path that a user means: a file or folder, else the folder of a shipped rule set of that name."""
    path = Path(name)
    return path if path.exists() else shipped(str(name)) or path
