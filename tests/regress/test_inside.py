"""What a suite cannot do: read, write or remove anything outside the folders that its user names."""

import json
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from support.observatory import pool_text, rule, write_ruleset
from support.runs import association

from asnforge.cli.main import command
from asnforge.regress import read_suite, run_entry

POOL = pool_text("""
FILE         PROPOSAL CAMERA CANDIDATES
e1_raw.fits  7        wide   o1/night
e2_raw.fits  7        wide   o1/night
""")

FILE = "p007-o1_stack_01_asn.json"

OF_NIGHT, OF_DAY = (json.dumps(association("mine", asn_pool=pool)) for pool in ("night.tsv", "day.tsv"))

NOT_REPLACED = "C125 --accept does not replace this file: "
PLACE = "; move or remove it, or let 'expected' name another place"
READ_HINT = "; name another folder that its files may be read from by --root DIR"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A suite's folder beside another one that is not the suite's; both have a pool and rules."""
    monkeypatch.chdir(tmp_path)
    for folder in ("suite", "other"):
        write_ruleset(tmp_path / folder / "lynx", rule())
        (tmp_path / folder / "night.tsv").write_text(POOL)
        (tmp_path / folder / "allow.yaml").write_text("allow: [{kind: missing, reason: old}]\n")
    (tmp_path / "other" / FILE).write_text(OF_NIGHT)
    (tmp_path / "other" / "mine.yaml").write_text("mine\n")
    (tmp_path / "suite" / "link").symlink_to("../other")
    (tmp_path / "suite" / "link.tsv").symlink_to("../other/night.tsv")
    (tmp_path / "suite" / "link.yaml").symlink_to("../other/mine.yaml")

    def run(entry, *arguments):
        (tmp_path / "suite" / "suite.yaml").write_text(
            "defaults: {ignore_default: true, rules: [lynx], scopes: candidates}\n" + f"entries:\n- {{{entry}}}\n"
        )
        return CliRunner().invoke(command, ["regress", "suite/suite.yaml", *arguments])

    return run


def files(folder):
    """Every file and link below a folder, with what is in it."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("pool: ../other/night.tsv, expected: x", "3:10: C124 'pool' leads outside the suite's folder: '../other/night.tsv'"),
        ("pool: {tmp}/other/night.tsv, expected: x", "3:10: C124 'pool' leads outside the suite's folder: '{tmp}/other/ni"),
        ("pool: link.tsv, expected: x", "3:10: C124 'pool' leads outside the suite's folder: 'link.tsv'"),
        ("pool: link/night.tsv, expected: x", "3:10: C124 'pool' leads outside the suite's folder: 'link/night.tsv'"),
        ("pool: '*.tsv', expected: 'x/{pool}'", "3:10: C124 'pool' leads outside the suite's folder: '*.tsv'"),
        ("pool: '../o*/night.tsv', expected: x", "3:10: C124 'pool' leads outside the suite's folder: '../o*/night.tsv'"),
        ("pool: 'l*/../../other/*.tsv', expected: x", "3:10: C124 'pool' leads outside the suite's folder: 'l*/../.."),
        ("pool: '{tmp}/*/night.tsv', expected: x", "3:10: C124 'pool' leads outside the suite's folder: '{tmp}/*/nig"),
        ("pool: 'link/*.tsv', expected: x", "3:10: C124 'pool' leads outside the suite's folder: 'link/*.tsv'"),
        ("pool: 'a**b', expected: x", "3:10: C121 no pool matches 'a**b'"),
        ("pool: night.tsv, expected: ../other", "3:31: C124 'expected' leads outside the suite's folder: '../other'"),
        ("pool: night.tsv, expected: link", "3:31: C124 'expected' leads outside the suite's folder: 'link'"),
        ("pool: night.tsv, expected: link/new/x", "3:31: C124 'expected' leads outside the suite's folder: 'link/new/x'"),
        ("pool: night.tsv, expected: link.yaml", "3:31: C124 'expected' leads outside the suite's folder: 'link.yaml'"),
        ("pool: night.tsv, expected: '{tmp}/x'", "3:31: C124 'expected' leads outside the suite's folder: '{tmp}/x'"),
        ("pool: night.tsv, expected: x, allow: ../other/allow.yaml", "3:41: C124 'allow' leads outside the suite's folder"),
        ("pool: night.tsv, expected: x, rules: [lynx, ../other/lynx]", "3:48: C124 'rules' leads outside the suite's fo"),
        ("pool: night.tsv, expected: x, rules: [link/lynx]", "3:42: C124 'rules' leads outside the suite's folder"),
    ],
)  # fmt: skip
def test_a_path_that_leads_outside_is_refused_before_anything_runs(run, tmp_path, entry, said):
    before = files(tmp_path / "other")
    for arguments in ((), ("--accept",), ("--json",)):
        result = run(entry.replace("{tmp}", str(tmp_path)), *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        assert line.startswith("suite/suite.yaml:" + said.replace("{tmp}", str(tmp_path)))
    assert files(tmp_path / "other") == before


@pytest.mark.parametrize(
    ("entry", "roots", "status"),
    [
        ("pool: ../other/night.tsv, expected: x", ("other",), 1),
        ("pool: ../other/night.tsv, expected: x", ("other/lynx",), 2),
        ("pool: ../other/night.tsv, expected: x", ("oth",), 2),
        ("pool: '../other/*.tsv', expected: x", ("lynx", "other"), 1),
        ("pool: link.tsv, expected: x, rules: [../other/lynx]", (".",), 1),
        ("pool: night.tsv, expected: x, rules: [link/lynx], allow: link/allow.yaml", ("suite/link",), 1),
    ],
)
def test_a_folder_that_the_user_names_is_read_from(run, entry, roots, status):
    assert run(entry, *(word for root in roots for word in ("--root", root))).exit_code == status


def test_the_defaults_place_is_told_where_they_lead_outside(run, tmp_path):
    (tmp_path / "suite" / "suite.yaml").write_text("defaults: {expected: ../other}\nentries:\n- pool: night.tsv\n")
    result = CliRunner().invoke(command, ["regress", "suite/suite.yaml"])
    assert result.stderr.startswith(
        "suite/suite.yaml:1:22: C124 'expected' leads outside the suite's folder: '../other'"
    )


def test_a_folder_that_is_read_from_is_not_written_to(run, tmp_path):
    before = files(tmp_path / "other")
    result = run("pool: night.tsv, expected: ../other/new", "--root", "other", "--accept")
    assert result.exit_code == 2
    assert result.stderr == (
        "    suite/suite.yaml:3:31: C124 --accept writes below the suite's folder only, and 'expected' is suite/../other/new; "
        "let it name a file or folder below the suite's folder\n"
    )
    assert files(tmp_path / "other") == before


@pytest.mark.parametrize("expected", [".", "lynx/..", "../suite"])
def test_the_suites_folder_itself_is_not_accepted_into(run, tmp_path, expected):
    before = files(tmp_path / "suite" / "lynx")
    result = run(f"pool: night.tsv, expected: {expected}", "--accept")
    assert result.exit_code == 2
    assert "C124 --accept writes below the suite's folder only" in result.stderr
    assert not (tmp_path / "suite" / FILE).exists()
    assert files(tmp_path / "suite" / "lynx") == before


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("mine_asn.json", "{}", "it is not an association"),
        (FILE, '{"products": [', "it is not an association"),
        (FILE, OF_DAY, "it is an association of the pool 'day.tsv', not of 'night.tsv'"),
        ("a_asn.json", json.dumps({"products": []}), "it is an association of the pool '', not of 'night.tsv'"),
        ("deep/old_asn.json", OF_NIGHT, "it is in a folder below the expected one, where --accept writes nothing"),
        (FILE, ("link", "../night.tsv"), "it is a link"),
        ("old_asn.json", ("link", "nowhere"), "it is a link"),
        (FILE, ("link", "../lynx"), "it is a link"),
        (f"{FILE}/x", "in a folder of that name", "it is not a regular file"),
    ],
)  # fmt: skip
def test_a_file_that_accept_did_not_write_is_neither_replaced_nor_removed(run, tmp_path, name, content, reason):
    path = tmp_path / "suite" / "expected" / name
    path.parent.mkdir(parents=True)
    if isinstance(content, tuple):
        path.symlink_to(content[1])
    else:
        path.write_text(content)
    before = files(tmp_path)
    result = run("pool: night.tsv, expected: expected", "--accept")
    assert result.exit_code == 2
    shown = name.removesuffix("/x")
    assert f"    suite/expected/{shown}: {NOT_REPLACED}{reason}{PLACE}\n" in result.stderr
    assert {path: data for path, data in files(tmp_path).items() if path != "suite/suite.yaml"} == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lynx/ruleset.yaml", None),
        ("suite.yaml", None),
        ("allow.yaml", None),
        ("expected.yaml", "- mine\n"),
        ("expected.yaml", "<<<<<<< mine\n"),
        ("expected.yml", ""),
        ("expected.yaml", ("link", "lynx/ruleset.yaml")),
        ("expected.yaml", ("link", "nowhere.yaml")),
    ],
)
def test_a_yaml_file_that_is_not_a_compact_file_is_not_overwritten(run, tmp_path, name, content):
    path = tmp_path / "suite" / name
    if isinstance(content, tuple):
        path.symlink_to(content[1])
    elif content is not None:
        path.write_text(content)
    run(f"pool: night.tsv, expected: {name}")
    before = files(tmp_path)
    result = run(f"pool: night.tsv, expected: {name}", "--accept")
    assert result.exit_code == 2
    assert files(tmp_path) == before


