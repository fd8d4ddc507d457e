"""File and folder names from data: portable, and never those of input files or of asnforge itself."""

from __future__ import annotations

import json
import os
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.batches import GENERATE, batch_options, run
from support.command import LYNX, Ran, run_main
from support.observatory import pool_text, rule, ruleset, write_ruleset

from asnforge.asnfiles.portable import why_not_portable, why_unusable
from asnforge.batch.run_batch import run_batch
from asnforge.findings import InputError
from asnforge.generation.files import run_pools
from asnforge.generation.inputs import GenerateOptions
from asnforge.rules.templates import file_name_key

POOL = "FILE PROPOSAL CAMERA CANDIDATES\na_raw.f 7 red o1/night\nb_raw.f . blue .\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), rule())


def write(name: str, program: str = "7") -> str:
    Path(name).write_text(pool_text(POOL.replace(" 7 ", f" {program} ")))
    return name


NOT_A_NAME = "it is not a name"
HIDDEN = "it begins with '.', as hidden files do"
MANIFEST = "it is the name of the manifest of batches"
RESERVED = "it is the name of a device on Windows"
ENDS = "it ends in a period or a space, which Windows removes"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *((name, NOT_A_NAME) for name in ("", ".", "..")),
        *((name, HIDDEN) for name in (".git", ".manifest.jsonl", "...")),
        *((name, MANIFEST) for name in ("manifest.jsonl", "Manifest.JSONL", "MANIFEST.jsonl")),
        *((name, "it has a '/' or a NUL character") for name in ("a/b", "/", "a\0b")),
        ("x" * 256, "it is longer than 255 bytes"),
        ("é" * 128, "it is longer than 255 bytes"),
    ],
)
def test_unusable_names(name: str, reason: str) -> None:
    assert why_unusable(name) == why_not_portable(name) == reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *((name, RESERVED) for name in ("CON", "con", "aux.txt", "NUL.tar.gz", "Lpt9.x", "COM¹", "com1 .x")),
        *((name, ENDS) for name in ("a.", "a ", "prn ", "a. .")),
        *((f"a{mark}b", f"it has '{mark}', which Windows does not allow in names") for mark in '<>:"|?*\\'),
        *(
            (name, "it has characters that are not printable, or not UTF-8")
            for name in ("a\nb", "a\x7f", "a\u202eb", "a\udcff")
        ),
    ],
)
def test_names_that_are_not_portable(name: str, reason: str) -> None:
    assert why_unusable(name) is None
    assert why_not_portable(name) == reason


@pytest.mark.parametrize(
    "name", ["a", "console", "aux_pool", "com10", "com0x", "a.b c", "x" * 255, "ç", "manifest.json", "a.con"]
)
def test_portable_names(name: str) -> None:
    assert why_not_portable(name) is None


def test_names_are_equal_ignoring_case_and_the_encoding_of_accents() -> None:
    assert file_name_key("A.tsv") == file_name_key("a.TSV")
    assert file_name_key("caf\u00e9") == file_name_key("cafe\u0301") == file_name_key("CAFE\u0301")
    assert file_name_key("Stra\u00dfe") == file_name_key("strasse")
    assert file_name_key("a") != file_name_key("b")


PLAIN = GenerateOptions(ruleset(rule(), keywords={"program": "{plain}"}, names={"plain": {"key": "program"}}))
"""Rules that put a program into names in the spelling of the pool."""


@pytest.mark.parametrize("archive", [None, Path("all.zip"), Path("all.tar")])
@pytest.mark.parametrize("name", ["manifest.jsonl", "aux", "nul.x", "com1"])
def test_only_the_pool_of_a_program_that_cannot_name_a_folder_fails(archive: Path | None, name: str) -> None:
    pools = [write("one.tsv", name), write("two.tsv", "8")]
    options = batch_options(Path("out"), "program", archive=archive, generate=PLAIN)
    one, two = (report.record for report in run_batch(pools, options))
    assert one.errors == (
        f"one.tsv: G116 a folder cannot be called '{name}': {why_not_portable(name)}; choose another --layout",
    )
    assert (one.associations, two.status, two.associations) == (0, "done", 1)
    assert not Path("out", name).is_dir()


