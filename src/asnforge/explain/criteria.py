"""What an exposure must pass for a rule to select it."""

from __future__ import annotations

from dataclasses import dataclass

from asnforge.columns import Mask
from asnforge.explain.model import CriterionKind
from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.rule import Key


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """A constraint of ``select``, or a key that must be defined.

    Attributes
    ----------
    test : Constraint or Key
        The constraint or key.
    passed : ndarray of bool, shape (rows,)
        The exposures that pass it.
    label : str
        Its name in files of cases: its own, or ``key NAME`` for a key with the same name as a constraint.
    """

    kind: CriterionKind
    name: str
    test: Constraint | Key
    passed: Mask
    label: str

    def columns(self) -> frozenset[str]:
        """The columns that it reads."""
        return frozenset(self.test.columns) if isinstance(self.test, Key) else columns_read(self.test)
