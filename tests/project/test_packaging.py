"""What is installed: constraints.txt pins every dependency, within its bounds, for every supported Python."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SUPPORTED = [found[1] for text in PROJECT["classifiers"] if (found := re.fullmatch(r".* :: Python :: (3\.\d+)", text))]
REQUIREMENTS = [
    Requirement(text)
    for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for text in group
    if not text.startswith(PROJECT["name"])
]
PINS = [Requirement(line) for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line[0] != "#"]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(name: str, python: str) -> list[str]:
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    return [
        str(pin.specifier)
        for pin in PINS
        if canonical(pin.name) == canonical(name) and (pin.marker is None or pin.marker.evaluate(environment))
    ]


@pytest.mark.parametrize("python", SUPPORTED)
@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
def test_each_dependency_has_one_pin_that_its_bound_allows(requirement: Requirement, python: str) -> None:
    (pin,) = pins(requirement.name, python)
    assert pin.startswith("==")
    assert requirement.specifier.contains(Version(pin.removeprefix("==")))


def test_the_supported_pythons_begin_with_the_lowest_that_is_required() -> None:
    assert SUPPORTED == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == f">={SUPPORTED[0]}"


@pytest.mark.parametrize("heading", ["Quick start", "Tests"])
def test_the_commands_of_the_readme_install_the_pinned_versions(heading: str) -> None:
    command = subprocess.run(
        [sys.executable, ROOT / ".ci/readme_command.py", heading], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert command.count("pip install --quiet -c constraints.txt ") == command.count("pip install") == 1


def test_constraints_name_no_registry() -> None:
    assert "://" not in (ROOT / "constraints.txt").read_text("utf-8")