@pytest.mark.parametrize("archive", [Path("all.zip"), Path("all.tar")])
@pytest.mark.parametrize("name", ["aux", "a:b", "a. ", ".git", "a\\b", "a\nb", "lpt1.x"])
def test_only_a_pool_that_cannot_name_a_folder_in_an_archive_fails(archive: Path, name: str) -> None:
    pools = [write(f"{name}.tsv"), write("two.tsv", "8")]
    reports = run_batch(pools, batch_options(Path("out"), archive=archive))
    results = {report.record.pool: report for report in reports}
    (finding,) = results[pools[0]].findings
    assert (finding.code, finding.hint) == ("G116", "rename the pool")
    assert finding.message.endswith(f": {why_not_portable(name)}")
    assert results["two.tsv"].record.status == "done"
    with zipfile.ZipFile(archive) if archive.suffix == ".zip" else tarfile.open(archive) as file:
        names = file.namelist() if isinstance(file, zipfile.ZipFile) else file.getnames()
    assert names == ["two/p008-z9_stack_01_asn.json"]


@pytest.mark.parametrize("name", ["aux", "a:b", "a\udcff"])
def test_a_name_that_is_not_portable_can_name_an_output_folder(name: str) -> None:
    (report,) = run_batch([write(f"{name}.tsv")], batch_options(Path("out")))
    assert report.record.status == "done"
    assert [path.name for path in Path("out").iterdir() if path.is_dir()] == [name]


@pytest.mark.parametrize(
    ("left", "right"), [("A.tsv", "a.tsv"), ("caf\u00e9.tsv", "cafe\u0301.tsv"), ("x.tsv", "X.csv")]
)
def test_pools_whose_folders_differ_only_in_case_or_accents_are_rejected(left: str, right: str) -> None:
    pools = [write(left), write(right, "8")]
    with pytest.raises(InputError, match=r"^G111 .* and .* would both go to out/"):
        list(run_pools(pools, Path("out"), GENERATE))
    for archive in (None, Path("all.zip"), Path("all.tar")):
        options = batch_options(Path("out"), archive=archive)
        records = [report.record for report in run_batch(sorted(pools), options)]
        assert sorted(record.status for record in records) == ["done", "failed"]
        (error,) = next(record.errors for record in records if record.status == "failed")
        first, second = sorted(pools)
        assert error == f"{second}: G305 its files would have the same names as those of {first}; rename one of them"


@pytest.mark.parametrize("name", [".hidden.tsv", "manifest.jsonl.tsv", "MANIFEST.jsonl.csv"])
def test_several_pools_are_rejected_if_one_cannot_name_a_folder(name: str) -> None:
    pools = [write("one.tsv"), write(name)]
    with pytest.raises(
        InputError, match=r"^.*: G116 the folder of the pool cannot be called '.*': it .*; rename the pool$"
    ):
        list(run_pools(pools, Path("out"), GENERATE))
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("manifest.jsonl", MANIFEST),
        (".{asn_type}", HIDDEN),
        ("aux.{asn_type}", RESERVED),
        ("{asn_type}:1", "it has ':', which Windows does not allow in names"),
        ("{asn_type}.", ENDS),
    ],
)
def test_an_association_with_an_unusable_file_name_is_not_written(template: str, reason: str) -> None:
    settings = GenerateOptions(ruleset(rule(), keywords={"file_name": template}))
    (done,) = run_pools([write("one.tsv")], Path("out"), settings)
    name = template.replace("{asn_type}", "stack")
    assert [str(found) for found in done.findings] == [
        f"out: G116 the file of an association of Image cannot be called '{name}': {reason}; "
        "correct file_name in the rule set's keywords"
    ]
    assert not Path("out").exists()


def generate(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    return run_main(capsys, "generate", "one.tsv", *LYNX, *arguments)


def contents() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def linked(target: str) -> Iterator[str]:
    Path("soft").symlink_to(target)
    yield "soft"
    os.link(target, "hard")
    yield "hard"


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("one.tsv", "the pool one.tsv"),
        ("lynx/ruleset.yaml", "the rule file lynx/ruleset.yaml"),
        ("lynx/image.yaml", "the rule file lynx/image.yaml"),
        ("lynx/unused.yml", "the rule file lynx/unused.yml"),
        ("out/manifest.jsonl", "the manifest of batches"),
        ("out/p007-z9_stack_01_asn.json", "the association p007-z9_stack_01_asn.json"),
        ("out/P007-z9_STACK_01_asn.json", "the association p007-z9_stack_01_asn.json"),
        ("out/earlier_asn.json", "an existing association file"),
        ("elsewhere_ASN.json", "an existing association file"),
    ],
)
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_the_orphans_file_never_replaces_another_file(
    capsys: pytest.CaptureFixture[str], target: str, what: str, dry: tuple[str, ...]
) -> None:
    write("one.tsv")
    write_ruleset(Path("lynx"), rule(), rule("Unused", select={"camera": {"column": "CAMERA", "is": "absent"}}))
    Path("lynx/unused.yaml").rename("lynx/unused.yml")
    Path("out").mkdir()
    if not Path(target).exists():
        Path(target).write_text("before")
    for name in (target, f"lynx/../{target}", *linked(target)):
        if name == "hard" and "association" in what:
            continue  # renaming over a hard link leaves the other name alone
        if name == "hard" and "manifest" in what:
            continue
        before = contents()
        ran = generate(capsys, "-o", "out", "--save-orphans", name, *dry)
        assert ran.status == 2
        assert f"{name}: G114 the orphans would replace {what}; choose another file for them" in ran.stderr
        assert contents() == before


