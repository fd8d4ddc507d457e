"""The files of a suite are read only from its folder and from those that the user names."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from support.suites import FILE, Run, files

from asnforge.cli.main import command

READ_HINT = "; use --root DIR to name another folder that files may be read from"


@pytest.mark.parametrize(
    ("entry", "message"),
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
def test_path_outside_the_roots_is_rejected_before_anything_runs(
    run: Run, tmp_path: Path, entry: str, message: str
) -> None:
    before = files(tmp_path / "other")
    for arguments in ((), ("--accept",), ("--json",)):
        result = run(entry.replace("{tmp}", str(tmp_path)), *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        assert line.startswith("suite/suite.yaml:" + message.replace("{tmp}", str(tmp_path)))
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
def test_root_option_allows_to_read_from_a_folder(run: Run, entry: str, roots: tuple[str, ...], status: int) -> None:
    assert run(entry, *(word for root in roots for word in ("--root", root))).exit_code == status


def test_path_of_the_defaults_is_reported_at_their_position(run: Run, tmp_path: Path) -> None:
    (tmp_path / "suite" / "suite.yaml").write_text("defaults: {expected: ../other}\nentries:\n- pool: night.tsv\n")
    result = CliRunner().invoke(command, ["regress", "suite/suite.yaml"])
    assert result.stderr.startswith(
        "suite/suite.yaml:1:22: C124 'expected' leads outside the suite's folder: '../other'"
    )


def test_link_out_of_an_expected_folder_or_rule_set_is_not_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "suite" / "expected").mkdir()
    (tmp_path / "suite" / "expected" / "x_asn.json").symlink_to(f"../../other/{FILE}")
    result = run("pool: night.tsv, expected: expected")
    outside = "C124 is a link that leads outside the suite's folder"
    assert (result.exit_code, result.stderr) == (2, f"    suite/expected/x_asn.json: {outside}{READ_HINT}\n")
    (tmp_path / "suite" / "expected" / "x_asn.json").unlink()
    (tmp_path / "suite" / "lynx" / "more.yaml").symlink_to("../../other/mine.yaml")
    result = run("pool: night.tsv, expected: expected")
    assert (result.exit_code, result.stderr) == (2, f"    suite/lynx/more.yaml: {outside}{READ_HINT}\n")
