"""Several rule sets applied to one pool: one summary, one folder, and nothing overwritten."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.command import Ran, Run, run_main
from support.fits_files import LYNX_HEADERS, write_fits
from support.night import SHORT_NIGHT
from support.observatory import pool_text, rule, write_ruleset

import asnforge
from asnforge import ScopeChoice

ROOT = Path(__file__).parents[2]

RED_ONLY = {"column": "CAMERA", "is": "red"}
RED = rule("Red", select={"red": RED_ONLY}, product="{program}-{camera}")
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
    Path("night.tsv").write_text(pool_text(SHORT_NIGHT))
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


def test_python_applies_several_rule_sets_as_the_command_does(run: Run) -> None:
    run("-r", "lynx", "-r", "bobcat", "-o", "out")
    generation = asnforge.generate("night.tsv", ["lynx", Path("bobcat")], choice=ScopeChoice(discovered=False))
    assert sorted(path.name for path in generation.write("python").paths) == written()
    assert all(Path("python", name).read_bytes() == Path("out", name).read_bytes() for name in written())
    assert generation.orphans == (5,)
    assert [count.ruleset for count in generation.counts] == ["lynx", "bobcat"]
    assert asnforge.generate("night.tsv", [asnforge.load_ruleset("lynx")]).orphans == (4, 5)


@pytest.mark.parametrize(
    ("rules", "message"), [([], "ruleset cannot be '()' (tuple)"), ([7], "ruleset cannot be '7' (int)")]
)
def test_python_requires_a_rule_set(run: Run, rules: list[Any], message: str) -> None:
    with pytest.raises(asnforge.InputError, match=re.escape(message)):
        asnforge.generate("night.tsv", rules)


def test_python_reads_the_headers_of_fits_files_for_each_rule_set(tmp_path: Path) -> None:
    blocks = {"headers": LYNX_HEADERS, "columns": {"PROPOSAL": {"also": ["PROGRAM"]}}}
    write_ruleset(tmp_path / "lynx", rule("Red", select={"red": RED_ONLY}), **blocks)
    write_ruleset(tmp_path / "bobcat", rule("All", asn_type="tile"), ruleset="bobcat", **blocks)
    names = [f"ly007_{number}_{camera}_raw.fits" for number, camera in enumerate(("red", "red", "blue"))]
    for number, name in enumerate(names):
        write_fits(
            tmp_path / "night" / name,
            PROG="7",
            OBSNO=1,
            CAM=name.split("_")[2],
            EXPNO=number,
            MODE="image",
            ORIGNAME=name,
        )
    sources = [str(tmp_path / name) for name in ("lynx", "bobcat")]
    alone = asnforge.generate(tmp_path / "night", sources[0])
    both = asnforge.generate(tmp_path / "night", sources)
    assert len(alone.orphans) == 1
    assert both.orphans == ()
    assert len(both) == 3


def test_explain_names_the_rule_set_of_each_rule(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    ran = run_main(capsys, "explain", "night.tsv", "3", "-r", "lynx", "-r", "puma", *CANDIDATES)
    assert ran.stdout.splitlines() == [
        "line 3, b_raw.fits: in 2 associations",
        "    scopes: o1 (night)",
        "    Red of lynx: selected",
        "        o1  science in p007-o1_stack_01_asn.json, product p007-red",
        "    Band of puma: selected",
        "        o1  science in p007-o1_tile_01_asn.json, product p007-open",
    ]
    ran = run_main(capsys, "explain", "night.tsv", "--orphans", "--json", "-r", "lynx", "-r", "puma", *CANDIDATES)
    assert [entry["reason"] for entry in json.loads(ran.stdout)] == [
        "lynx: no rule selects it: CAMERA is blue; puma: rejected by Band: constraint band requires BAND to be defined, found "
        "undefined (x)",
        "lynx: rejected by Red: key program requires PROPOSAL to be defined, found undefined; puma: rejected by Band: key "
        "program requires PROPOSAL to be defined, found undefined",
    ]


def test_pool_check_has_the_findings_of_each_rule_set_once(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    Path("night.tsv").write_text(pool_text(SHORT_NIGHT) + "e_raw.fits\t7\n")
    ran = run_main(capsys, "pool", "check", "night.tsv", "-r", "lynx", "-r", "puma")
    assert (ran.status, [line.split(" ")[1] for line in ran.stderr.splitlines()[:-1]]) == (1, ["P151"])


def test_a_suite_compares_the_associations_of_several_rule_sets(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("-r", "lynx", "-r", "bobcat", "-o", "expected")
    entry = "{pool: night.tsv, expected: expected, rules: [lynx, bobcat], scopes: candidates, only: [red, band]}"
    Path("suite.yaml").write_text(f"entries:\n- {entry}\n")
    assert run_main(capsys, "regress", "suite.yaml").status == 0
    Path("suite.yaml").write_text(f"entries:\n- {entry.replace(', bobcat', '').replace(', band', '')}\n")
    assert run_main(capsys, "regress", "suite.yaml").status == 1