def test_an_association_never_replaces_a_pool_or_a_rule_file(capsys: pytest.CaptureFixture[str]) -> None:
    pool = write("p007-z9_stack_01_asn.json")
    before = contents()
    ran = run_main(capsys, "generate", pool, *LYNX, "-o", ".")
    error = f"{pool}: G113 the association would replace {pool}, which is read; choose another folder\n"
    assert (ran.status, error in ran.stderr, contents()) == (2, True, before)
    for layout in ("flat", "pool"):
        record = run([pool], Path(), layout)[pool].record
        assert record.status == ("failed" if layout == "flat" else "done")
    assert Path(pool).read_bytes() == before[pool]
    write_ruleset(Path("other"), rule(), keywords={"file_name": "ruleset.yaml"})
    ran = run_main(capsys, "generate", write("two.tsv"), "--ignore-default", "--rules", "other", "-o", "other")
    assert "other/ruleset.yaml: G113 the association would replace other/ruleset.yaml, which is read" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "report"),
    [
        (("compare", "expected", "expected/a_asn.json"), "expected/a_asn.json"),
        (("compare", "expected", "expected"), "expected/a_asn.json"),
        (("compare", "expected", "expected"), "soft"),
        (("compare", "expected", "expected", "--allow", "allow.yaml"), "allow.yaml"),
        (("regress", "suite.yaml"), "suite.yaml"),
        (("regress", "suite.yaml"), "one.tsv"),
        (("regress", "suite.yaml"), "expected/a_asn.json"),
        (("regress", "suite.yaml"), "lynx/image.yaml"),
        (("rules", "test", "lynx"), "lynx/image.yaml"),
        (("rules", "test", "lynx"), "lynx/image.cases.yaml"),
        (("rules", "test", "lynx/image.yaml"), "lynx/ruleset.yaml"),
        (("rules", "test", "lynx/image.cases.yaml"), "lynx/image.cases.yaml"),
    ],
)
def test_a_report_never_replaces_a_file_that_is_read(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], report: str
) -> None:
    write("one.tsv")
    Path("expected").mkdir()
    Path("expected/a_asn.json").write_text("{}")
    Path("soft").symlink_to("expected/a_asn.json")
    Path("allow.yaml").write_text("allow:\n- {kind: missing, reason: known}\n")
    entry = "{pool: one.tsv, expected: expected, rules: [lynx], ignore_default: 'true'}"
    Path("suite.yaml").write_text(f"entries:\n- {entry}\n")
    Path("lynx/image.cases.yaml").write_text("cases: []\n")
    before = contents()
    ran = run_main(capsys, *arguments, "--junit", report)
    assert ran.status == 2
    assert f"--junit {report}: it is an input file; name another file." in " ".join(ran.stderr.split())
    assert contents() == before


def test_a_report_can_replace_an_earlier_report_in_an_input_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("expected").mkdir()
    list(run_pools([write("one.tsv")], Path("expected"), GENERATE))
    for _ in range(2):
        assert run_main(capsys, "compare", "expected", "expected", "--junit", "expected/report.xml").status == 0


def test_an_archive_never_replaces_a_pool(capsys: pytest.CaptureFixture[str]) -> None:
    write("pool.zip")
    ran = run_main(capsys, "batch", "pool.zip", *LYNX, "--archive", "pool.zip")
    assert (ran.status, "--archive pool.zip: it is an input file" in " ".join(ran.stderr.split())) == (
        2,
        True,
    )
    assert json.dumps(Path("pool.zip").read_text()).startswith('"FILE')
