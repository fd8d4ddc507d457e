"""Member file names (docs/grouping.md#names): what a pipeline will have made of an exposure's file by stage 3."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Mask, constant
from asnforge.grouping.arrays import IndexArray, combine, distinct
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import parse_template

FORM_BITS = 20
"""How many bits of the number of a name contain its form; the file is above them."""

_DENSE = 16
"""The names of a form are kept in a list for all files where more than one in so many has one, else in a dictionary."""

_MOST_PAIRS = 1 << 28
"""Up to how many pairs of form and file are marked in an array; more are sorted."""

UNCHANGED = 0
"""The form of a file name that stays as it is."""

Forms = NDArray[np.int32]

_SUFFIX = re.compile(r"_([^_.%]+)[^_]*$")


class MemberNamer:
    """The file names of members, each as a form and an exposure's own file name.

    A form is a template with its derived columns filled in. Members with the same form and file have the same name, so names
    are compared as numbers. Those that are the same for another form or file, `number_names` finds.

    Attributes
    ----------
    spelling : tuple of str
        For each code of the file names' column the pool's own spelling.
    changes : ndarray of bool, shape (exposures,)
        The exposures whose file name the rule set changes.
    shared : ndarray of int64, shape (2, names)
        Numbers of names (file and form, see `numbers`) that are the same string as another one, sorted, each above the number
        that is used instead.
    """

    def __init__(self, exposures: PreparedPool, ruleset: Ruleset) -> None:
        column = exposures.columns[ruleset.members.file_name]
        self.spelling = _spelling(column.values, exposures.pool.columns[ruleset.members.file_name].values)
        self._codes = column.codes
        self._code_of: list[int] = column.codes.tolist()
        self._parts = ruleset.members.parts.split(self.spelling)
        self._exptype = ruleset.members.exptype
        self._templates: list[tuple[str, tuple[str, ...]]] = [("", ())]
        self._forms: dict[str, int] = {}
        self._made: dict[tuple[str, str | None, Evaluator], Forms] = {}
        self.changes: Mask = self._parts.known[column.codes]
        self.shared = np.empty((2, 0), np.int64)
        self._names: dict[int, list[str] | dict[int, str]] = {}

    def forms(self, template: str, evaluation: Evaluator, exptype: str | None = None) -> Forms:
        """For each exposure the form of its name as a member.

        Parameters
        ----------
        template : str
            Parts of the file name and derived columns in braces.
        evaluation : Evaluator
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
        try:
            return self._names[form][code] or self._make_name(code, form)
        except KeyError:
            return self._make_name(code, form)

    def spelling_of(self, row: int) -> str:
        """The file name of an exposure as the pool spells it."""
        return self.spelling[self._code_of[row]]

    def numbers(self, rows: IndexArray, forms: Forms) -> NDArray[np.int64]:
        """The numbers of the names of members: file and form, the same number for the same name.

        Parameters
        ----------
        rows : ndarray of int64
            The members' exposures.
        forms : ndarray of int32
            Their forms.
        """
        numbers = self._codes[rows].astype(np.int64) << FORM_BITS | forms
        same, instead = self.shared
        if len(same):
            place = np.minimum(np.searchsorted(same, numbers), len(same) - 1)
            numbers = np.where(same[place] == numbers, instead[place], numbers)
        return numbers

    def number_names(self, members: Iterable[tuple[IndexArray, Forms]]) -> None:
        """Make the names of all members, and find those that are the same for several files or forms.

        Parameters
        ----------
        members : iterable of (ndarray of int64, ndarray of int32)
            Exposures and forms of the members of each rule.
        """
        files = len(self.spelling)
        used = self._used([self._codes[rows] + forms.astype(np.int64) * files for rows, forms in members])
        if not len(used):
            return
        forms, starts = np.unique(used // files, return_index=True)
        pairs = list(zip(forms.tolist(), np.split(used % files, starts[1:]), strict=True))
        hashes = []
        for form, codes in pairs:
            names = self._make_names(codes, form)
            hashes.append(np.fromiter(map(hash, names), np.int64, len(names)))
            if len(names) * _DENSE > files:
                by_code = np.full(files, "", np.object_)
                by_code[codes] = names
                self._names[form] = by_code.tolist()
            else:
                self._names[form] = dict(zip(codes.tolist(), names, strict=True))
        found = np.sort(np.concatenate(hashes))
        if (found[1:] == found[:-1]).any():
            self.shared = self._find_shared(pairs)

    def _used(self, pairs: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        """The distinct pairs of form and file, sorted."""
        size = len(self.spelling) * len(self._templates)
        if size > _MOST_PAIRS:
            return np.unique(np.concatenate([np.empty(0, np.int64), *pairs]))
        used = np.zeros(size, np.bool_)
        for each in pairs:
            used[each] = True
        return np.flatnonzero(used)

    def _find_shared(self, pairs: Iterable[tuple[int, NDArray[np.int64]]]) -> NDArray[np.int64]:
        by_name: dict[str, list[int]] = defaultdict(list)
        for form, codes in pairs:
            for code, name in zip(codes.tolist(), self._make_names(codes, form), strict=True):
                by_name[name].append(code << FORM_BITS | form)
        several = (sorted(numbers) for numbers in by_name.values() if len(numbers) > 1)
        shared = sorted((number, numbers[0]) for numbers in several for number in numbers[1:])
        return np.array(shared, np.int64).reshape(-1, 2).T

    def _make_name(self, code: int, form: int) -> str:
        return self._make_names(np.array([code]), form)[0]

    def _make_names(self, codes: NDArray[np.int64], form: int) -> list[str]:
        """The names of several files in one form."""
        if form == UNCHANGED:
            return list(map(self.spelling.__getitem__, codes.tolist()))
        template, parts = self._templates[form]
        if not parts:
            return [template % ()] * len(codes)
        texts = [self._parts.texts(part, codes, self.spelling) for part in parts]
        return list(map(template.__mod__, zip(*texts, strict=True)))

    def suffixes(self) -> dict[int, str]:
        """For each form whose template ends in one the suffix of its names: what is between the last underscore and the dot.

        What a group of the pattern adds to it is not known here.
        """
        found = {form: _SUFFIX.search(template) for form, (template, _) in enumerate(self._templates)}
        return {form: match[1].lower() for form, match in found.items() if match is not None}

    def _make(self, template: str, evaluation: Evaluator) -> Forms:
        parts = parse_template(template)
        names = [name for _, name in parts if name is not None and name not in self._parts.parts]
        if not names:
            return np.full(evaluation.rows, self._form(template), np.int32)
        columns = [evaluation.written(name.casefold()) for name in names]
        first, inverse = distinct(combine([column.codes for column in columns]))
        found = []
        for row in first.tolist():
            texts = {name: column[row] for name, column in zip(names, columns, strict=True)}
            found.append(self._form("".join(_escaped(literal) + _filled(name, texts) for literal, name in parts)))
        return np.array(found, np.int32)[inverse]

    def _form(self, template: str) -> int:
        if template not in self._forms:
            self._forms[template] = len(self._templates)
            parts = list(parse_template(template))
            literals = "".join(literal.replace("%", "%%") + ("%s" if name else "") for literal, name in parts)
            self._templates.append((literals, tuple(name for _, name in parts if name)))
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
