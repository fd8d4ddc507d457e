"""Candidates of exposures that come from FITS files: from the archive's pool, its associations, observations, or a guess."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from asnforge.findings import Finding, FindingCode, InputError, pluralize
from asnforge.fitsfiles.archive_facts import ArchiveFacts, read_archive
from asnforge.fitsfiles.exposure_rows import Rows
from asnforge.fitsfiles.exposures import Exposure
from asnforge.fitsfiles.find_fits import FoundFiles
from asnforge.fitsfiles.guesses import Guess, guess_candidates
from asnforge.grouping.candidate_cells import Candidate, format_candidates
from asnforge.pool import read_pool
from asnforge.rules.header_candidates import HeaderCandidates
from asnforge.rules.header_mapping import HeaderMapping
from asnforge.rules.ruleset import Ruleset

CandidateSource = Literal["pool", "archive", "observations", "guess"]

NO_SOURCE = FindingCode(
    "P125",
    "no files that candidates can be read from",
    "Candidates were to be read from the archive's pool or its association files, and there are none of a program among the "
    "files. Download them, or choose another source with --candidates.",
    wrong="asnforge generate night/ --candidates pool",
    right="asnforge generate night/ ly001_pool.tsv --candidates pool",
)
NOT_IN_POOL = FindingCode(
    "P126",
    "an exposure is not in the archive's pool",
    "The pool that candidates are read from does not list an exposure that is among the files, so the pool is older than the "
    "file. The row is made from the header, with the observation as its only candidate. Download the newest pool.",
    wrong="ly001_2025_pool.tsv with exposures of 2026",
    right="ly001_2026_pool.tsv",
)
GUESSED = FindingCode(
    "P127",
    "a guessed candidate",
    "No header says which background or reference belongs to which target, or which fields form a mosaic, so this was guessed "
    "from positions and times. Check it. The archive's pool has the proposer's choice: download the pool that is named, and "
    "give it with the files.",
    wrong="asnforge generate night/",
    right="asnforge generate night/ ly001_pool.tsv",
)
NOT_GUESSED = FindingCode(
    "P128",
    "candidates that could only be guessed",
    "A program has several targets, backgrounds or references, so which belong together would be a guess, and was not "
    "requested. Each observation is a candidate of its own. Give the archive's pool with the files, or use --candidates guess.",
    wrong="asnforge generate night/",
    right="asnforge generate night/ --candidates guess",
)


@dataclass(frozen=True, slots=True)
class CandidateRows:
    """Rows with candidates.

    Attributes
    ----------
    rows : list of dict
        For each exposure its cells by column.
    origins : tuple of str
        Where the candidates of each program come from, a sentence each.
    findings : tuple of Finding
        What was guessed or is missing.
    """

    rows: Rows
    origins: tuple[str, ...]
    findings: tuple[Finding, ...]


def add_candidates(
    rows: Rows,
    exposures: Sequence[Exposure],
    files: FoundFiles,
    mapping: HeaderMapping,
    ruleset: Ruleset,
    requested: CandidateSource | None,
) -> CandidateRows:
    """Rows with the column of candidates, and with what the archive's files say.

    Parameters
    ----------
    rows : list of dict
        The rows that headers make, one for each exposure.
    exposures : sequence of Exposure
        The exposures.
    files : FoundFiles
        The archive's pools and association files.
    mapping, ruleset : HeaderMapping, Ruleset
        What the rule set says.
    requested : str or None
        Where candidates come from; None for the first of pool, archive and observations that there is, by program.

    Raises
    ------
    InputError
        There is no pool or association file, and candidates were to be read from it.
    """
    rules = mapping.candidates
    if rules is None or ruleset.candidates.column is None:
        return CandidateRows(rows, (), ())
    column = ruleset.candidates.column.upper()
    pool_rows = _pool_rows(files, mapping, ruleset) if requested in (None, "pool") else {}
    archive = read_archive(files.associations, mapping.names, rules) if requested in (None, "archive") else {}
    if requested == "pool" and not pool_rows.keys() & {exposure.root for exposure in exposures}:
        raise InputError(_no_pool(exposures, rules))
    findings: list[Finding] = []
    origins: list[str] = []
    result = [dict(row) for row in rows]
    by_program: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_program.setdefault(row.get(rules.program, ""), []).append(index)
    for program, indices in sorted(by_program.items()):
        roots = {exposures[index].root for index in indices}
        for index in indices:
            result[index][column] = format_candidates(_own(rows[index], rules))
        if roots & pool_rows.keys():
            findings += _from_pool(result, indices, exposures, pool_rows)
            unused = _without_files(pool_rows, roots, program, rules)
            missing = (
                f"; {pluralize(unused, 'row')} of the pool {'has' if unused == 1 else 'have'} no file" if unused else ""
            )
            origins.append(f"program {program}: rows and candidates from the archive's pool{missing}")
        elif roots & archive.keys():
            _from_archive(result, indices, exposures, archive, rules, column, ruleset.members.exposerr)
            origins.append(f"program {program}: candidates from the archive's association files")
        else:
            guesses = guess_candidates(
                [exposures[index] for index in indices], [rows[index] for index in indices], rules
            )
            used = [guess for guess in guesses if guess.is_certain or requested == "guess"]
            _from_guesses(result, indices, rows, used, rules, column)
            pool = _archive_pool([exposures[index] for index in indices], rules)
            if requested in ("pool", "archive"):
                findings.append(
                    NO_SOURCE.finding(
                        "program {program} has no {source} among the files",
                        hint="each observation is its own candidate",
                        severity="warning",
                        program=program,
                        source="pool" if requested == "pool" else "association file",
                    )
                )
            findings += _guessed(used, program, pool, rules)
            if len(used) < len(guesses):
                findings.append(_not_guessed(len(guesses) - len(used), program, pool))
            how = f"; {pluralize(len(used), 'more candidate')} guessed" if used else ""
            origins.append(f"program {program}: each observation is its own candidate{how}")
    return CandidateRows(result, tuple(origins), tuple(findings))


def of_programs(
    origins: Sequence[str], findings: Sequence[Finding], programs: Collection[str]
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Where candidates come from, and the findings about it, without those about programs that are not among these."""
    sentences = tuple(f"program {program}: " for program in programs)
    about_candidates = {code.code for code in (NO_SOURCE, GUESSED, NOT_GUESSED)}
    return (
        tuple(origin for origin in origins if origin.startswith(sentences)),
        tuple(
            finding
            for finding in findings
            if finding.code not in about_candidates or finding.details.get("program", "") in ("", *programs)
        ),
    )


