"""Programs with several targets, backgrounds, references and fields: what is not certain is guessed only on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.command import Ran, run_main
from support.fits_files import write_fits

Run = Callable[..., Ran]


@dataclass(frozen=True)
class Observation:
    """Two exposures of an observation: what they are of, and where and when."""

    number: int
    target: str
    kind: str = "MIR_MRS"
    supports: bool = False
    ra: float = 10.0
    day: float = 60000.0

    def write(self) -> None:
        """Write the FITS files."""
        settings = {
            "MIR_MRS": {"INSTRUME": "MIRI", "DETECTOR": "MIRIFULONG", "CHANNEL": "34", "BAND": "SHORT"},
            "NIS_AMI": {
                "INSTRUME": "NIRISS",
                "DETECTOR": "NIS",
                "FILTER": "F380M",
                "PUPIL": "NRM",
                "SUBARRAY": "SUB80",
            },
            "MIR_IMAGE": {"INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE", "FILTER": "F770W", "SUBARRAY": "FULL"},
        }[self.kind]
        support = {"IS_PSF" if self.kind == "NIS_AMI" else "BKGDTARG": self.supports}
        for exposure in (1, 2):
            root = f"jw00701{self.number:03}001_02101_{exposure:05}_{settings['DETECTOR'].lower()}"
            for suffix in ("calints" if self.kind == "NIS_AMI" else "cal", *(["x1d"] if self.supports else [])):
                write_fits(
                    Path("night", f"{root}_{suffix}.fits"),
                    FILENAME=f"{root}_{suffix}.fits",
                    PROGRAM="00701",
                    OBSERVTN=f"{self.number:03}",
                    EXP_TYPE=self.kind,
                    TARGPROP=self.target,
                    TARG_RA=self.ra,
                    TARG_DEC=5.0,
                    EXPSTART=self.day + exposure / 100,
                    VISITYPE="PRIME_TARGETED_FIXED",
                    **settings,
                    **support,
                )


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    return lambda *arguments: run_main(capsys, *arguments)


ONE_PAIR = (Observation(1, "STAR"), Observation(2, "SKY", supports=True, ra=10.1))
SHARED = (Observation(1, "STAR"), Observation(2, "GALAXY", ra=10.4), Observation(3, "SKY", supports=True, ra=10.2))
TWO_PAIRS = (
    Observation(1, "STAR"),
    Observation(2, "SKY-1", supports=True, ra=10.1),
    Observation(3, "GALAXY", ra=20.0),
    Observation(4, "SKY-2", supports=True, ra=20.1),
)
CROSSED = (
    Observation(1, "STAR"),
    Observation(2, "SKY-1", supports=True, ra=10.9),
    Observation(3, "GALAXY", ra=11.0),
    Observation(4, "SKY-2", supports=True, ra=10.1),
)
REFERENCES = (
    Observation(1, "STAR-1", "NIS_AMI"),
    Observation(2, "REF-1", "NIS_AMI", supports=True, ra=11.0),
    Observation(3, "STAR-2", "NIS_AMI", ra=50.0),
    Observation(4, "REF-2", "NIS_AMI", supports=True, ra=51.0),
)
EPOCHS = (Observation(1, "FIELD", "MIR_IMAGE"), Observation(2, "FIELD", "MIR_IMAGE", day=60200.0))
TILES = (Observation(1, "TILE-1", "MIR_IMAGE"), Observation(2, "TILE-2", "MIR_IMAGE", ra=10.05))

FOLDERS = {
    "one pair": (ONE_PAIR, ["1 2"], True),
    "shared background": (SHARED, ["1 3", "2 3"], False),
    "two pairs": (TWO_PAIRS, ["1 2", "3 4"], False),
    "crossed backgrounds": (CROSSED, ["1 4", "2 3"], False),
    "a reference for each star": (REFERENCES, ["1 2 4", "2 3 4"], False),
    "two epochs of a field": (EPOCHS, ["1 2"], False),
    "tiles of two targets": (TILES, ["1 2"], False),
}
"""The observations of each folder, those that guesses join, and whether there is nothing to choose from."""


def joined() -> list[str]:
    """The observations of each candidate of several observations, in the pool that was made."""
    header, *rows = [line.split("\t") for line in Path("pool.tsv").read_text(encoding="utf-8").splitlines()]
    by_candidate: dict[str, set[str]] = {}
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        for name in cells["ASN_CANDIDATE"].split("'")[1::4]:
            by_candidate.setdefault(name, set()).add(cells["OBS_NUM"])
    return sorted(" ".join(sorted(numbers)) for numbers in by_candidate.values() if len(numbers) > 1)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("source", [[], ["--candidates", "observations"]])
def test_guesses_are_used_on_request_or_if_they_are_certain(run: Run, folder: str, source: list[str]) -> None:
    observations, expected, is_certain = FOLDERS[folder]
    for observation in observations:
        observation.write()
    usual = run("pool", "make", "night", "-o", "pool.tsv", *source)
    assert (joined(), usual.status) == (expected if is_certain else [], 0)
    assert usual.stderr.count("P127 warning") == (len(expected) if is_certain else 0)
    assert usual.stderr.count("P128 warning") == (0 if is_certain else 1)
    guessed = run("pool", "make", "night", "-o", "pool.tsv", "--candidates", "guess")
    assert joined() == expected
    assert (guessed.stderr.count("P127 warning"), guessed.stderr.count("P128 warning")) == (len(expected), 0)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_archive_and_its_pool_decide_against_guesses(run: Run, folder: str) -> None:
    observations, expected, _ = FOLDERS[folder]
    for observation in observations:
        observation.write()
    run("pool", "make", "night", "-o", "pool.tsv", "--candidates", "guess")
    assert run("generate", "pool.tsv", "-o", "night/asn", "--all-candidates").status == 0
    joined_by_archive = list(Path("night/asn").glob("*-c1*_asn.json"))
    Path("pool.tsv").rename("night/jw00701_pool.csv")
    made = run("pool", "make", "night", "-o", "pool.tsv", "--candidates", "pool")
    assert (joined(), "P127" in made.stderr) == (expected, False)
    Path("night/jw00701_pool.csv").unlink()
    if joined_by_archive:
        made = run("pool", "make", "night", "-o", "pool.tsv", "--candidates", "archive")
        assert ("P127" in made.stderr, "P128" in made.stderr) == (False, False)
        assert set(joined()) <= set(expected)
