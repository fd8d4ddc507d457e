"""Where the shipped rule sets are: in the package when it is installed, at the top in a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from asnforge.findings import InputError
from asnforge.rulefiles import shipped as locate


def shipped_rulesets(folder: Path, default: str) -> Path:
    (folder / default).mkdir(parents=True)
    (folder / default / "ruleset.yaml").write_text("ruleset: x\n")
    (folder / "DEFAULT").write_text(f"{default}\n")
    return folder


@pytest.mark.parametrize(
    ("present", "found"),
    [(["src/asnforge/rulesets"], "src/asnforge/rulesets"), (["rules"], "rules")],
    ids=["installed", "a checkout"],
)
def test_where_the_rule_sets_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, present: list[str], found: str
) -> None:
    monkeypatch.setattr(locate, "_PACKAGE", tmp_path / "src" / "asnforge")
    for folder in present:
        shipped_rulesets(tmp_path / folder, "lynx")
    assert locate.rulesets_folder() == tmp_path / found
    assert locate.default_ruleset() == tmp_path / found / "lynx"


def test_the_package_goes_before_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "_PACKAGE", tmp_path / "src" / "asnforge")
    shipped_rulesets(tmp_path / "rules", "checkout")
    shipped_rulesets(tmp_path / "src" / "asnforge" / "rulesets", "installed")
    assert locate.default_ruleset().name == "installed"


def test_an_installation_without_rule_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "_PACKAGE", tmp_path / "src" / "asnforge")
    with pytest.raises(InputError) as stop:
        locate.rulesets_folder()
    assert str(stop.value.findings[0]) == (
        f"{tmp_path}/src/asnforge: R103 the package has lost its rule sets; install it again"
    )


@pytest.mark.parametrize("name", ["..", ".", "", "absent", "lynx/", "lynx/ruleset.yaml", "../rules/lynx", "/"])
def test_what_is_the_name_of_no_shipped_rule_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(locate, "_PACKAGE", tmp_path / "src" / "asnforge")
    folder = shipped_rulesets(tmp_path / "rules", "lynx")
    assert locate.shipped("lynx") == folder / "lynx"
    assert locate.shipped(name) is None


def test_the_one_of_this_package_is_there() -> None:
    assert (locate.default_ruleset() / "ruleset.yaml").is_file()
    assert locate.shipped(locate.default_ruleset().name) == locate.default_ruleset()
