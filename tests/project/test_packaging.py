"""Metadata: every dependency is pinned within its bounds for every supported Python, and versions agree everywhere."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from asnforge import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SUPPORTED = [match[1] for text in PROJECT["classifiers"] if (match := re.fullmatch(r".* :: Python :: (3\.\d+)", text))]
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
def test_readme_commands_install_pinned_versions(heading: str) -> None:
    section = (ROOT / "README.md").read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    assert section.count("pip install --quiet -c constraints.txt ") == section.count("pip install") == 1


def test_constraints_name_no_registry() -> None:
    assert "://" not in (ROOT / "constraints.txt").read_text("utf-8")


def test_pre_commit_uses_pinned_versions() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    used = {Requirement(text) for hook in hooks for text in hook.get("additional_dependencies", ())}
    pinned = {pin.name: pin for pin in PINS}
    assert {requirement.name for requirement in used if requirement.name not in pinned} == {"pre-commit-hooks"}
    assert {str(requirement) for requirement in used if requirement.name in pinned} <= set(map(str, PINS))


def test_the_citation_file_agrees_with_the_project() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert (citation["title"], str(citation["version"])) == (PROJECT["name"], __version__)
    assert (citation["license"], citation["keywords"]) == (PROJECT["license"], PROJECT["keywords"])


def test_the_recipe_of_conda_agrees_with_the_project() -> None:
    recipe = yaml.safe_load((ROOT / "recipe/recipe.yaml").read_text("utf-8"))
    other_names = {"astropy-base": "astropy"}
    needed = {
        str(Requirement(f"{other_names.get(name, name)}{bound}"))
        for name, _, bound in (text.partition(" ") for text in recipe["requirements"]["run"])
        if name != "python"
    }
    assert needed == {str(Requirement(text.lower())) for text in PROJECT["dependencies"]}
    assert recipe["context"]["version"] == __version__
    assert recipe["build"]["python"]["entry_points"] == [f"{name} = {at}" for name, at in PROJECT["scripts"].items()]
    assert (recipe["about"]["summary"], recipe["about"]["license"]) == (PROJECT["description"], PROJECT["license"])


def test_the_image_is_built_from_what_the_wheel_needs() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines[0] == "*"
    copied = {line[1:] for line in lines if line.startswith("!")}
    assert copied == {"constraints.txt", "pyproject.toml", "README.md", "LICENSE", "src", "rules"}
    text = (ROOT / "Dockerfile").read_text("utf-8")
    instructions = re.findall(r"^([A-Z]+) ", text, re.MULTILINE)
    assert (instructions.count("FROM"), instructions.count("USER")) == (2, 1)
    assert "-c /source/constraints.txt" in text
    assert ":latest" not in text
