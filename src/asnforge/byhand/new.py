"""Associations by hand, from FITS files: one of all exposures, or one for each combination of some columns."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asnforge.asnfiles.association_text import encode
from asnforge.associations import SUFFIX
from asnforge.byhand.association_file import AssociationFile
from asnforge.byhand.compose import Composer, NewOptions
from asnforge.byhand.given_files import Given, GivenExposures, read_given
from asnforge.findings import Finding, FindingCode, InputError, suggestion
from asnforge.rules.header_mapping import UNDEFINED_CELL
from asnforge.rules.rule import SCIENCE
from asnforge.rules.ruleset import Ruleset

NO_COLUMN = FindingCode(
    "A139",
    "no such column to split by",
    "--split takes the names of pool columns, as asnforge pool show displays them, and headers make no such column.",
    wrong="asnforge new *_cal.fits -o x_asn.json --split FLITER",
    right="asnforge new *_cal.fits -o x_asn.json --split FILTER",
)
NOT_USED = FindingCode(
    "A140",
    "an exposure agrees with no science exposure in the columns of --split",
    "With --split, each association has the science exposures of one combination of values, and the other exposures that have "
    "the same values or none. This exposure is in no association.",
    wrong="asnforge new red_cal.fits --background blue_x1d.fits -o x_asn.json --split COLOR",
    right="asnforge new red_cal.fits --background red_x1d.fits -o x_asn.json --split COLOR",
)


@dataclass(frozen=True, slots=True, eq=False)
class NewAssociation:
    """An association that is not written yet.

    Attributes
    ----------
    association : AssociationFile
        The association, with the path of its file.
    findings : tuple of Finding
        What is not as the rule would have it.
    """

    association: AssociationFile
    findings: tuple[Finding, ...]


def new_associations(
    given: Sequence[Given], ruleset: Ruleset, output: str, options: NewOptions
) -> tuple[NewAssociation, ...]:
    """Make associations from FITS files.

    Parameters
    ----------
    given : sequence of Given
        The files of each exptype, science first.
    ruleset : Ruleset
        The rules, and how headers are read.
    output : str
        The file of the association; or a folder, whose file is named after the product. With several associations, the
        values by which they are split are added to the name.
    options : NewOptions
        How associations are made.

    Raises
    ------
    InputError
        A file cannot be used, no rule takes the exposures, they are of several setups, or a science file does not exist.
    """
    found = read_given(given, ruleset)
    is_folder = os.path.isdir(output) or output.endswith("/")  # noqa: PTH112
    folder = output if is_folder else os.path.dirname(output)  # noqa: PTH120
    combinations = list(_combinations(found, options.split))
    results = []
    for words, indices in combinations:
        product = f"{options.product}_{words}" if options.product and words else options.product
        composer = Composer(
            ruleset,
            [found.exposures[index] for index in indices],
            [found.rows[index] for index in indices],
            replace(options, product=product),
            folder or ".",
        )
        association = composer.association()
        path = _with_words(output, words) if len(combinations) > 1 else output
        if is_folder:
            path = os.path.join(output, f"{_file_stem(association.products[0].name)}{SUFFIX}")  # noqa: PTH118
        content = json.loads(encode(association))
        results.append(NewAssociation(AssociationFile(path, content), tuple(composer.findings)))
    used = {index for _, indices in combinations for index in indices}
    unused = _unused(found, used, options.split)
    first = replace(results[0], findings=(*found.findings, *unused, *results[0].findings))
    return (first, *results[1:])


def _combinations(found: GivenExposures, split: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Each combination of values of the science exposures as words, with the exposures that have it."""
    if not split:
        yield "", list(range(len(found.rows)))
        return
    known = {name.casefold(): name for name in found.rows[0]}
    for name in split:
        if name.casefold() not in known:
            hint = suggestion(name, known.values())
            raise InputError(NO_COLUMN.finding("headers make no column {name}", hint=hint, name=name))
    columns = [known[name.casefold()] for name in split]
    values = [tuple(row[column] for column in columns) for row in found.rows]
    is_science = [given.exptype == SCIENCE for given in found.exposures]
    for combination in sorted({value for value, science in zip(values, is_science, strict=True) if science}):
        indices = [
            index
            for index, (value, science) in enumerate(zip(values, is_science, strict=True))
            if value == combination or (not science and _agrees(value, combination))
        ]
        words = [word for word in combination if word not in ("", UNDEFINED_CELL)]
        yield _file_stem("-".join(words).lower()) or "undefined", indices


def _agrees(value: tuple[str, ...], combination: tuple[str, ...]) -> bool:
    """Whether a value is that of a combination in each column in which it is defined."""
    return all(own in (other, UNDEFINED_CELL) for own, other in zip(value, combination, strict=True))


def _unused(found: GivenExposures, used: set[int], split: Sequence[str]) -> Iterator[Finding]:
    for index, given in enumerate(found.exposures):
        if index not in used:
            message = "no science exposure has the same {columns}, so this {exptype} exposure is in no association"
            yield NOT_USED.finding(message, given.path, severity="warning", columns=tuple(split), exptype=given.exptype)


def _with_words(path: str, words: str) -> str:
    """A path with words at the end of the file's name, before ``_asn.json`` or another extension."""
    folder, name = os.path.split(path)
    end = SUFFIX if name.casefold().endswith(SUFFIX) else os.path.splitext(name)[1]  # noqa: PTH122
    stem = name[: len(name) - len(end)]
    return os.path.join(folder, f"{stem}_{words}{name[len(stem) :]}")  # noqa: PTH118


def _file_stem(name: str) -> str:
    """A name without characters that file names should not have, such as the braces of ``{source_id}``."""
    return "".join(character for character in name if character.isalnum() or character in "-_.+")
