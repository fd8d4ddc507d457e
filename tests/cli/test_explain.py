"""``asnforge explain`` as its user sees it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.observatory import pool_text, rule, write_ruleset

from asnforge.cli.explain import command
from asnforge.explain.exposure import NO_SUCH_EXPOSURE, SEVERAL_EXPOSURES
from asnforge.findings import FindingCode, InputError

NIGHT = """
FILE       PROPOSAL CAMERA FIELD CANDIDATES
a_raw.fits 7        red    1     o1/night
b_raw.fits 7        red    2     o2/night
c_raw.fits 7        red    .     o2/night
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("night.tsv").write_text(pool_text(NIGHT), encoding="utf-8")
    by_field = {"field": {"column": "FIELD"}}
    write_ruleset(Path("rules"), rule("Fields", group_by=by_field), rule("All"))
    options = ("--rules", "rules", "--ignore-default")
    return lambda *arguments: CliRunner().invoke(command, [*arguments, *options])


def test_each_exposure_has_a_line_if_none_is_named(run: Run) -> None:
    result = run("night.tsv", "--only", "Fields")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            "2  a_raw.fits  p007-z9_stack_01_asn.json",
            "3  b_raw.fits  p007-z9_stack_02_asn.json",
            "4  c_raw.fits  orphan: rejected by Fields: key field requires FIELD to be defined, found undefined",
        ],
    )


@pytest.mark.parametrize("arguments", [[], ["2", "c_raw.fits"], ["--orphans"], ["--why-not", "2", "3"]])
def test_json_lines_are_the_elements_of_the_json(run: Run, arguments: list[str]) -> None:
    whole = json.loads(run("night.tsv", *arguments, "--json").stdout)
    lines = run("night.tsv", *arguments, "--jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == (whole if isinstance(whole, list) else [whole])


def test_one_kind_of_json_is_given(run: Run) -> None:
    result = run("night.tsv", "--json", "--jsonl")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        "Error: --json and --jsonl are mutually exclusive: give one of them.",
    )


def test_exposures_are_explained_in_order_each_once(run: Run) -> None:
    result = run("night.tsv", "4", "[bc]_raw.fits", "--only", "fields")
    heads = [line for line in result.stdout.splitlines() if line.startswith("line")]
    assert heads == ["line 4, c_raw.fits: in no association", "line 3, b_raw.fits: in 1 association"]


@pytest.mark.parametrize(
    ("arguments", "associations"),
    [
        (["a_raw.fits"], ["p007-z9_stack_01_asn.json", "p007-z9_stack_02_asn.json"]),
        (["a_raw.fits", "--ids", "o1"], ["p007-o1_stack_01_asn.json"]),
        (["a_raw.fits", "--all-candidates", "--only", "All"], ["p007-o1_stack_01_asn.json"]),
    ],
)
def test_scopes_and_rules_are_selected_as_for_generate(run: Run, arguments: list[str], associations: list[str]) -> None:
    (result,) = json.loads(run("night.tsv", *arguments, "--json").stdout)
    files = [
        group["file_name"]
        for outcome in result["rules"]
        for group in outcome["groups"]
        if group["outcome"] == "association"
    ]
    assert sorted(files) == associations


@pytest.mark.parametrize("arguments", [("night.tsv", "-i", "o1", "o2"), ("-i", "o1", "o2", "night.tsv")])
def test_each_candidate_needs_its_own_option(run: Run, arguments: tuple[str, ...]) -> None:
    outcome = run(*arguments)
    assert (outcome.exit_code, outcome.stderr.splitlines()[-1]) == (
        2,
        "Error: o2 is not a file: give -i for each: -i o1 -i o2",
    )


def test_an_exposure_is_found_with_and_without_its_directory(run: Run) -> None:
    Path("night.tsv").write_text(Path("night.tsv").read_text().replace("a_raw", "x/y/a_raw"))
    result = [run("night.tsv", name).stdout for name in ("a_raw.fits", "x/y/a_raw.fits", "/z/A_raw.fits", "a_*")]
    assert result[0].startswith("line 2, a_raw.fits: in ")
    assert result == result[:1] * 4


