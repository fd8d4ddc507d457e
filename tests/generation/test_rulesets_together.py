"""Several rule sets applied to one pool: one summary, one folder, and nothing overwritten."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from support.command import Ran, Run, run_main
from support.observatory import pool_text, rule, write_ruleset

ROOT = Path(__file__).parents[2]

NIGHT = """
FILE       PROPOSAL CAMERA BAND CANDIDATES
a_raw.fits 7        red    r    o1/night
b_raw.fits 7        red    g    o1/night
c_raw.fits 8        blue   x    o2/night
d_raw.fits .        red    r    o2/night
"""
RED = rule("Red", select={"red": {"column": "CAMERA", "is": "red"}}, product="{program}-{camera}")
BAND = rule("Band", asn_type="tile", select={"band": {"column": "BAND", "defined": "yes"}}, product="{program}-{light}")
CANDIDATES = ("--all-candidates",)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``asnforge generate`` in a folder with a pool and rule sets, for which other values are undefined."""
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), RED)
    write_ruleset(Path("bobcat"), BAND, ruleset="bobcat")
    write_ruleset(Path("puma"), BAND, ruleset="puma", undefined=["x"])
    write_ruleset(Path("twin"), rule("Twin", product="{program}-other"), ruleset="twin")
    Path("night.tsv").write_text(pool_text(NIGHT))
    return lambda *arguments: run_main(capsys, "generate", "night.tsv", *CANDIDATES, *arguments)


def summary(ran: Ran) -> list[str]:
    return re.sub(r"\d+\.\d\d s", "T s", ran.stdout).splitlines()


def written(folder: str = "out") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_each_rule_set_is_applied_by_itself_and_has_its_own_counts(run: Run) -> None:
    ran = run("-r", "lynx", "-r", "puma", "-o", "out")
    assert ran.status == 0
    assert summary(ran) == [
        "rule set  rule  associations  exposures",
        "--------  ----  ------------  ---------",
        "lynx      Red              1          2",
        "puma      Band             1          2",
        "2 associations from 4 exposures, 2 orphans, 0 warnings, T s",
    ]
    assert written() == ["p007-o1_stack_01_asn.json", "p007-o1_tile_01_asn.json"]


def test_the_files_are_those_of_each_rule_set_alone(run: Run) -> None:
    run("-r", "lynx", "-r", "bobcat", "-o", "out")
    run("-r", "lynx", "-o", "alone")
    run("-r", "bobcat", "-o", "alone")
    assert (
        written()
        == written("alone")
        == [
            "p007-o1_stack_01_asn.json",
            "p007-o1_tile_01_asn.json",
            "p008-o2_tile_01_asn.json",
        ]
    )
    assert [Path("out", name).read_bytes() for name in written()] == [
        Path("alone", name).read_bytes() for name in written()
    ]


@pytest.mark.parametrize(("rules", "orphans"), [(("lynx",), [4, 5]), (("bobcat",), [5]), (("lynx", "bobcat"), [5])])
def test_orphans_are_in_no_association_of_any_rule_set(run: Run, rules: tuple[str, ...], orphans: list[int]) -> None:
    options = [option for name in rules for option in ("-r", name)]
    ran = run(*options, "-o", "out", "--json", "--save-orphans", "orphans.tsv")
    assert json.loads(ran.stdout)["pools"][0]["orphans"] == orphans
    rows = Path("orphans.tsv").read_text().splitlines()[1:]
    assert [row.split("\t")[0] for row in rows] == [f"{' abcd'[line - 1]}_raw.fits" for line in orphans]


