"""What an exposure has in a column, in words: the pool's own spelling, and why a derived column has its value."""

from __future__ import annotations

from asnforge.columns import UNDEFINED
from asnforge.grouping.evaluate import Evaluator
from asnforge.pool.model import Pool
from asnforge.rules.describe import describe
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset


class Values:
    """The values of a pool's exposures as a rule reads them.

    Parameters
    ----------
    pool : Pool
        The pool.
    evaluation : Evaluator
        The exposures as the rule sees them.
    rule : Rule
        The rule.
    ruleset : Ruleset
        Its rule set.
    """

    def __init__(self, pool: Pool, evaluation: Evaluator, rule: Rule, ruleset: Ruleset) -> None:
        self._pool = pool
        self._evaluation = evaluation
        self._rule = rule
        self._ruleset = ruleset

    def title(self, columns: tuple[str, ...]) -> str:
        """The columns that are read one in place of the other."""
        return ", else ".join(map(self._name, columns))

    def of(self, columns: tuple[str, ...], row: int, together: bool = False) -> tuple[str, str, str]:
        """The column that gives a row its value, the value, and why a derived column has it.

        Parameters
        ----------
        columns : tuple of str
            The names in lower case; the first that is defined gives the value.
        row : int
            The exposure's row.
        together : bool
            The values of all columns count.
        """
        if together:
            found = [self._one(column, row) for column in columns]
            because = "; ".join(why for _, why in found if why)
            title = f"({', '.join(map(self._name, columns))})"
            return title, f"({', '.join(value for value, _ in found)})", because
        for column in columns:
            if self._evaluation.column((column,)).codes[row] != UNDEFINED:
                return self._name(column), *self._one(column, row)
        if len(columns) == 1:
            return self._name(columns[0]), *self._one(columns[0], row)
        return self.title(columns), "undefined", ""

    def _name(self, column: str) -> str:
        return column if column in self._ruleset.derived else column.upper()

    def _one(self, column: str, row: int) -> tuple[str, str]:
        if column in self._ruleset.derived:
            return self._evaluation.column((column,))[row] or "undefined", self._because(column, row)
        text = self._pool.columns.get(column)
        if text is None:
            return "undefined", "the pool has no such column"
        if self._evaluation.column((column,)).codes[row] != UNDEFINED:
            return text[row], ""
        return (f"undefined ({text[row]})" if text[row] else "undefined"), ""

    def _because(self, column: str, row: int) -> str:
        taken = self._rule.take_as
        if taken is not None and column == self._ruleset.members.exptype:
            value = self._evaluation.column((column,))[row]
            return f"the rule takes every exposure as {taken.exptype}" if value not in taken.excepted else ""
        for case in self._ruleset.derived[column].cases:
            if case.when is not None and self._evaluation.passes(case.when)[row]:
                return f"as {describe(case.when)}"
        return ""