def test_a_value_that_cannot_be_part_of_a_name_is_the_reason(run: Run) -> None:
    Path("night.tsv").write_text(Path("night.tsv").read_text() + "z_raw.fits\t7 8\tred\t1\t\n")
    assert run("night.tsv", "z_raw.fits", "--only", "Fields").stdout.splitlines()[:2] == [
        "line 5, z_raw.fits: in no association",
        "    why: rejected by Fields: key program requires PROPOSAL to be a value that can be part of a name, "
        "found 7 8",
    ]


def test_orphans_by_reason(run: Run) -> None:
    assert run("night.tsv", "--orphans").stdout == "no orphans: every exposure is in an association\n"
    assert run("night.tsv", "--orphans", "--only", "Fields").stdout.splitlines() == [
        "1 exposure: rejected by Fields: key field requires FIELD to be defined, found undefined",
        "    4  c_raw.fits",
    ]
    assert json.loads(run("night.tsv", "--orphans", "--only", "Fields", "--json").stdout) == [
        {
            "reason": "rejected by Fields: key field requires FIELD to be defined, found undefined",
            "exposures": [{"line": 4, "file_name": "c_raw.fits", "unit": "line", "made_by": ""}],
        }
    ]


def test_unusable_exposures_are_grouped_by_fault_whatever_their_values(run: Run) -> None:
    faulty = [
        "x/ 7 red 1 .",
        f"{'x' * 300} 7 red 1 .",
        f"{'y' * 300} 7 red 1 .",
        "x'/.. 7 red 1 .",
        'x"/. 7 red 1 .',
    ]
    Path("night.tsv").write_text(pool_text(NIGHT + "\n".join(faulty)))
    result = json.loads(run("night.tsv", "--orphans", "--json").stdout)
    assert [(entry["reason"], [exposure["line"] for exposure in entry["exposures"]]) for entry in result] == [
        ("FILE is a directory, not a file name", [5, 8, 9]),
        ("FILE is too long for a file name", [6, 7]),
    ]


def test_why_two_exposures_are_not_together(run: Run) -> None:
    result = json.loads(run("night.tsv", "--why-not", "2", "b_raw.fits", "--only", "Fields", "--json").stdout)
    assert result["together"] == []
    assert result["rules"] == [
        {
            "rule": "Fields",
            "how": "key",
            "reasons": ["key field separates them: FIELD is 1 and 2"],
            "differences": [],
        }
    ]
    assert run("night.tsv", "--why-not", "2", "3").stdout.splitlines()[2] == "are together in p007-z9_stack_01_asn.json"


@pytest.mark.parametrize(
    "arguments",
    [
        ("a_raw.fits", "--orphans"),
        ("--orphans", "--why-not", "2", "3"),
        ("a_raw.fits", "--why-not", "2", "3"),
        ("--why-not", "2"),
    ],
)
def test_modes_are_mutually_exclusive(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("night.tsv", *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("night.tsv", "x_raw.fits"), "night.tsv: G201 no exposure x_raw.fits; did you mean"),
        (("night.tsv", "--why-not", "*", "2"), "night.tsv: G202 * matches 3 exposures, but one is required"),
        (("absent.tsv",), "absent.tsv: P101 "),
        (("night.tsv", "--only", "Nothing"), "there is no rule Nothing"),
    ],
)
def test_input_errors_are_reported(run: Run, arguments: tuple[str, ...], message: str) -> None:
    stop = run(*arguments).exception
    assert isinstance(stop, InputError)
    assert message in str(stop)


@pytest.mark.parametrize("code", [NO_SUCH_EXPOSURE, SEVERAL_EXPOSURES], ids=lambda code: code.code)
def test_wrong_command_has_its_finding_and_right_command_does_not(run: Run, code: FindingCode) -> None:
    Path("night.tsv").rename("pool.tsv")
    wrong, right = (
        run(*shlex.split(command.removeprefix("asnforge explain "))) for command in (code.wrong, code.right)
    )
    assert f": {code.code} " in str(wrong.exception)
    assert right.exit_code == 0