def _own(row: Mapping[str, str], rules: HeaderCandidates) -> tuple[Candidate, ...]:
    """The candidate of the exposure's own observation."""
    number = row.get(rules.observation, "")
    if not number.isdecimal():
        return ()
    return ((rules.id.replace("{observation}", number.rjust(rules.width, "0")), rules.type),)


def _pool_rows(files: FoundFiles, mapping: HeaderMapping, ruleset: Ruleset) -> dict[str, dict[str, str]]:
    """The rows of the archive's pools by root, those of the pool with the last name where several have an exposure."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(files.pools, key=os.path.basename):
        pool = read_pool(path)
        file_name = ruleset.find_column(ruleset.members.file_name, pool.columns)
        if file_name is None:
            continue
        for row in range(len(pool)):
            parts = mapping.names.split(pool.columns[file_name][row].rpartition("/")[2])
            if parts is not None:
                found[parts[0]] = {column.name.upper(): column[row] for column in pool.columns.values()}
    return found


def _from_pool(
    result: Rows, indices: Sequence[int], exposures: Sequence[Exposure], pool_rows: Mapping[str, dict[str, str]]
) -> list[Finding]:
    findings = []
    for index in indices:
        root = exposures[index].root
        if root in pool_rows:
            result[index] = {**result[index], **pool_rows[root]}
        else:
            message = "{root} is not in the archive's pool; its row is made from its header"
            path = next(iter(exposures[index].products.values())).path
            findings.append(NOT_IN_POOL.finding(message, path, severity="warning", root=root))
    return findings


def _without_files(
    pool_rows: Mapping[str, dict[str, str]], roots: Collection[str], program: str, rules: HeaderCandidates
) -> int:
    """How many rows of the pool are of a program, and of no exposure among the files."""
    return sum(root not in roots and row.get(rules.program, "") == program for root, row in pool_rows.items())


def _from_archive(
    result: Rows,
    indices: Sequence[int],
    exposures: Sequence[Exposure],
    archive: Mapping[str, ArchiveFacts],
    rules: HeaderCandidates,
    column: str,
    exposerr: str | None,
) -> None:
    """Add the candidates of association files to those of observations, and take over targets and errors."""
    numbers: dict[str, str] = {}
    for index in indices:
        facts = archive.get(exposures[index].root)
        if facts is None:
            continue
        own = _own(result[index], rules)
        known = {candidate_id for candidate_id, _ in own}
        others = [candidate for candidate in sorted(facts.candidates) if candidate[0] not in known]
        result[index][column] = format_candidates((*own, *others))
        if facts.exposerr and exposerr is not None:
            result[index][exposerr.upper()] = facts.exposerr
        if facts.target and rules.target:
            numbers.setdefault(result[index].get(rules.target, ""), facts.target)
    if numbers:
        _renumber(result, indices, rules.target, numbers)


def _renumber(result: Rows, indices: Sequence[int], target: str, numbers: Mapping[str, str]) -> None:
    """Give targets the numbers that associations have for them, and the other targets the numbers that are free."""
    taken = set(numbers.values())
    new = dict(numbers)
    free = (str(number) for number in range(1, len(indices) + len(taken) + 1) if str(number) not in taken)
    for index in indices:
        old = result[index].get(target, "")
        if old.isdecimal():
            if old not in new:
                new[old] = next(free)
            result[index][target] = new[old]


def _from_guesses(
    result: Rows, indices: Sequence[int], rows: Rows, guesses: Sequence[Guess], rules: HeaderCandidates, column: str
) -> None:
    candidates: dict[int, list[Candidate]] = {index: list(_own(rows[index], rules)) for index in indices}
    for number, guess in enumerate(guesses, rules.first_number):
        candidate = (_guessed_id(number, rules), guess.candidate_type)
        for index in indices:
            if rows[index].get(rules.observation) in guess.observations:
                candidates[index].append(candidate)
    for index, found in candidates.items():
        result[index][column] = format_candidates(tuple(found))


def _guessed_id(number: int, rules: HeaderCandidates) -> str:
    return rules.guessed_id.replace("{number}", str(number))


def _guessed(guesses: Sequence[Guess], program: str, pool: str, rules: HeaderCandidates) -> list[Finding]:
    hint = f"the archive serves {pool}, which has the proposer's choice" if pool else ""
    return [
        GUESSED.finding(
            "program {program}: guessed {type} candidate {id}: {reason}",
            hint=hint,
            severity="warning",
            program=program,
            type=guess.candidate_type,
            id=_guessed_id(number, rules),
            reason=guess.reason,
            certain=guess.is_certain,
            observations=tuple(sorted(guess.observations)),
        )
        for number, guess in enumerate(guesses, rules.first_number)
    ]


def _not_guessed(count: int, program: str, pool: str) -> Finding:
    hint = f"the archive serves {pool}; --candidates guess guesses" if pool else "--candidates guess guesses"
    message = "program {program}: {count:candidate} over several observations could only be guessed"
    return NOT_GUESSED.finding(message, hint=hint, severity="warning", program=program, count=count)


def _no_pool(exposures: Sequence[Exposure], rules: HeaderCandidates) -> Finding:
    pool = _archive_pool(exposures, rules)
    hint = f"download {pool} from the archive" if pool else "download it from the archive"
    return NO_SOURCE.finding("there is no pool with these exposures among the files", hint=hint)


def _archive_pool(exposures: Sequence[Exposure], rules: HeaderCandidates) -> str:
    """The name of the archive's newest pool that headers name."""
    names = {exposure.header.get(rules.archive_pool, "") for exposure in exposures} if rules.archive_pool else set()
    known = sorted(name for name in names if rules.pool_ending and name.casefold().endswith(rules.pool_ending))
    return known[-1] if known else ""
