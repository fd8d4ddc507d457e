"""asnforge: group telescope exposures into associations, by declarative rules.

This is the public API, which docs/python.md describes: read a pool, generate associations, write, explain, validate and
compare them. Values are frozen. Problems are `Finding` values; `InputError` is raised, with its findings, when the input cannot
be processed. The logger ``asnforge`` says what was read, generated and written.

Examples
--------
>>> import asnforge
>>> generation = asnforge.generate("pool.tsv")
>>> generation
<Generation: 6 associations from 11 exposures, 2 orphans>
>>> written = generation.write("out")
>>> [finding for path in written.paths for finding in asnforge.validate_file(path)]
[]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from asnforge.version import __version__

if TYPE_CHECKING:
    from asnforge.asnfiles.validate import validate_file
    from asnforge.asnfiles.write import Written, write_associations
    from asnforge.associations.model import Association, Member, Product
    from asnforge.compare.comparison import compare_paths
    from asnforge.explain.explain_pool import explain_pool
    from asnforge.findings import Finding, InputError
    from asnforge.generation.engine import generate
    from asnforge.generation.read_anything import read_pool
    from asnforge.generation.result import Generation
    from asnforge.grouping.scopes import ScopeChoice
    from asnforge.pool.model import Pool
    from asnforge.rulefiles.load import load_ruleset
    from asnforge.rules.ruleset import Ruleset

__all__ = [
    "Association",
    "Finding",
    "Generation",
    "InputError",
    "Member",
    "Pool",
    "Product",
    "Ruleset",
    "ScopeChoice",
    "Written",
    "__version__",
    "compare_paths",
    "explain_pool",
    "generate",
    "load_ruleset",
    "read_pool",
    "validate_file",
    "write_associations",
]

_MODULES = {
    "Association": "asnforge.associations.model",
    "InputError": "asnforge.findings",
    "Finding": "asnforge.findings",
    "Generation": "asnforge.generation.result",
    "Member": "asnforge.associations.model",
    "Pool": "asnforge.pool.model",
    "Product": "asnforge.associations.model",
    "Ruleset": "asnforge.rules.ruleset",
    "ScopeChoice": "asnforge.grouping.scopes",
    "Written": "asnforge.asnfiles.write",
    "compare_paths": "asnforge.compare.comparison",
    "explain_pool": "asnforge.explain.explain_pool",
    "generate": "asnforge.generation.engine",
    "load_ruleset": "asnforge.rulefiles.load",
    "read_pool": "asnforge.generation.read_anything",
    "validate_file": "asnforge.asnfiles.validate",
    "write_associations": "asnforge.asnfiles.write",
}
"""The module of each public name, imported on first use: importing all of them takes half a second."""

_FORMER_NAMES = {"CannotContinue": "InputError"}


def __getattr__(name: str) -> object:
    if name in _FORMER_NAMES:
        import warnings

        warnings.warn(f"asnforge.{name} is now asnforge.{_FORMER_NAMES[name]}", DeprecationWarning, stacklevel=2)
        return __getattr__(_FORMER_NAMES[name])
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
