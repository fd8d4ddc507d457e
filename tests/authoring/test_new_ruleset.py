"""A new rule set for the columns of a pool: what is found in them, and that its files pass as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from support.command import run_main
from support.fits_files import write_fits
from support.help_examples import DATA
from support.survivors import survivors

from asnforge.authoring.header_pool import read_any_pool
from asnforge.authoring.new_ruleset import new_ruleset
from asnforge.cases.collect import load_suite, run_suite
from asnforge.cases.coverage import find_coverage
from asnforge.cases.run_cases import trace_case
from asnforge.findings import InputError
from asnforge.lint.check_rules import check_rules
from asnforge.rulefiles.load import load_ruleset

HEADER = "name,when,kind,object,filter,secs,ra,dec,night\n"
NIGHT = (
    HEADER
    + """a.fits,2026-01-01T00:00:00,light,M 51,V,300,13:29:53,+47:11:43,0010
b.fits,2026-01-01T00:10:00,light,M 51,V,300.0,13:29:53,+47:11:43,0010
c.fits.gz,2026-01-01T01:00:00,flat,n/a,V,3.5,,,0010
"""
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("night.csv").write_text(NIGHT)


def guesses(text: str) -> tuple[str, ...]:
    Path("night.csv").write_text(text)
    return new_ruleset("new", read_any_pool("night.csv"), Path()).guesses


def test_what_was_found_is_said() -> None:
    assert guesses(NIGHT) == (
        "file names: name, which end in .fits or .fits.gz",
        "when: a time",
        "secs: a number",
        "ra: an angle",
        "dec: an angle",
        "text: kind, object, filter, night",
        "undefined values: n/a",
        "science exposures: kind is light",
        "grouped by: target (object), filter (filter)",
        "target in names: ' ' becomes '-'",
    )


@pytest.mark.parametrize(
    ("column", "cells", "sentence"),
    [
        ("x", ["1", "2.50", "-3e2"], "x: a number"),
        ("x", ["01", "02"], "text: x"),
        ("x", ["2026-01-01", "2026-01-02 03:04"], "x: a time"),
        ("x", ["2026-01-01", "2026-13-41"], "text: x"),
        ("x", ["12:30:00", "1 2 3.5"], "x: an angle"),
        ("x", ["12:30:00", "99:99:99"], "text: x"),
        ("RA_TARG", ["1.5", "200"], "RA_TARG: an angle"),
        ("ExpTime", ["1.5", "200"], "ExpTime: a number in s"),
        ("EXPOSURE_TIME", ["1.5", "200"], "EXPOSURE_TIME: a number in s"),
        ("EXPTIMES", ["1.5", "200"], "EXPTIMES: a number"),
        ("x", ["1", "a"], "text: x"),
        ("x", ["[('o1', 'night')]", "[('o2', 'night')]"], "candidates: x"),
        ("x", ["NaN", "--"], "undefined values: --, NaN"),
    ],
)
def test_types_are_found_by_values(column: str, cells: list[str], sentence: str) -> None:
    rows = "".join(f"{index}.fits|{cell}\n" for index, cell in enumerate(cells))
    assert sentence in guesses(f"FILE|{column}\n{rows}")


@pytest.mark.parametrize(
    ("column", "unit", "sentence", "declared"),
    [
        ("DARKTIME", "min", "DARKTIME: a number in min", "DARKTIME: {type: number, unit: min}"),
        ("EXPTIME", "ms", "EXPTIME: a number in ms", "EXPTIME: {type: number, unit: ms}"),
        ("COUNTS", "parrots", "COUNTS: a number", "COUNTS: {type: number}"),
        ("RA", "hourangle", "RA: an angle", "RA: {type: angle, unit: hour}"),
        ("RA", "deg", "RA: an angle", "RA: {type: angle, unit: deg}"),
    ],
)
def test_a_unit_that_the_table_gives_is_that_of_the_type(column: str, unit: str, sentence: str, declared: str) -> None:
    Path("night.ecsv").write_text(
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: FILE, datatype: string}\n"
        f"# - {{name: {column}, unit: {unit}, datatype: float64}}\nFILE {column}\na.fits 1.5\nb.fits 2.5\n"
    )
    created = new_ruleset("new", read_any_pool("night.ecsv"), Path())
    assert sentence in created.guesses
    assert f"#   {declared}\n" in created.files["ruleset.yaml"]


@pytest.mark.parametrize(
    ("objects", "products"),
    [
        (["M 51", "M 33 (north)"], ["m-33-north_v", "m-51_v"]),
        (["M 51", "M-51"], ["m-51_v", "m51_v"]),
    ],
)
def test_names_of_products_have_no_spaces_and_brackets(
    capsys: pytest.CaptureFixture[str], objects: list[str], products: list[str]
) -> None:
    rows = "".join(f"{index}.fits|{each}|V\n" for index, each in enumerate(objects))
    Path("night.csv").write_text(f"FILE|OBJECT|FILTER\n{rows}")
    new_ruleset("new", read_any_pool("night.csv"), Path()).write()
    assert run_main(capsys, "generate", "night.csv", "--rules", "new", "-o", "out").status == 0
    contents = [json.loads(path.read_text()) for path in Path("out").iterdir()]
    assert sorted(content["products"][0]["name"] for content in contents) == products


def test_a_pool_without_known_names_is_one_association() -> None:
    assert guesses("f|x\na.raw|1\nb.raw|2\n")[-2:] == (
        "science exposures: all, as no column has a known name for the type of exposures",
        "grouped by: nothing, as no column has a known name; add keys to group_by",
    )


POOLS = {
    "typical": NIGHT,
    "no known names": "f|x\na.raw|1\nb.raw|2\n",
    "candidates": "FILE|OBJECT|ASN\na.fits|M1|[('o1', 'night')]\nb.fits|M1|[('o1', 'night')]\n",
    "undefined keys": "FILE|OBJECT|BAND|IMAGETYP\na.fits|M1||object\nb.fits|none|g|object\nc.fits|M1|g|bias\n",
    "one row": "FILE|IMAGETYP\na.fits|weird\n",
    "braces and quotes": "FILE|OBJECT|IMAGETYP\na.fits|{x}'\"#: |object\nb.fits|yes|object\n",
    "numbers as keys": "FILE|OBJECT|PROGRAM\na.fits|1|007\nb.fits|2|007\n",
}


@pytest.mark.parametrize("text", POOLS.values(), ids=POOLS)
def test_the_files_pass_as_they_are(text: str) -> None:
    Path("night.csv").write_text(text)
    new_ruleset("new", read_any_pool("night.csv"), Path()).write()
    assert [str(finding) for finding in check_rules("new").findings] == []
    suite = load_suite("new")
    assert [str(finding) for result in run_suite(suite) for finding in result.findings] == []
    assert [result.passed for result in run_suite(suite)] == [True] * len(suite.cases)
    assert load_ruleset("new").name == "new"
    assert undetected(Path("new")) == ([], [])


def undetected(folder: Path) -> tuple[list[str], list[str]]:
    """The items of the rules that no case depends on, and the changes of the rule that no case detects."""
    suite = load_suite(folder)
    coverage = find_coverage(suite.ruleset, (trace_case(case, suite.ruleset) for case in suite.cases))
    changes = [mutant.change for mutant in survivors(suite, "First_Rule")]
    return [f"{item.kind} {item.name}" for item in coverage.never_decisive()], changes


@pytest.mark.parametrize("pool", ["ccd", "fors2", "hst", "longslit", "miri_image", "nirspec_msa", "roman", "stage2"])
def test_the_cases_decide_everything_in_the_rule_for_a_pool_in_data(pool: str) -> None:
    new_ruleset("new", read_any_pool(str(DATA / f"{pool}_pool.tsv")), Path()).write()
    assert [str(finding) for finding in check_rules("new").findings] == []
    assert undetected(Path("new")) == ([], [])


def test_the_types_can_be_used_without_the_comment_sign() -> None:
    text = new_ruleset("new", read_any_pool("night.csv"), Path()).files["ruleset.yaml"]
    kept, _, comment = text.partition("# Types of columns, for rules that read them; remove the # then:\n")
    Path("new").mkdir()
    Path("new/ruleset.yaml").write_text(kept + re.sub("^# ", "", comment, flags=re.MULTILINE))
    kinds = {name: (kind.kind, kind.unit) for name, kind in load_ruleset("new").column_types.items()}
    assert kinds == {
        "when": ("time", ""),
        "secs": ("number", ""),
        "ra": ("angle", "hour"),
        "dec": ("angle", "deg"),
    }


def test_a_folder_of_fits_files_is_a_pool() -> None:
    for index in range(2):
        write_fits(Path("fits", f"{index}.fits"), IMAGETYP="object", OBJECT="M1", EXPTIME=1.5)
    Path("fits/broken.fits").write_text("no")
    for source in ("fits", "fits/*.fits", "fits/1.fits"):
        pool = read_any_pool(source)
        assert {"file", "imagetyp", "object", "exptime"} <= pool.columns.keys()
        created = new_ruleset("new", pool, Path())
        assert created.guesses[0] == "file names: FILE, which end in .fits"
        assert "grouped by: target (OBJECT)" in created.guesses


def test_a_rule_set_from_fits_files_generates_from_fits_files(capsys: pytest.CaptureFixture[str]) -> None:
    for index in range(2):
        write_fits(Path("fits", f"{index}.fit"), IMAGETYP="object", OBJECT="M1", EXPTIME=1.5, ROTATOR=index)
    write_fits(Path("fits", "2.fit"), IMAGETYP="bias", EXPTIME=0)
    assert run_main(capsys, "rules", "new-set", "mine", "--from", "fits").status == 0
    ran = run_main(capsys, "generate", "fits", "--rules", "mine", "-o", "out")
    assert ran.status == 0, ran.stderr
    content = json.loads(Path("out/combined_001_asn.json").read_text())
    assert [member["expname"] for member in content["products"][0]["members"]] == ["../fits/0.fit", "../fits/1.fit"]


def test_keywords_become_columns_of_the_block_headers() -> None:
    for index, cards in enumerate([{"OBJECT": "M1"}, {"OBJECT": "M1", "FILTER": "V"}]):
        write_fits(Path("fits", f"{index}.fits"), **cards)
    text = new_ruleset("new", read_any_pool("fits"), Path()).files["ruleset.yaml"]
    assert yaml.safe_load(text)["headers"] == {
        "exposure": "OBJECT",
        "file_name": "{root}.fits",
        "names": {"root": ".+"},
        "columns": {"OBJECT": {}, "FILTER": {}},
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "new",
            "OBJECT|FILTER\nM51|V\n",
            "night.csv: R414 no column has file names; add a column such as FILE, with names",
        ),
        ("my set", NIGHT, "R415 'my set' is not a valid name; a letter or digit, then letters, digits"),
        ("../x", NIGHT, "R415 '../x' is not a valid name"),
        ("night.csv", NIGHT, "night.csv: R412 the folder already exists; give the rule set another name"),
    ],
)
def test_what_cannot_be_made_is_refused(name: str, text: str, message: str) -> None:
    Path("night.csv").write_text(text)
    with pytest.raises(InputError) as stop:
        new_ruleset(name, read_any_pool("night.csv"), Path())
    assert str(stop.value).startswith(message)


def test_the_command_writes_a_rule_set_that_generates(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run_main(capsys, "rules", "new-set", "mine", "--from", "night.csv")
    assert ran.status == 0
    assert ran.stdout.splitlines()[-3:] == [
        "mine/ruleset.yaml",
        "mine/first_rule.yaml",
        "mine/first_rule.cases.yaml",
    ]
    assert run_main(capsys, "generate", "night.csv", "--rules", "mine", "-o", "out").status == 0
    assert [path.name for path in Path("out").iterdir()] == ["combined_001_asn.json"]
