"""Links in an output folder: those that the user names are followed, those with names from data are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.command import LYNX, Ran, run_main
from support.observatory import pool_text, rule, write_ruleset

POOL = "FILE PROPOSAL CAMERA CANDIDATES\na_raw.f 7 red o1/night\nb_raw.f 7 blue .\nc_raw.f . red ."
NAMES = ["p007-z9_stack_01_asn.json", "p007-z9_stack_02_asn.json"]
IS_LINK = "A193 the {} is a symbolic link; remove it, or choose another output folder"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), rule())
    for name in ("pool.tsv", "other.tsv"):
        Path(name).write_text(pool_text(POOL))
    for name in ("victim", "out", "out/pool"):
        Path(name).mkdir()
    Path("victim/precious").write_text("precious")


def link(name: str, target: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    if Path(name).is_dir():
        Path(name).rmdir()
    Path(name).symlink_to(Path(target).absolute())


def outside() -> dict[str, str]:
    return {path.name: path.read_text() for path in Path("victim").iterdir()}


def generate(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    return run_main(capsys, *arguments, *LYNX)


@pytest.mark.parametrize(
    ("arguments", "name", "kind"),
    [
        (("generate", "pool.tsv", "-o", "out"), f"out/{NAMES[0]}", "file"),
        (("generate", "pool.tsv", "-o", "out"), f"out/{NAMES[1]}", "file"),
        (("generate", "pool.tsv", "other.tsv", "-o", "out"), "out/pool", "folder"),
        (("generate", "pool.tsv", "other.tsv", "-o", "out"), f"out/pool/{NAMES[1]}", "file"),
        (("generate", "pool.tsv", "other.tsv", "-o", "out", "--save-orphans", "rest.tsv"), "out/pool/rest.tsv", "file"),
        (("batch", "pool.tsv", "-o", "out"), "out/pool", "folder"),
        (("batch", "pool.tsv", "-o", "out"), f"out/pool/{NAMES[1]}", "file"),
        (("batch", "pool.tsv", "-o", "out"), "out/manifest.jsonl", "file"),
        (("batch", "pool.tsv", "-o", "out", "--layout", "flat"), f"out/{NAMES[0]}", "file"),
        (("batch", "pool.tsv", "-o", "out", "--layout", "program"), "out/007", "folder"),
    ],
)
@pytest.mark.parametrize("target", ["victim/precious", "victim/new", "victim"])
def test_a_link_with_a_name_from_data_is_rejected(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], name: str, kind: str, target: str
) -> None:
    link(name, target)
    ran = generate(capsys, *arguments)
    assert ran.status == 2
    assert f"{name}: {IS_LINK.format(kind)}" in ran.stderr + ran.stdout
    assert outside() == {"precious": "precious"}
    if "--save-orphans" not in arguments:
        written = {file for file in ran.files if file.endswith(".json") and not file.startswith("other/")}
        assert written <= {os.path.relpath(name, "out")}  # only the link itself of the pool


@pytest.mark.parametrize("target", ["victim/precious", "victim/new"])
@pytest.mark.parametrize("ending", [".yaml", ".cases.yaml"])
def test_a_link_with_the_name_of_a_new_rule_is_rejected(
    capsys: pytest.CaptureFixture[str], target: str, ending: str
) -> None:
    link(f"new/extra{ending}", target)
    ran = run_main(capsys, "rules", "new", "Extra", "--folder", "new")
    assert (ran.status, ran.stderr) == (
        2,
        f"new/extra{ending}: R412 the file already exists; give the rule another name\n",
    )
    assert outside() == {"precious": "precious"}
    assert [path.name for path in Path("new").iterdir()] == [f"extra{ending}"]


@pytest.mark.parametrize(
    ("arguments", "name", "files"),
    [
        (("generate", "pool.tsv", "-o", "link"), "link", NAMES),
        (("batch", "pool.tsv", "-o", "link", "--layout", "flat"), "link", [*NAMES, "manifest.jsonl"]),
        (("generate", "pool.tsv", "other.tsv", "-o", "link"), "link", ["other", "pool"]),
    ],
)
def test_an_output_folder_that_the_user_names_may_be_a_link(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], name: str, files: list[str]
) -> None:
    link(name, "victim")
    assert generate(capsys, *arguments).status == 0
    assert sorted(path.name for path in Path("victim").iterdir()) == sorted([*files, "precious"])


def test_a_file_that_the_user_names_may_be_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    link("rest.tsv", "victim/precious")
    assert generate(capsys, "generate", "pool.tsv", "-o", "out", "--save-orphans", "rest.tsv").status == 0
    assert outside() == {"precious": "FILE\tPROPOSAL\tCAMERA\tCANDIDATES\nc_raw.f\t\tred\t\n"}
    link("report.xml", "victim/report")
    run_main(capsys, "compare", "out", "out", "--junit", "report.xml")
    assert outside()["report"].startswith("<?xml")


def test_the_temporary_file_of_an_archive_is_a_new_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter([".1-0-x.part", ".1-1-x.part"])
    monkeypatch.setattr("asnforge.batch.archive.temporary_name", lambda: next(names))
    link(".1-0-x.part", "victim/precious")
    assert generate(capsys, "batch", "pool.tsv", "--archive", "all.tar").status == 0
    assert outside() == {"precious": "precious"}