def test_json_has_the_counts_and_files_of_each_rule_set_in_their_order(run: Run) -> None:
    content = json.loads(run("-r", "bobcat", "-r", "lynx", "-o", "out", "--json").stdout)
    assert content["rulesets"] == ["bobcat", "lynx"]
    (pool,) = content["pools"]
    assert pool["rulesets"] == [
        {
            "ruleset": "bobcat",
            "rules": {"Band": {"associations": 2, "exposures": 3, "products": 0}},
            "files": ["p007-o1_tile_01_asn.json", "p008-o2_tile_01_asn.json"],
        },
        {
            "ruleset": "lynx",
            "rules": {"Red": {"associations": 1, "exposures": 2, "products": 0}},
            "files": ["p007-o1_stack_01_asn.json"],
        },
    ]
    assert [entry["file"] for entry in pool["associations"]] == [
        "p007-o1_tile_01_asn.json",
        "p008-o2_tile_01_asn.json",
        "p007-o1_stack_01_asn.json",
    ]


def test_files_that_two_rule_sets_name_alike_are_not_written(run: Run) -> None:
    ran = run("-r", "lynx", "-r", "twin", "-o", "out")
    assert ran.status == 2
    assert written() == ["p008-o2_stack_01_asn.json"]
    assert ran.stderr.startswith(
        "night.tsv: G113 Red in o1 (product p007-red) and Twin in o1 (product p007-other) would be the same file "
        "p007-o1_stack_01_asn.json: none of them is written; "
    )


def test_products_that_two_rule_sets_name_alike_are_reported(run: Run) -> None:
    write_ruleset(Path("double"), rule("Red", asn_type="tile", product="{program}-red"), ruleset="double")
    ran = run("-r", "lynx", "-r", "double", "-o", "out")
    assert ran.status == 0
    assert ran.stderr.startswith("night.tsv: G106 warning: 2 associations have the product name p007-red: ")
    assert len(ran.stderr.splitlines()) == 1


def test_files_of_an_earlier_run_are_those_of_no_rule_set(run: Run) -> None:
    run("-r", "bobcat", "-o", "out")
    assert "G107" not in run("-r", "lynx", "-r", "bobcat", "-o", "out").stderr
    assert "G107" in run("-r", "lynx", "-r", "puma", "-o", "out").stderr


@pytest.mark.parametrize(
    ("only", "status", "found"),
    [
        ("band", 0, "p007-o1_tile_01_asn.json"),
        ("Bend", 2, "R201 there is no rule Bend in lynx and bobcat; did you mean Band?"),
    ],
)
def test_only_chooses_rules_of_all_rule_sets(run: Run, only: str, status: int, found: str) -> None:
    ran = run("-r", "lynx", "-r", "bobcat", "--only", only, "--dry-run")
    assert ran.status == status
    assert found in ran.stdout + ran.stderr
    assert "stack" not in ran.stdout


def test_an_error_of_one_rule_set_leaves_nothing_written(run: Run) -> None:
    write_ruleset(Path("other"), RED, ruleset="other", members={"file_name": "NAME"})
    ran = run("-r", "lynx", "-r", "other", "-o", "out")
    assert ran.status == 2
    assert not Path("out").exists()


def test_commands_for_fits_files_are_in_the_order_of_the_rule_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    for folder in (ROOT / "data" / "download" / "mastDownload" / "JWST").glob("jw00106*"):
        shutil.copytree(folder, tmp_path / "download" / folder.name)
    shutil.copytree(ROOT / "rules" / "jwst-stage3", tmp_path / "mine")
    path = tmp_path / "mine" / "ruleset.yaml"
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    content |= {"ruleset": "mine", "run": "mine {file}"}
    content["keywords"]["file_name"] = "mine-{asn_type}_{sequence}_{scope}_asn.json"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    one = json.loads(run_main(capsys, "generate", "download", "-o", "one", "--json").stdout)["pools"][0]
    ran = run_main(capsys, "generate", "download", "-r", "mine", "-r", "jwst-stage3", "-o", "out", "-v")
    commands = [line.split()[0] for line in ran.stdout.splitlines() if line.startswith(("mine out", "strun "))]
    count = len(one["associations"])
    assert commands == ["mine"] * count + ["strun"] * count
    assert f"{2 * count} associations from {one['exposures']} exposures, {len(one['orphans'])} orphan" in ran.stdout
