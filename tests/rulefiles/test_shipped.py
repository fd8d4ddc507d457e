"""The shipped rule sets: in the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from asnforge.findings import InputError
from asnforge.rulefiles import shipped as shipped_module


def shipped_rulesets(folder: Path, default: str) -> Path:
    (folder / default).mkdir(parents=True)
    (folder / default / "ruleset.yaml").write_text("ruleset: x\n")
    (folder / "DEFAULT").write_text(f"{default}\n")
    return folder


@pytest.mark.parametrize(
    ("present", "expected"),
    [(["src/asnforge/rulesets"], "src/asnforge/rulesets"), (["rules"], "rules")],
    ids=["installed", "a checkout"],
)
def test_rule_sets_are_in_the_package_or_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, present: list[str], expected: str
) -> None:
    monkeypatch.setattr(shipped_module, "_PACKAGE", tmp_path / "src" / "asnforge")
    for folder in present:
        shipped_rulesets(tmp_path / folder, "lynx")
    assert shipped_module.rulesets_folder() == tmp_path / expected
    assert shipped_module.default_ruleset() == tmp_path / expected / "lynx"


def test_the_package_takes_precedence_over_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped_module, "_PACKAGE", tmp_path / "src" / "asnforge")
    shipped_rulesets(tmp_path / "rules", "checkout")
    shipped_rulesets(tmp_path / "src" / "asnforge" / "rulesets", "installed")
    assert shipped_module.default_ruleset().name == "installed"


def test_an_installation_without_rule_sets_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped_module, "_PACKAGE", tmp_path / "src" / "asnforge")
    with pytest.raises(InputError) as stop:
        shipped_module.rulesets_folder()
    assert str(stop.value.findings[0]) == (
        f"{tmp_path}/src/asnforge: R103 the rule sets of the package are missing; reinstall asnforge"
    )


@pytest.mark.parametrize("name", ["..", ".", "", "absent", "lynx/", "lynx/ruleset.yaml", "../rules/lynx", "/"])
def test_only_plain_names_are_shipped_rule_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(shipped_module, "_PACKAGE", tmp_path / "src" / "asnforge")
    folder = shipped_rulesets(tmp_path / "rules", "lynx")
    assert shipped_module.shipped("lynx") == folder / "lynx"
    assert shipped_module.shipped(name) is None


def test_this_package_ships_its_default_rule_set() -> None:
    assert (shipped_module.default_ruleset() / "ruleset.yaml").is_file()
    assert shipped_module.shipped(shipped_module.default_ruleset().name) == shipped_module.default_ruleset()