def test_only_some_of_many_such_files_are_named(run, tmp_path):
    folder = tmp_path / "suite" / "expected"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}_asn.json").write_text(OF_DAY)
    result = run("pool: night.tsv, expected: expected", "--accept")
    told = [line for line in result.stderr.splitlines() if "C125" in line]
    assert [line.split(":")[0].strip() for line in told] == [f"suite/expected/{n}_asn.json" for n in range(5)] + [
        "suite/expected"
    ]
    assert told[-1] == "    suite/expected: C125 --accept does not replace 3 more files of the folder"


def test_a_link_out_of_an_expected_folder_or_a_rule_set_is_not_read(run, tmp_path):
    (tmp_path / "suite" / "expected").mkdir()
    (tmp_path / "suite" / "expected" / "x_asn.json").symlink_to(f"../../other/{FILE}")
    result = run("pool: night.tsv, expected: expected")
    outside = "C124 is a link that leads outside the suite's folder"
    assert (result.exit_code, result.stderr) == (2, f"    suite/expected/x_asn.json: {outside}{READ_HINT}\n")
    (tmp_path / "suite" / "expected" / "x_asn.json").unlink()
    (tmp_path / "suite" / "lynx" / "more.yaml").symlink_to("../../other/mine.yaml")
    result = run("pool: night.tsv, expected: expected")
    assert (result.exit_code, result.stderr) == (2, f"    suite/lynx/more.yaml: {outside}{READ_HINT}\n")


