"""Everything that an installation is made of, and its problems."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from asnforge.doctor.dependencies import Dependency, check_dependencies, find_dependencies
from asnforge.doctor.surroundings import check_surroundings, describe_clock
from asnforge.findings import Finding, InputError, pluralize, table_lines
from asnforge.fitsfiles.header_cache import CacheState, cache_state
from asnforge.lint.check_rules import check_rules
from asnforge.rulefiles.ruleset_cache import RulesetCacheState, ruleset_cache_state
from asnforge.rulefiles.shipped import default_ruleset, provider, shipped, shipped_names
from asnforge.user_cache import OFF_VARIABLE, is_off
from asnforge.version import __version__


@dataclass(frozen=True, slots=True)
class InstalledRuleset:
    """A rule set that is installed.

    Attributes
    ----------
    name : str
        Its name.
    folder : str or None
        Where it is; None if it cannot be found.
    package : str
        The distribution that provides it.
    rules : int
        The number of its rules.
    findings : int
        The number of findings about it.
    default : bool
        Whether it is used where no rule set is named.
    """

    name: str
    folder: str | None
    package: str
    rules: int
    findings: int
    default: bool


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation of asnforge.

    Attributes
    ----------
    version, python, system : str
        The versions of asnforge, Python and the operating system.
    folder : str
        The folder of the package.
    dependencies : tuple of Dependency
        The distributions that are needed.
    rulesets : tuple of InstalledRuleset
        The rule sets that are installed.
    cache : CacheState
        The cache of headers.
    ruleset_cache : RulesetCacheState
        The cache of rule sets.
    caches_are_off : bool
        Whether caches are switched off.
    clock : str
        The time zone.
    workers : str
        How worker processes of a batch are started.
    findings : tuple of Finding
        The problems; an error prevents commands from working.
    """

    version: str
    python: str
    system: str
    folder: str
    dependencies: tuple[Dependency, ...]
    rulesets: tuple[InstalledRuleset, ...]
    cache: CacheState
    ruleset_cache: RulesetCacheState
    caches_are_off: bool
    clock: str
    workers: str
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The attributes by name, for JSON."""
        return asdict(self)

    def lines(self, width: int | None = None) -> Iterator[str]:
        """The installation as text, without its findings; `width` is that of the terminal, if it is one."""
        yield f"asnforge {self.version}, Python {self.python}, {self.system}"
        yield f"installed in {self.folder}"
        yield ""
        rows = [("dependency", "version", "needed")]
        for each in self.dependencies:
            needed = f"{each.lowest} or newer" if each.lowest else "any"
            rows.append((each.name, each.version or "none", f"{needed}, {each.use}" if each.use else needed))
        yield from table_lines(rows, width=width)
        yield ""
        sets = [("rule set", "rules", "findings", "from")]
        for ruleset in self.rulesets:
            name = f"{ruleset.name} (default)" if ruleset.default else ruleset.name
            sets.append((name, str(ruleset.rules), str(ruleset.findings), ruleset.package))
        yield from table_lines(sets, numbers=(1, 2), width=width)
        yield ""
        headers = (pluralize(self.cache.headers, "file"), self.cache.size, self.cache.file)
        rulesets = (
            pluralize(self.ruleset_cache.rulesets, "rule set"),
            self.ruleset_cache.size,
            self.ruleset_cache.folder,
        )
        yield from table_lines(
            [
                ("cache of headers", self._cache_line(*headers)),
                ("cache of rule sets", self._cache_line(*rulesets)),
                ("time zone", f"{self.clock}; times in associations are UTC"),
                ("worker processes", self.workers),
            ],
            heading=False,
            width=width,
        )

    def _cache_line(self, number: str, size: int, path: str) -> str:
        line = f"{number}, {size / 1e6:.1f} MB, {path}"
        return f"{line}, switched off by {OFF_VARIABLE}" if self.caches_are_off else line


def inspect_installation() -> Installation:
    """What is installed, and the problems of it."""
    dependencies, cache, ruleset_cache = find_dependencies(), cache_state(), ruleset_cache_state()
    findings = [*check_dependencies(dependencies), *check_surroundings(cache, ruleset_cache)]
    rulesets = []
    for name in shipped_names():
        ruleset, problems = _inspect_ruleset(name)
        rulesets.append(ruleset)
        findings += problems
    return Installation(
        version=__version__,
        python=f"{platform.python_version()} ({platform.python_implementation()})",
        system=platform.platform(terse=True),
        folder=str(Path(__file__).resolve().parents[1]),
        dependencies=dependencies,
        rulesets=tuple(rulesets),
        cache=cache,
        ruleset_cache=ruleset_cache,
        caches_are_off=is_off(),
        clock=describe_clock(),
        workers=_start_method(),
        findings=tuple(findings),
    )


def _inspect_ruleset(name: str) -> tuple[InstalledRuleset, tuple[Finding, ...]]:
    try:
        folder = shipped(name)
        result = check_rules(folder or name)
    except InputError as error:
        return InstalledRuleset(name, None, provider(name), 0, len(error.findings), False), error.findings
    is_default = folder == default_ruleset()
    count = len(result.findings)
    return InstalledRuleset(name, str(folder), provider(name), result.rules, count, is_default), result.findings


def _start_method() -> str:
    import multiprocessing

    if "forkserver" in multiprocessing.get_all_start_methods():
        return "forked from a prepared process"
    return "started one by one, which takes longer: this system cannot fork"
