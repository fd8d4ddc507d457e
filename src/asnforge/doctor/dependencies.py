"""The distributions that this installation needs: their versions, and whether they can be imported."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from asnforge.findings import Finding, FindingCode

MISSING_DEPENDENCY = FindingCode(
    "A205",
    "a dependency is missing, too old or damaged",
    "asnforge was installed without a distribution that it needs, another program has replaced it by an older version, or it "
    "cannot be imported. Install asnforge again, in an environment of its own.",
    wrong="pip install --no-deps asnforge",
    right="pip install asnforge",
)

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)\s*(?:>=\s*(?P<lowest>[\w.]+))?[^;]*(?:;(?P<marker>.*))?")
_EXTRA = re.compile(r"extra\s*==\s*['\"](?P<extra>[\w-]+)['\"]")
_OPTIONAL = {"distributed": "for batch --scheduler"}
"""The extras for users, with what they are for."""

_MODULES = {"google-re2": "re2", "pyyaml": "yaml"}
"""The modules of distributions that are named differently."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """A distribution that is needed.

    Attributes
    ----------
    name : str
        Its name in package indexes.
    version : str or None
        The version that is installed; None if none is.
    lowest : str
        The lowest version that works; empty if any does.
    use : str
        What it is for if asnforge works without it, else empty.
    """

    name: str
    version: str | None
    lowest: str
    use: str = ""


def find_dependencies() -> tuple[Dependency, ...]:
    """The distributions that asnforge needs, and those that a user can add, by name."""
    found = []
    for text in _requirements():
        match = _REQUIREMENT.match(text)
        extra = _EXTRA.search(match["marker"] or "") if match else None
        if match is None or (extra is not None and extra["extra"] not in _OPTIONAL):
            continue
        use = _OPTIONAL[extra["extra"]] if extra is not None else ""
        found.append(Dependency(match["name"], _installed_version(match["name"]), match["lowest"] or "", use))
    return tuple(sorted(found, key=lambda dependency: (bool(dependency.use), dependency.name.casefold())))


def check_dependencies(dependencies: tuple[Dependency, ...]) -> Iterator[Finding]:
    """An error for each distribution that is missing, too old or cannot be imported."""
    if not dependencies:
        message = "asnforge is not installed, so its dependencies are unknown"
        yield MISSING_DEPENDENCY.finding(message, hint="pip install . in its folder")
    for each in dependencies:
        if problem := _problem(each):
            hint = f"pip install --force-reinstall '{each.name}{each.lowest and '>='}{each.lowest}'"
            yield MISSING_DEPENDENCY.finding(
                "{name} {problem}",
                hint=hint,
                name=each.name,
                version=each.version,
                lowest=each.lowest,
                problem=problem,
            )


def _problem(dependency: Dependency) -> str:
    """What is wrong with a distribution; empty if nothing is."""
    version, lowest = dependency.version, dependency.lowest
    if version is None:
        return "" if dependency.use else "is not installed"
    if lowest and _numbers(version) < _numbers(lowest):
        return f"{version} is older than {lowest}"
    problem = _import_problem(dependency.name)
    return f"{version} cannot be imported: {problem}" if problem else ""


def _requirements() -> list[str]:
    try:
        return metadata.requires("asnforge") or []
    except metadata.PackageNotFoundError:
        return []


def _installed_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _import_problem(name: str) -> str:
    """Why the module of a distribution cannot be imported; empty if it can."""
    module = _MODULES.get(name.casefold(), name.replace("-", "_").casefold())
    try:
        importlib.import_module(module)
    except Exception as error:  # a damaged module can raise anything
        return f"{type(error).__name__}: {error}"
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, for comparison."""
    numbers = []
    for part in version.split("."):
        digits = re.match(r"\d+", part)
        if digits is None:
            break
        numbers.append(int(digits[0]))
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
