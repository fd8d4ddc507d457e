"""Member file names (grouping rules, 'Member file names'): what a pipeline will have made of an exposure's file by stage 3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Mask, constant
from asnforge.grouping.evaluation import Evaluation
from asnforge.grouping.exposures import Exposures
from asnforge.grouping.joins import combine, distinct
from asnforge.rules.model import Ruleset
from asnforge.rules.names import pieces

UNCHANGED = 0
"""The form of a file name that stays as it is."""

Forms = NDArray[np.int32]


class Expnames:
    """The file names of members, each as a form and an exposure's own file name.

    A form is a template with its derived columns filled in. Two members have the same name where form and file are the
    same: so names are compared as numbers, and made only for what is written.

    Attributes
    ----------
    spelling : tuple of str
        For each code of the file names' column the pool's own spelling.
    changes : ndarray of bool, shape (exposures,)
        The exposures whose file name the rule set changes.
    """

    def __init__(self, exposures: Exposures, ruleset: Ruleset) -> None:
        column = exposures.columns[ruleset.members.file_name]
        self.spelling = _spelling(column.values, exposures.pool.columns[ruleset.members.file_name].values)
        self._code_of: list[int] = column.codes.tolist()
        self._parts = ruleset.members.parts.split(self.spelling)
        self._exptype = ruleset.members.exptype
        self._templates = [""]
        self._forms: dict[str, int] = {}
        self._made: dict[tuple[str, str | None, Evaluation], Forms] = {}
        self.changes: Mask = self._parts.known[column.codes]

    def forms(self, template: str, evaluation: Evaluation, exptype: str | None = None) -> Forms:
        """For each exposure the form of its name as a member.

        Parameters
        ----------
        template : str
            Parts of the file name and derived columns in braces.
        evaluation : Evaluation
            The exposures as the rule sees them.
        exptype : str or None
            The exptype of the member, where it is not the exposure's own.
        """
        key = (template, exptype, evaluation)
        if key not in self._made:
            seen = evaluation
            if exptype is not None:
                seen = evaluation.with_column(self._exptype, constant(exptype, evaluation.rows))
            self._made[key] = np.where(self.changes, self._make(template, seen), UNCHANGED).astype(np.int32)
        return self._made[key]

    def name(self, row: int, form: int) -> str:
        """The file name of an exposure as a member."""
        code = self._code_of[row]
        name = self.spelling[code]
        return name if form == UNCHANGED else self._templates[form] % self._parts.of(code, name)

    def _make(self, template: str, evaluation: Evaluation) -> Forms:
        parts = pieces(template)
        names = [name for _, name in parts if name is not None and name not in self._parts.parts]
        if not names:
            return np.full(evaluation.rows, self._form(template), np.int32)
        columns = [evaluation.column((name.casefold(),)) for name in names]
        first, inverse = distinct(combine([column.codes for column in columns]))
        found = []
        for row in first.tolist():
            texts = {name: column[row] for name, column in zip(names, columns, strict=True)}
            found.append(self._form("".join(_escaped(literal) + _filled(name, texts) for literal, name in parts)))
        return np.array(found, np.int32)[inverse]

    def _form(self, template: str) -> int:
        if template not in self._forms:
            self._forms[template] = len(self._templates)
            parts = [literal.replace("%", "%%") + (f"%({name})s" if name else "") for literal, name in pieces(template)]
            self._templates.append("".join(parts))
        return self._forms[template]


def _spelling(values: tuple[str, ...], spelled: tuple[str, ...]) -> tuple[str, ...]:
    """For each value without letter case how the pool spells it."""
    if values[1:] == spelled:
        return values
    by_value = {text.casefold(): text for text in reversed(spelled)}
    return tuple(by_value.get(value, value) for value in values)


def _escaped(literal: str) -> str:
    return literal.replace("{", "{{").replace("}", "}}")


def _filled(name: str | None, texts: dict[str, str]) -> str:
    if name is None:
        return ""
    return _escaped(texts[name]) if name in texts else f"{{{name}}}"
