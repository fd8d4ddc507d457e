"""All kinds of findings, collected from the modules that declare them."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from asnforge.findings.model import FindingCode

_SUBJECTS = "PRGAC"
"""The first letters of codes in the order of listings: pools, rules, generation, association files, comparisons."""


@cache
def all_codes() -> tuple[FindingCode, ...]:
    """Every `FindingCode` of asnforge, sorted. This is slow, as it imports all modules.

    Raises
    ------
    ValueError
        Two kinds of findings have the same code.
    """
    package = importlib.import_module("asnforge")
    declared: dict[str, FindingCode] = {}
    for module in pkgutil.walk_packages(package.__path__, "asnforge."):
        if module.name == "asnforge.__main__":
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, FindingCode) and declared.setdefault(value.code, value) is not value:
                raise ValueError(f"two kinds of findings have the code {value.code}")
    return tuple(sorted(declared.values(), key=lambda code: (_SUBJECTS.index(code.code[0]), code.code)))