def test_a_refusal_is_the_entrys_own_in_every_output(run, tmp_path):
    (tmp_path / "suite" / "bad.yaml").write_text("mine\n")
    entries = "pool: night.tsv, expected: bad.yaml, name: bad}\n- {pool: night.tsv, expected: good.yaml, name: good"
    result = run(entries, "--accept", "--json", "--junit", "report.xml")
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert [(entry["name"], entry["status"]) for entry in told["entries"]] == [("bad", 2), ("good", 1)]
    assert told["accepted"] == ["good"]
    entry = told["entries"][0]
    assert [f["code"] for f in entry["findings"] + entry["comparison"]["findings"]] == ["C125", "C103"]
    suites = ET.fromstring((tmp_path / "report.xml").read_bytes())
    assert [(suite.get("name"), suite.get("errors")) for suite in suites] == [("bad", "2"), ("good", "0")]
    assert (tmp_path / "suite" / "good.yaml").exists()


def test_the_last_line_names_an_entry_that_could_not_be_accepted(run, tmp_path):
    (tmp_path / "suite" / "bad.yaml").symlink_to("good.yaml")
    result = run("pool: night.tsv, expected: bad.yaml", "--accept")
    assert result.stdout.splitlines()[-1] == "1 entry; 0 the same; 1 failed: night"
    assert result.stderr == f"    suite/bad.yaml: {NOT_REPLACED}it is a link{PLACE}\n"


def test_standard_input_is_not_read_for_a_pool_called_dash(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "suite")
    (tmp_path / "suite" / "dash.yaml").write_text("entries: [{pool: '-', expected: '-', allow: '-'}]\n")
    (entry,) = read_suite("dash.yaml").entries
    assert (entry.pool, entry.expected, entry.allow) == ("./-", "./-", "./-")
    assert [finding.code for finding in run_entry(entry).findings] == ["C110"]


def test_a_shipped_rule_set_is_found_by_name_whatever_lies_in_the_working_directory(run, tmp_path):
    (tmp_path / "longslit-example").mkdir()
    (tmp_path / "longslit-example" / "bad.yaml").write_text("secret\n")
    result = run("pool: night.tsv, expected: x, rules: [longslit-example], ignore_default: true")
    assert "secret" not in result.output
    assert "longslit-example/bad.yaml" not in result.output


def test_a_name_with_control_characters_is_escaped(run):
    result = run(r'pool: night.tsv, expected: x, name: "\e[31mred\nforged"', "--accept")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith(r"\x1b[31mred\nforged: ")
    assert "\x1b" not in result.output
