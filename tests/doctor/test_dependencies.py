"""The distributions that an installation needs, and what can be wrong with them."""

from __future__ import annotations

import importlib
from importlib import metadata

import pytest

from asnforge.doctor.dependencies import check_dependencies, find_dependencies


def requirements(monkeypatch: pytest.MonkeyPatch, *texts: str, versions: dict[str, str] | None = None) -> None:
    """Let asnforge require other distributions, of which only those with a version are installed."""

    def version(name: str) -> str:
        if versions is None or name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "requires", lambda _: list(texts))
    monkeypatch.setattr(metadata, "version", version)


def test_dependencies_are_those_of_the_package_with_their_versions() -> None:
    found = {dependency.name.casefold(): dependency for dependency in find_dependencies()}
    assert {"astropy", "click", "numpy", "pyyaml", "distributed"} <= set(found)
    assert not {"pytest", "ruff"} & set(found)
    assert found["numpy"].version == metadata.version("numpy")
    assert (found["numpy"].lowest, found["numpy"].use) == ("1.26", "")
    assert found["distributed"].use == "for batch --scheduler"
    assert list(check_dependencies(tuple(found.values()))) == []


@pytest.mark.parametrize(
    ("requirement", "versions", "messages"),
    [
        ("numpy>=1.26", {"numpy": "1.26"}, []),
        ("numpy>=1.26", {"numpy": "1.26.0"}, []),
        ("numpy>=1.26.0", {"numpy": "1.26"}, []),
        ("numpy>=1.26", {"numpy": "2.0.1rc1"}, []),
        ("numpy>=1.26", {"numpy": "1.9"}, ["numpy 1.9 is older than 1.26"]),
        ("numpy>=1.26", {}, ["numpy is not installed"]),
        ("numpy", {"numpy": "0.1"}, []),
        (
            "none-such>=1",
            {"none-such": "1"},
            ["none-such 1 cannot be imported: ModuleNotFoundError: No module named 'none_such'"],
        ),
        ("distributed>=2026.1; extra == 'distributed'", {}, []),
        ("pytest>=9; extra == 'test'", {}, []),
    ],
)
def test_a_dependency_that_is_missing_old_or_damaged_is_an_error(
    monkeypatch: pytest.MonkeyPatch, requirement: str, versions: dict[str, str], messages: list[str]
) -> None:
    requirements(monkeypatch, "click", requirement, versions={"click": "8.3", **versions})
    findings = list(check_dependencies(find_dependencies()))
    assert [(finding.code, finding.severity, finding.message) for finding in findings] == [
        ("A205", "error", message) for message in messages
    ]


def test_a_dependency_that_fails_in_any_way_when_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise SystemError("another version of numpy")

    monkeypatch.setattr(importlib, "import_module", fail)
    requirements(monkeypatch, "numpy>=1", versions={"numpy": "2.0"})
    (finding,) = check_dependencies(find_dependencies())
    assert finding.message == "numpy 2.0 cannot be imported: SystemError: another version of numpy"


def test_without_an_installed_package_dependencies_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", missing)
    assert find_dependencies() == ()
    assert [finding.code for finding in check_dependencies(())] == ["A205"]
