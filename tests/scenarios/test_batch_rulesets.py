"""Several rule sets in a batch: the files of `generate`, and every rule set decides whether a pool is done."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from support.command import Ran, Run, run_main
from support.fits_files import LYNX_HEADERS, write_fits
from support.observatory import pool_text, rule, write_ruleset

NIGHT = """
FILE       PROPOSAL CAMERA BAND CANDIDATES
a_raw.fits 7        red    r    o1/night
b_raw.fits 7        red    g    o1/night
c_raw.fits 8        blue   r    o2/night
d_raw.fits .        red    r    o2/night
"""
RED = rule("Red", select={"red": {"column": "CAMERA", "is": "red"}}, product="{program}-{camera}")
BAND = rule("Band", asn_type="tile", group_by={"band": {"column": "BAND"}}, product="{program}-{light}")
RULES = ("-r", "lynx", "-r", "bobcat")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with two pools and two rule sets."""
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), RED)
    write_ruleset(Path("bobcat"), BAND, ruleset="bobcat", undefined=["x"])
    Path("night.tsv").write_text(pool_text(NIGHT))
    Path("dawn.tsv").write_text(pool_text(NIGHT.replace(" 7 ", " 9 ").replace(" 8 ", " 5 ")))
    return lambda *arguments: run_main(capsys, *arguments)


def files(folder: str) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*_asn.json")}


def statuses(ran: Ran) -> list[str]:
    return ["skipped" if pool["skipped"] else pool["status"] for pool in json.loads(ran.stdout)["pools"]]


def batch(run: Run, *options: str) -> Ran:
    return run("batch", "night.tsv", "dawn.tsv", "--json", *options)


@pytest.mark.parametrize("options", [(), ("-j", "2"), ("--layout", "flat"), ("--archive", "all.tar")])
def test_the_files_are_those_of_generate(run: Run, options: tuple[str, ...]) -> None:
    generate = ["generate", "night.tsv", "dawn.tsv", *RULES, "-o", "expected"]
    assert run(*generate).status == 0
    target = options if "--archive" in options else (*options, "-o", "out")
    ran = batch(run, *RULES, *target)
    assert ran.status == 0
    if "--archive" in options:
        with tarfile.open("all.tar") as archive:
            archive.extractall("out")
    expected = files("expected")
    if "flat" in options:
        expected = {Path(name).name: data for name, data in expected.items()}
    assert files("out") == expected
    assert len(expected) == 8


def test_the_summary_names_the_rule_sets_and_counts_their_rules(run: Run) -> None:
    content = json.loads(batch(run, *RULES, "-o", "out").stdout)
    assert content["rulesets"] == ["lynx", "bobcat"]
    dawn, night = content["pools"]
    assert night["ruleset"] == "lynx and bobcat"
    assert night["rules"] == {"Band of bobcat": 3, "Red of lynx": 1}
    assert (night["orphans"], night["associations"], dawn["associations"]) == (1, 4, 4)


def test_a_pool_is_done_again_if_any_rule_set_changes(run: Run) -> None:
    assert statuses(batch(run, *RULES, "-o", "out")) == ["done", "done"]
    assert statuses(batch(run, *RULES, "-o", "out")) == ["skipped", "skipped"]
    write_ruleset(Path("bobcat"), {**BAND, "product": "{program}-{light}-2"}, ruleset="bobcat", undefined=["x"])
    assert statuses(batch(run, *RULES, "-o", "out")) == ["done", "done"]
    assert statuses(batch(run, *RULES, "-o", "out")) == ["skipped", "skipped"]
    assert statuses(batch(run, "-r", "lynx", "-o", "out")) == ["done", "done"]
    assert {json.loads(data)["asn_type"] for data in files("out").values()} == {"stack"}


def test_headers_of_fits_files_are_read_for_each_rule_set(run: Run) -> None:
    columns = {"PROPOSAL": {"also": ["PROGRAM"]}, "BAND": {"also": ["COLOR"]}}
    write_ruleset(Path("lynx"), RED, headers=LYNX_HEADERS, columns=columns)
    write_ruleset(Path("bobcat"), BAND, ruleset="bobcat", headers=LYNX_HEADERS, columns=columns)
    for number in range(3):
        name = f"ly007_{number}_red_flat.fits"
        cards = {
            "PROG": "7",
            "OBSNO": 1,
            "CAM": "red",
            "EXPNO": number,
            "MODE": "image",
            "COLOR": "g",
            "ORIGNAME": name,
        }
        write_fits(Path("fits", name), **cards)
    ran = run("batch", "fits", *RULES, "-o", "out", "--json")
    assert (ran.status, statuses(ran)) == (0, ["done"])
    assert sorted(json.loads(data)["asn_rule"] for data in files("out").values()) == ["Band", "Red"]
    assert statuses(run("batch", "fits", *RULES, "-o", "out", "--json")) == ["skipped"]
    write_fits(Path("fits/ly007_1_red_flat.fits"), PROG="7", OBSNO=1, CAM="red", EXPNO=1, MODE="image", COLOR="r")
    assert statuses(run("batch", "fits", *RULES, "-o", "out", "--json")) == ["done"]
