"""Where candidates come from: the archive's pool, its association files, observations, or a guess."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.fits_files import lynx_mapping, write_fits
from support.observatory import ruleset as lynx_ruleset

from asnforge.findings import InputError
from asnforge.fitsfiles.candidate_sources import CandidateSource
from asnforge.fitsfiles.fits_pool import FitsPool, read_fits_pool
from asnforge.rules.ruleset import Ruleset


@pytest.fixture
def ruleset() -> Ruleset:
    """The invented observatory, with its headers."""
    return replace(lynx_ruleset(), headers=lynx_mapping())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "night").mkdir()
    return tmp_path / "night"


Exposed = Callable[..., None]


@pytest.fixture
def expose(folder: Path) -> Exposed:
    """Write an exposure: its number, observation, object and other keywords."""

    def write(number: int, observation: int, target: str, program: int = 1, **cards: object) -> None:
        usual: dict[str, object] = {"MODE": "SLIT", "CAM": "RED", "RA": 10.0, "DEC": 0.0, "MJD": 60000.0, "SKY": False}
        cards = {"PROG": f"{program:03d}", "OBSNO": f"{observation:02d}", "OBJECT": target, **usual, **cards}
        write_fits(folder / f"ly{program:03d}_{number}_red_flat.fits", **cards)

    return write


def candidates(pool: FitsPool) -> dict[str, str]:
    """The candidates of each exposure by the number in its root."""
    column = pool.pool.columns["candidates"]
    return {
        exposure.root.split("_")[1]: " ".join(
            part for part in column[row].split("'") if part[:1] in "oc" and part[1:2].isdigit()
        )
        for row, exposure in enumerate(pool.exposures)
    }


def findings(pool: FitsPool) -> list[str]:
    return [str(finding) for finding in pool.pool.findings]


def test_each_observation_is_its_own_candidate(expose: Exposed, ruleset: Ruleset) -> None:
    expose(1, 1, "A")
    expose(2, 1, "A")
    expose(3, 12, "B")
    pool = read_fits_pool(["night"], ruleset)
    assert candidates(pool) == {"1": "o01", "2": "o01", "3": "o12"}
    assert pool.origins == ("program 1: each observation is its own candidate",)
    assert findings(pool) == []


def test_one_target_and_one_background_belong_together(expose: Exposed, ruleset: Ruleset) -> None:
    expose(1, 1, "A")
    expose(2, 2, "S", SKY=True, RA=10.5)
    expose(3, 1, "A", MODE="POINT")
    pool = read_fits_pool(["night"], ruleset)
    assert candidates(pool) == {"1": "o01 c10", "2": "o02 c10", "3": "o01 c10"}
    assert findings(pool) == [
        "P127 warning: program 1: guessed sky candidate c10: A (observation 1) with S (observation 2): the only "
        "supporting target"
    ]


def _two_targets_with_two_backgrounds(expose: Exposed) -> None:
    expose(1, 1, "A", RA=10.0)
    expose(2, 2, "B", RA=20.0)
    expose(3, 3, "SA", RA=10.1, SKY=True)
    expose(4, 4, "SB", RA=20.2, SKY=True)


def test_a_choice_is_not_made_without_request(expose: Exposed, ruleset: Ruleset) -> None:
    _two_targets_with_two_backgrounds(expose)
    pool = read_fits_pool(["night"], ruleset)
    assert candidates(pool) == {"1": "o01", "2": "o02", "3": "o03", "4": "o04"}
    assert findings(pool) == [
        "P128 warning: program 1: 2 candidates over several observations could only be guessed; --candidates guess guesses"
    ]


def test_on_request_a_target_gets_the_nearest_background(expose: Exposed, ruleset: Ruleset) -> None:
    _two_targets_with_two_backgrounds(expose)
    pool = read_fits_pool(["night"], ruleset, candidates="guess")
    assert candidates(pool) == {"1": "o01 c10", "2": "o02 c11", "3": "o03 c10", "4": "o04 c11"}
    assert findings(pool) == [
        "P127 warning: program 1: guessed sky candidate c10: A (observation 1) with SA (observation 3): the nearest "
        "supporting target, 0.1 degrees away",
        "P127 warning: program 1: guessed sky candidate c11: B (observation 2) with SB (observation 4): the nearest "
        "supporting target, 0.2 degrees away",
    ]
    assert [finding.details["certain"] for finding in pool.pool.findings] == [False, False]


def test_references_go_to_every_target(expose: Exposed, ruleset: Ruleset) -> None:
    for number, (target, is_reference) in enumerate([("A", False), ("B", False), ("R1", True), ("R2", True)], 1):
        expose(number, number, target, MODE="MASK", REF=is_reference)
    pool = read_fits_pool(["night"], ruleset, candidates="guess")
    assert candidates(pool) == {"1": "o01 c10", "2": "o02 c11", "3": "o03 c10 c11", "4": "o04 c10 c11"}
    assert len(findings(pool)) == 2


@pytest.mark.parametrize(
    ("second", "default", "guessed"),
    [
        ({"RA": 10.05}, "o02 c10", "o02 c10"),
        ({"RA": 10.05, "MJD": 60100.0}, "o02", "o02 c10"),
        ({"RA": 10.05, "OBJECT": "B"}, "o02", "o02 c10"),
        ({"RA": 10.5}, "o02", "o02"),
        ({"RA": 370.05}, "o02 c10", "o02 c10"),
    ],
    ids=["the same target", "another epoch", "another target", "too far away", "over the meridian"],
)
def test_fields_near_to_each_other(
    expose: Exposed, ruleset: Ruleset, second: dict[str, object], default: str, guessed: str
) -> None:
    expose(1, 1, "A", MODE="IMAGE")
    expose(2, 2, **{"target": "A", "MODE": "IMAGE", **second})
    assert candidates(read_fits_pool(["night"], ruleset))["2"] == default
    assert candidates(read_fits_pool(["night"], ruleset, candidates="guess"))["2"] == guessed


def test_fields_are_joined_through_others(expose: Exposed, ruleset: Ruleset) -> None:
    for number in range(1, 5):
        expose(number, number, "A", MODE="IMAGE", RA=10 + 0.08 * number)
    assert set(candidates(read_fits_pool(["night"], ruleset)).values()) == {f"o0{n} c10" for n in range(1, 5)}


def test_programs_are_independent(expose: Exposed, ruleset: Ruleset) -> None:
    expose(1, 1, "A", program=1)
    expose(2, 1, "A", program=2)
    expose(3, 2, "S", program=2, SKY=True)
    pool = read_fits_pool(["night"], ruleset)
    assert candidates(pool) == {"1": "o01", "2": "o01 c10", "3": "o02 c10"}
    assert pool.origins == (
        "program 1: each observation is its own candidate",
        "program 2: each observation is its own candidate; 1 more candidate guessed",
    )


def _pool_file(folder: Path, name: str, *rows: str) -> None:
    header = "FILE\tPROGRAM\tCANDIDATES\tTARGET\n"
    (folder / name).write_text(header + "".join(f"{row}\n".replace("|", "\t") for row in rows))


def test_the_archives_pool_has_the_rows_and_candidates(folder: Path, expose: Exposed, ruleset: Ruleset) -> None:
    expose(1, 1, "A")
    expose(2, 2, "B")
    _pool_file(
        folder,
        "a_pool.tsv",
        "ly001_1_red_raw.fits|1|[('o01', 'night'), ('c3', 'field')]|5",
        "ly001_9_red_raw.fits|1|[('o01', 'night')]|5",
    )
    pool = read_fits_pool(["night"], ruleset)
    assert candidates(pool) == {"1": "o01 c3", "2": "o02"}
    assert [pool.pool.columns["target"][row] for row in range(2)] == ["5", "2"]
    assert pool.origins == ("program 1: rows and candidates from the archive's pool; 1 row of the pool has no file",)
    assert findings(pool) == [
        "night/ly001_2_red_flat.fits: P126 warning: ly001_2_red is not in the archive's pool; its row is made from its header"
    ]


def _association_file(folder: Path, name: str, target: str, *members: tuple[str, str, str, str]) -> None:
    keys = ("expname", "exptype", "asn_candidate", "exposerr")
    product = {"name": "x", "members": [dict(zip(keys, member, strict=True)) for member in members]}
    (folder / f"{name}_asn.json").write_text(json.dumps({"asn_type": "x", "target": target, "products": [product]}))


def test_association_files_have_candidates_targets_and_errors(folder: Path, expose: Exposed, ruleset: Ruleset) -> None:
    for number, target in enumerate("ABC", 1):
        expose(number, number, target)
    _association_file(
        folder,
        "one",
        "t3",
        ("ly001_1_red_flat.fits", "science", "[('c3', 'field')]", "null"),
        ("ly001_2_red_flat.fits", "background", "[('c3', 'field')]", "blown"),
    )
    _association_file(folder, "two", "t3", ("ly001_1_red_flat.fits", "science", "[('o01', 'night')]", "null"))
    (folder / "broken_asn.json").write_text("{")
    pool = read_fits_pool(["night"], ruleset)
    assert candidates(pool) == {"1": "o01 c3", "2": "o02 c3", "3": "o03"}
    assert [pool.pool.columns["target"][row] for row in range(3)] == ["3", "1", "2"]
    assert [pool.pool.columns["trouble"][row] for row in range(3)] == ["", "blown", ""]
    assert pool.origins == ("program 1: candidates from the archive's association files",)


def test_the_pool_is_preferred_to_association_files(folder: Path, expose: Exposed, ruleset: Ruleset) -> None:
    expose(1, 1, "A")
    _pool_file(folder, "a_pool.tsv", "ly001_1_red_raw.fits|1|[('c3', 'field')]|5")
    _association_file(folder, "one", "t3", ("ly001_1_red_flat.fits", "science", "[('c4', 'field')]", "null"))
    assert candidates(read_fits_pool(["night"], ruleset)) == {"1": "c3"}
    assert candidates(read_fits_pool(["night"], ruleset, candidates="archive")) == {"1": "o01 c4"}
    assert candidates(read_fits_pool(["night"], ruleset, candidates="observations")) == {"1": "o01"}


def test_a_requested_pool_that_is_missing_is_an_error_that_names_it(expose: Exposed, ruleset: Ruleset) -> None:
    expose(1, 1, "A", POOLNAME="ly001_2026_pool.tsv")
    with pytest.raises(InputError) as refused:
        read_fits_pool(["night"], ruleset, candidates="pool")
    assert str(refused.value) == (
        "P125 there is no pool with these exposures among the files; download ly001_2026_pool.tsv from the archive"
    )


@pytest.mark.parametrize("requested", ["archive"])
def test_a_program_without_the_requested_files_uses_observations(
    expose: Exposed, ruleset: Ruleset, requested: CandidateSource
) -> None:
    expose(1, 1, "A")
    pool = read_fits_pool(["night"], ruleset, candidates=requested)
    assert candidates(pool) == {"1": "o01"}
    assert findings(pool) == [
        "P125 warning: program 1 has no association file among the files; each observation is its own candidate"
    ]


def test_no_exposures_says_what_the_files_are(folder: Path, ruleset: Ruleset) -> None:
    write_fits(folder / "a.fits", MODE="SLIT", REFTYPE="FLAT")
    (folder / "b.fits").write_bytes(b"text")
    with pytest.raises(InputError) as refused:
        read_fits_pool(["night"], ruleset)
    assert str(refused.value).splitlines() == [
        "night: P130 no exposures among 2 FITS files: reference files (1), unreadable files (1)",
        "night/b.fits: P122 warning: the file cannot be used: it is not a FITS file",
    ]


def test_a_rule_set_without_headers_says_so(folder: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_fits_pool(["night"], lynx_ruleset())
    assert (
        str(refused.value) == "night: P129 the rule set lynx has no block 'headers', so FITS files cannot be its pool"
    )
