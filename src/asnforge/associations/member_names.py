"""Member file names (docs/grouping.md#names): the name that an exposure's file will have by stage 3."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Mask, constant
from asnforge.grouping.arrays import IndexArray, IntArray, combine, distinct
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.file_names import PARTS
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import parse_template

TEMPLATE_BITS = 20
"""The number of low bits of a name's number that contain its template; the bits above contain the file."""

_UNCHANGED = 0
"""The id of the template of a file name that is not changed."""

TemplateIds = NDArray[np.int32]

_SUFFIX = re.compile(r"_([^_.%]+)[^_]*$")


class MemberNamer:
    """The file names of members, each as a template and an exposure's own file name.

    In these templates, derived columns are already filled in. Members with the same template and file have the same name, so
    names are compared as numbers. `number_names` finds the names that several templates or files have in common.

    Attributes
    ----------
    codes : ndarray of int, shape (exposures,)
        The codes of the file names' column.
    spelling : tuple of str
        For each code of the file names' column the pool's own spelling.
    is_changed : ndarray of bool, shape (exposures,)
        The exposures whose file name the rule set changes; products keep theirs.
    shared : ndarray of int64, shape (2, names)
        In the first row the numbers of names (file and template, see `numbers`) that are the same string as the name of a lower
        number, sorted; in the second row the number that is used instead.
    """

    def __init__(self, prepared: PreparedPool, ruleset: Ruleset) -> None:
        column = prepared.columns[ruleset.members.file_name]
        self.spelling = _spelling(column.values, prepared.pool.columns[ruleset.members.file_name].values)
        self.codes = column.codes
        self._code_of: list[int] = column.codes.tolist()
        self._parts = ruleset.members.parts.split(self.spelling)
        self._exptype = ruleset.members.exptype
        self._templates: list[tuple[str, tuple[str, ...]]] = [("", ())]
        self._id_of: dict[tuple[str, tuple[str, ...]], int] = {}
        self._ids: dict[tuple[str, str | None, Evaluator], TemplateIds] = {}
        self._names: dict[int, list[str] | dict[int, str]] = {}
        self._has_parts: Mask = self._parts.known[column.codes]
        self.is_changed = self._has_parts.copy()
        self.is_changed[prepared.exposures :] = False
        self.shared = np.empty((2, 0), np.int64)

    def template_ids(self, template: str, evaluator: Evaluator, exptype: str | None = None) -> TemplateIds:
        """For each exposure the template of its name as a member; `exptype` is the member's, if not the exposure's own.

        Products keep their names.
        """
        key = (template, exptype, evaluator)
        if key not in self._ids:
            if exptype is not None:
                evaluator = evaluator.with_column(self._exptype, constant(exptype, evaluator.rows))
            self._ids[key] = np.where(self.is_changed, self._fill(template, evaluator), _UNCHANGED).astype(np.int32)
        return self._ids[key]

    def ids_of_filled(
        self, filled: Sequence[tuple[tuple[str, str | None], ...]], rows: IndexArray, evaluator: Evaluator, exptype: str
    ) -> TemplateIds:
        """The templates of the names that attached exposures become, from pieces in which name parts are filled in.

        A template with a part of the file name applies to the files that have the part; others keep their names.
        """
        evaluator = evaluator.with_column(self._exptype, constant(exptype, evaluator.rows))
        template_ids = []
        for row, pieces in zip(rows.tolist(), filled, strict=True):
            names = [name for _, name in pieces if name is not None]
            if any(name in PARTS for name in names) and not self._has_parts[row]:
                template_ids.append(_UNCHANGED)
                continue
            own = {name: evaluator.written(name.casefold())[row] for name in names if name not in PARTS}
            template_ids.append(
                self._id([(text + own[name], None) if name in own else (text, name) for text, name in pieces])
            )
        return np.array(template_ids, np.int32)

    def name(self, row: int, template_id: int) -> str:
        """The file name of an exposure as a member."""
        code = self._code_of[row]
        try:
            name = self._names[template_id][code]
        except KeyError:
            name = ""
        return name or self._spell(np.array([code]), template_id)[0]

    def names(self, codes: IntArray, template_id: int) -> list[str]:
        """The names of several files, by their codes, in one template."""
        known = self._names.get(template_id, {})
        try:
            names = list(map(known.__getitem__, codes.tolist()))
        except KeyError:
            return self._spell(codes, template_id)
        return names if all(names) else self._spell(codes, template_id)

    def names_of_all_files(self, template_id: int) -> list[str] | None:
        """The names of all files in a template that many files have, empty for others; None if few have it."""
        names = self._names.get(template_id)
        return names if isinstance(names, list) else None

    def spelling_of(self, row: int) -> str:
        """The file name of an exposure as the pool spells it."""
        return self.spelling[self._code_of[row]]

    def numbers(self, rows: IndexArray, template_ids: TemplateIds) -> IndexArray:
        """The numbers of the names of members, given their exposures and templates: the same number for the same name."""
        numbers = self.codes[rows].astype(np.int64) << TEMPLATE_BITS | template_ids
        same, instead = self.shared
        if len(same):
            index = np.minimum(np.searchsorted(same, numbers), len(same) - 1)
            numbers = np.where(same[index] == numbers, instead[index], numbers)
        return numbers

    def number_names(
        self, members: Iterable[tuple[IndexArray, TemplateIds]], *, most_pairs: int = 1 << 28, dense: int = 16
    ) -> None:
        """Compose the names of all members, and find those that are the same for several files or templates.

        `members` are exposures and templates of the members of each rule. Up to `most_pairs` pairs of template and file are
        marked in an array, more are sorted; the names of a template are kept in a list if more than one file in `dense` has
        one, else in a dictionary.
        """
        files = len(self.spelling)
        pairs = [self.codes[rows] + template_ids.astype(np.int64) * files for rows, template_ids in members]
        if files * len(self._templates) > most_pairs:
            used = np.unique(np.concatenate([np.empty(0, np.int64), *pairs]))
        else:
            is_used = np.zeros(files * len(self._templates), np.bool_)
            for each in pairs:
                is_used[each] = True
            used = np.flatnonzero(is_used)
        if not len(used):
            return
        template_ids, starts = np.unique(used // files, return_index=True)
        by_template = list(zip(template_ids.tolist(), np.split(used % files, starts[1:]), strict=True))
        hashes = []
        for template_id, codes in by_template:
            names = self._spell(codes, template_id)
            hashes.append(np.fromiter(map(hash, names), np.int64, len(names)))
            if len(names) * dense > files:
                by_code = np.full(files, "", np.object_)
                by_code[codes] = names
                self._names[template_id] = by_code.tolist()
            else:
                self._names[template_id] = dict(zip(codes.tolist(), names, strict=True))
        ordered = np.sort(np.concatenate(hashes))
        if (ordered[1:] == ordered[:-1]).any():
            self.shared = self._find_shared(by_template)

    def suffixes(self) -> dict[int, str]:
        """The suffix of the names of each template that ends with one: the characters between the last underscore and the dot.

        A suffix that a part of the exposure's own file name adds is not known here.
        """
        matches = {number: _SUFFIX.search(template) for number, (template, _) in enumerate(self._templates)}
        return {number: match[1].lower() for number, match in matches.items() if match is not None}

    def _find_shared(self, by_template: Iterable[tuple[int, IndexArray]]) -> IndexArray:
        by_name: dict[str, list[int]] = defaultdict(list)
        for template_id, codes in by_template:
            for code, name in zip(codes.tolist(), self._spell(codes, template_id), strict=True):
                by_name[name].append(code << TEMPLATE_BITS | template_id)
        several = (sorted(numbers) for numbers in by_name.values() if len(numbers) > 1)
        shared = sorted((number, numbers[0]) for numbers in several for number in numbers[1:])
        return np.array(shared, np.int64).reshape(-1, 2).T

    def _spell(self, codes: IntArray, template_id: int) -> list[str]:
        """The names of several files in one template."""
        if template_id == _UNCHANGED:
            return list(map(self.spelling.__getitem__, codes.tolist()))
        return self._parts.filled(*self._templates[template_id], codes, self.spelling)

    def _fill(self, template: str, evaluator: Evaluator) -> TemplateIds:
        """For each exposure the template with the values of derived columns filled in."""
        parts = parse_template(template)
        names = [name for _, name in parts if name is not None and name not in PARTS]
        if not names:
            return np.full(evaluator.rows, self._id(parts), np.int32)
        columns = [evaluator.written(name.casefold()) for name in names]
        first, inverse = distinct(combine([column.codes for column in columns]))
        template_ids = []
        for row in first.tolist():
            values = {name: column[row] for name, column in zip(names, columns, strict=True)}
            filled = [(literal + values[name], None) if name in values else (literal, name) for literal, name in parts]
            template_ids.append(self._id(filled))
        return np.array(template_ids, np.int32)[inverse]

    def _id(self, parts: Sequence[tuple[str, str | None]]) -> int:
        """The number of a template, from literal text and parts of file names in turn; equal templates have the same number."""
        template = "".join(literal.replace("%", "%%") + ("%s" if name else "") for literal, name in parts)
        names = tuple(name for _, name in parts if name)
        if (template, names) not in self._id_of:
            self._id_of[template, names] = len(self._templates)
            self._templates.append((template, names))
        return self._id_of[template, names]


def _spelling(values: tuple[str, ...], spelled: tuple[str, ...]) -> tuple[str, ...]:
    """For each case-folded value how the pool spells it."""
    if values[1:] == spelled:
        return values
    by_value = {value.casefold(): value for value in reversed(spelled)}
    return tuple(by_value.get(value, value) for value in values)
