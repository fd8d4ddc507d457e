"""SECURITY.md: each sentence of its lists is the docstring of a test, and each docstring is a sentence there."""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from support.command import LYNX, Ran, run_main
from support.observatory import pool_text, rule, write_ruleset
from support.sandbox import watched

from asnforge import read_pool
from asnforge.cli.main import command
from asnforge.findings import InputError
from asnforge.pool import limits

ROOT = Path(__file__).parents[2]
POOL = pool_text("FILE PROPOSAL CAMERA CANDIDATES\na_raw.f 7 red o1/night")
HEADER = POOL.splitlines()[0]
FILE = "p007-o1_stack_01_asn.json"

Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), rule())
    Path("pool.tsv").write_text(POOL)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *arguments: run_main(capsys, *arguments)


def rejected(pool: str) -> str:
    with pytest.raises(InputError) as caught:
        read_pool(pool)
    return str(caught.value)


def help_of(verb: str, option: str) -> str:
    parameters = command.get_command(None, verb).params  # type: ignore[arg-type, union-attr]
    (parameter,) = [parameter for parameter in parameters if option in parameter.opts]
    return str(parameter.help)


def test_the_command_line_is_trusted(run: Run) -> None:
    """The command line is trusted: a file or folder that you name is read or written wherever it is, through links as well."""
    Path("elsewhere").mkdir()
    Path("link.tsv").symlink_to("pool.tsv")
    Path("out").symlink_to("elsewhere")
    assert run("generate", "link.tsv", *LYNX, "-o", "out", "--all-candidates").status == 0
    assert [path.name for path in Path("elsewhere").iterdir()] == [FILE]


def test_the_scheduler_is_trusted() -> None:
    """The Dask scheduler that `--scheduler` names is trusted: tasks and results are pickled, and tcp:// has neither password nor encryption."""  # noqa: E501
    assert "pickle" in help_of("batch", "--scheduler")


def test_the_manifest_is_trusted_without_force(run: Run) -> None:
    """The manifest in the output folder is trusted to say which files are up to date, by their sizes and times; `batch --force` trusts nothing."""  # noqa: E501
    assert run("batch", "pool.tsv", *LYNX, "-o", "out", "--all-candidates").status == 0
    (path,) = Path("out").rglob(FILE)
    status, data = path.stat(), path.read_bytes()
    path.write_bytes(data.replace(b"red", b"\xd1\x80d"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert run("batch", "pool.tsv", *LYNX, "-o", "out", "--all-candidates").status == 0
    assert path.read_bytes() != data
    assert run("batch", "pool.tsv", *LYNX, "-o", "out", "--all-candidates", "--force").status == 0
    assert path.read_bytes() == data


def test_a_votable_with_external_references_is_rejected() -> None:
    """Reading a pool opens nothing but the pool: a VOTable that refers to other files or addresses is rejected."""
    secret = Path("secret.txt").resolve()
    secret.write_text("secret")
    Path("pool.vot").write_text(
        '<?xml version="1.0"?><VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>'
        '<FIELD name="FILE" datatype="char" arraysize="6"/>'
        f'<DATA><BINARY><STREAM href="file://{secret}"/></BINARY></DATA></TABLE></RESOURCE></VOTABLE>'
    )
    seen = watched("generate", "pool.vot", *LYNX, "-o", "out")
    assert (seen.status, seen.connections) == (2, ())
    assert "secret.txt" not in seen.opened
    assert "P117 " in seen.stderr


def test_nothing_is_downloaded() -> None:
    """A name that looks like an address is a file name: nothing is downloaded."""
    seen = watched("generate", "http://127.0.0.1:9/pool.tsv", *LYNX, "-o", "out")
    assert (seen.status, seen.connections) == (2, ())


@pytest.mark.parametrize(("verb", "link"), [("generate", FILE), ("batch", "pool"), ("batch", "manifest.jsonl")])
def test_links_in_the_output_folder_are_not_followed(run: Run, verb: str, link: str) -> None:
    """A symbolic link with the name of an association, a pool's folder or the manifest is not followed, and nothing is written."""  # noqa: E501
    Path("out").mkdir()
    Path("victim").mkdir()
    Path("out", link).symlink_to(Path("victim").resolve() / ("" if link == "pool" else "file"))
    assert run(verb, "pool.tsv", *LYNX, "-o", "out", "--all-candidates").status == 2
    assert list(Path("victim").iterdir()) == []


def test_a_batch_removes_only_its_own_unchanged_files(run: Run) -> None:
    """A batch removes only association files that an earlier batch wrote for the same pool and that have not changed since."""
    run("batch", "pool.tsv", *LYNX, "-o", "out", "--all-candidates")
    manifest = Path("out/manifest.jsonl")
    record = json.loads(manifest.read_text())
    record["files"] += ["notes.txt", "../pool.tsv", "other/x_asn.json"]
    manifest.write_text(json.dumps(record) + "\n")
    Path("out/other").mkdir()
    for name in ("notes.txt", "other/x_asn.json"):
        Path("out", name).write_text("mine")
    run("batch", "pool.tsv", *LYNX, "-o", "out", "--all-candidates")
    assert all(Path("out", name).exists() for name in ("notes.txt", "../pool.tsv", "other/x_asn.json"))


@pytest.mark.parametrize("key", ["pool", "expected"])
def test_a_suite_reads_only_below_its_roots(run: Run, key: str) -> None:
    """A suite reads only below its own folder and the folders given with `--root`."""
    Path("suite").mkdir()
    Path("suite/pool.tsv").write_text(POOL)
    entry = {"pool": "pool.tsv", "expected": "expected", key: "../pool.tsv"}
    text = ", ".join(f"{name}: {value}" for name, value in entry.items())
    Path("suite/suite.yaml").write_text(f"entries:\n- {{{text}}}\n")
    ran = run("regress", "suite/suite.yaml")
    assert ran.status == 2
    assert "C124 " in ran.stderr
    assert "C124 " not in run("regress", "suite/suite.yaml", "--root", ".").stderr


def test_accept_writes_only_below_the_suite(run: Run) -> None:
    """`regress --accept` writes only below the suite's folder, and replaces only files that it writes itself."""
    for name in ("victim", "suite/expected"):
        Path(name).mkdir(parents=True)
        Path(name, "mine_asn.json").write_text("{}")
    Path("suite/pool.tsv").write_text(POOL)
    for number, expected in enumerate(("../victim", "expected")):
        Path(f"suite/{number}.yaml").write_text(f"entries:\n- {{pool: pool.tsv, expected: {expected}}}\n")
        assert run("regress", f"suite/{number}.yaml", "--accept").status == 2
    names = [path.name for folder in ("victim", "suite/expected") for path in Path(folder).iterdir()]
    assert names == ["mine_asn.json"] * 2


@pytest.mark.parametrize("program", ["..", "../x", "manifest.jsonl"])
def test_names_from_data_stay_in_the_output_folder(run: Run, program: str) -> None:
    """A name made from a pool or a rule never leaves the output folder, and is never the name of a file that asnforge uses itself."""  # noqa: E501
    Path("pool.tsv").write_text(POOL.replace("\t7\t", f"\t{program}\t"))
    before = sorted(path for path in Path().iterdir() if path.name != "out")
    run("batch", "pool.tsv", *LYNX, "-o", "out", "--layout", "program")
    assert sorted(path for path in Path().iterdir() if path.name != "out") == before
    assert not Path("out/manifest.jsonl").is_dir()


@pytest.mark.parametrize("orphans", ["pool.tsv", "lynx/ruleset.yaml", f"out/{FILE}", "earlier_asn.json"])
def test_the_orphans_file_replaces_no_input(run: Run, orphans: str) -> None:
    """The orphans file never replaces a pool or rule file that is read, or an association file."""
    path = Path(orphans)
    Path("earlier_asn.json").write_text("{}")
    before = path.read_bytes() if path.exists() else None
    arguments = ("generate", "pool.tsv", *LYNX, "-o", "out", "--all-candidates", "--save-orphans", orphans)
    assert "G114 " in run(*arguments).stderr
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("name", ["aux", "a:b", "a. "])
def test_names_in_archives_are_portable(run: Run, name: str) -> None:
    """Names in an archive work on every operating system."""
    Path(f"{name}.tsv").write_text(POOL)
    assert run("batch", f"{name}.tsv", "pool.tsv", *LYNX, "--all-candidates", "--archive", "all.zip").status == 2
    with zipfile.ZipFile("all.zip") as archive:
        assert archive.namelist() == [f"pool/{FILE}"]


@pytest.mark.timeout(60)  # a backtracking matcher takes longer than the age of the universe
def test_regular_expressions_take_linear_time(run: Run) -> None:
    """Regular expressions in rule files are matched in linear time."""
    pattern = "(a|a)*(a|a)*(a|a)*b"
    write_ruleset(Path("slow"), rule(select={"camera": {"column": "CAMERA", "matches": pattern}}))
    Path("pool.tsv").write_text(POOL.replace("red", "a" * 5_000))
    assert run("generate", "pool.tsv", "--ignore-default", "--rules", "slow", "-o", "out").status == 0


@pytest.mark.parametrize("text", ["&a x", "!!python/name:os.system x"])
def test_yaml_aliases_and_tags_are_rejected(run: Run, text: str) -> None:
    """Aliases and tags in YAML files are rejected."""
    Path("rule.yaml").write_text(f"rule: {text}\n")
    assert "R110 " in run("rules", "check", "rule.yaml").stdout + run("rules", "check", "rule.yaml").stderr


def test_a_cached_rule_set_runs_no_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule set from the cache consists of plain values: nothing in that file is run, and only a file that nobody else can
    write is read.
    """
    monkeypatch.setenv("ASNFORGE_CACHE", "cache")
    monkeypatch.delenv("ASNFORGE_NO_CACHE", raising=False)
    for content in (b"cos\nmkdir\n(S'harm'\ntR.", b"casnforge.rules.ruleset\nshlex.os.mkdir\n(S'harm'\ntR."):
        assert run("generate", "pool.tsv", *LYNX, "-o", "out").status == 0
        (entry,) = Path("cache/rulesets").iterdir()
        entry.write_bytes(sha256(content).digest() + content)
    assert run("generate", "pool.tsv", *LYNX, "-o", "out").status == 0
    assert not Path("harm").exists()
    entry.chmod(0o666)
    assert run("generate", "pool.tsv", *LYNX, "-o", "out").status == 0
    assert entry.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("value", ["\x1b[2J", "\x9b2J", "a\u202eb", "a\u2066b"])
def test_displayed_values_are_escaped(run: Run, value: str) -> None:
    """Everything displayed is escaped: control characters, line breaks and marks that change the direction of text have no effect."""  # noqa: E501
    Path("pool.tsv").write_text(POOL.replace("red", value))
    for ran in (run("explain", "pool.tsv", *LYNX), run("generate", f"no\n{value}.tsv"), run(value)):
        assert value not in ran.stdout + ran.stderr
        assert f"\n{value}" not in ran.stderr


@pytest.mark.parametrize("arguments", [("generate",), ("explain",), ("validate",), ("rules", "check"), ("regress",)])
@pytest.mark.timeout(30)
def test_special_files_are_not_read(run: Run, arguments: tuple[str, ...]) -> None:
    """Pipes, sockets and devices are not read, unless the shell opened them for the command."""
    os.mkfifo("pipe")
    assert run(*arguments, "pipe").status == 2
    reading, writing = os.pipe()
    os.write(writing, POOL.encode())
    os.close(writing)
    assert run("generate", f"/dev/fd/{reading}", *LYNX, "-o", "out", "--all-candidates").files == [FILE]
    os.close(reading)


def test_a_pool_that_changes_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that changes while it is being read is rejected."""
    from asnforge.pool import read

    read_header = vars(read)["read_header"]

    def changing(*arguments: object, **options: object) -> object:
        Path("pool.tsv").write_text(POOL * 2)
        return read_header(*arguments, **options)

    monkeypatch.setattr(read, "read_header", changing)
    assert " the pool changed while it was being read" in rejected("pool.tsv")


def test_a_list_is_read_once(run: Run) -> None:
    """A list of pools is read only once, even if it is named several times."""
    for number in range(12):
        names = ["pool.tsv"] if number == 11 else [f"l{number + 1}.list"] * 10
        Path(f"l{number}.list").write_text("".join(f"{name}\n" for name in names))
    assert "1 pool " in run("batch", "l0.list", *LYNX, "-o", "out").stdout


@pytest.mark.timeout(60)
def test_a_pattern_searches_each_folder_once(run: Run) -> None:
    """A pattern in a list of pools or a suite searches each folder at most once for each part of the pattern."""
    Path("deep", *"abcdefgh").mkdir(parents=True)
    Path("deep/up").symlink_to("..")
    pattern = "**/" * 40 + "*.zzz"
    Path("pools.list").write_text(pattern)
    Path("suite.yaml").write_text(f'entries:\n- pool: "{pattern}"\n  expected: expected\n')
    assert run("batch", "pools.list", *LYNX, "-o", "out").status == 2
    assert run("regress", "suite.yaml").status == 2


def test_header_limit() -> None:
    """The header line of a pool has at most 128 KiB, and at most 1 MiB of blank lines and comments come before it."""
    assert (limits.LONGEST_HEADER, limits.LONGEST_BEFORE_HEADER) == (128 * 1024, 1024 * 1024)
    Path("pool.tsv").write_text(f"{HEADER}\t{'x' * limits.LONGEST_HEADER}\n")
    assert "P1" in rejected("pool.tsv")
    Path("pool.tsv").write_text("#\n" * (limits.LONGEST_BEFORE_HEADER // 2) + POOL)
    assert rejected("pool.tsv").startswith("pool.tsv: P116 the first 1 MiB have only empty lines and comments; ")


def test_cell_and_row_limits() -> None:
    """A cell of a pool has at most 512 KiB, and a row at most 1 MiB; a row beyond these limits is skipped."""
    assert (limits.LONGEST_CELL, limits.LONGEST_ROW) == (512 * 1024, 1024 * 1024)
    Path("pool.tsv").write_text(POOL + POOL.splitlines()[1].replace("red", "r" * (limits.LONGEST_CELL + 1)) + "\n")
    pool = read_pool("pool.tsv")
    assert (len(pool), pool.faulty_lines) == (1, (3,))


def test_line_limit() -> None:
    """A line of a pool has at most 16 MiB."""
    assert limits.LONGEST_LINE == 16 * 1024**2
    Path("pool.tsv").write_text(POOL + "a" * (limits.LONGEST_LINE + 1))
    assert rejected("pool.tsv") == ("pool.tsv:3: P116 the line is longer than 16 MiB; check for missing line breaks")


def test_malformed_rows_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 250,000 rows of a pool can be malformed."""
    assert limits.MOST_REJECTED_ROWS == 250_000
    monkeypatch.setattr(limits, "MOST_REJECTED_ROWS", 10)
    Path("pool.tsv").write_text(POOL + "x\n" * 11)
    assert "P116 " in rejected("pool.tsv")


def test_compression_limit() -> None:
    """A compressed pool expands to at most 200 times its compressed size, or to 64 MiB if that is more."""
    assert (limits.HIGHEST_RATIO, limits.ALWAYS_ALLOWED) == (200, 64 * 1024**2)
    row = POOL.splitlines()[1]
    with gzip.open("pool.tsv.gz", "wb", 9) as file:
        file.write(POOL.encode())
        for _ in range(70):
            file.write(f"{row}{' ' * (1024 - len(row) - 1)}\n".encode() * 1024)
    assert "P116 the gzip file expands to more than 200 times its size" in rejected("pool.tsv.gz")


def test_size_limits() -> None:
    """A text pool has at most 64 GiB, and a pool from a pipe or in another format at most 4 GiB."""
    assert (limits.LARGEST, limits.LARGEST_IN_MEMORY) == (64 * 1024**3, 4 * 1024**3)
    with Path("pool.tsv").open("wb") as file:
        file.truncate(limits.LARGEST + 1)
    assert "pool.tsv: P116 the pool is larger than 64 GiB" in rejected("pool.tsv")


def test_list_limits(run: Run) -> None:
    """A list of pools has at most 64 MiB, and lists are nested at most 50 levels deep."""
    for number in range(60):
        Path(f"l{number}.list").write_text(f"l{number + 1}.list\n")
    assert "nested more than 50 levels deep" in run("batch", "l0.list", *LYNX, "-o", "out").stderr
    with Path("long.list").open("wb") as file:
        file.truncate(64 * 1024**2 + 1)
    assert "larger than 64 MiB" in run("batch", "long.list", *LYNX, "-o", "out").stderr


def test_association_file_limits(run: Run) -> None:
    """An association file has at most 64 MiB and is nested at most 64 levels deep."""
    with Path("large_asn.json").open("wb") as file:
        file.truncate(64 * 1024**2 + 1)
    Path("deep_asn.json").write_text("[" * 65 + "]" * 65)
    output = run("validate", "large_asn.json", "deep_asn.json").stdout
    assert "large_asn.json: A103 is larger than 64 MiB" in output
    assert "A103 the JSON is nested deeper than 64 levels" in output


def test_findings_limit(run: Run) -> None:
    """At most 100 findings of an association file are displayed, unless `--limit` says otherwise."""
    members = [{"expname": "", "exptype": "science"} for _ in range(150)]
    Path("x_asn.json").write_text(json.dumps({"asn_id": "a", "asn_pool": "p", "products": [{"members": members}]}))
    assert len(re.findall(" A113 ", run("validate", "x_asn.json").stdout)) == 100
    assert len(re.findall(" A113 ", run("validate", "x_asn.json", "--limit", "0").stdout)) == 150


def test_yaml_limits(run: Run) -> None:
    """A YAML file has at most 100,000 bytes and is nested at most 24 levels deep."""
    Path("large.yaml").write_text(f"rule: {'x' * 100_000}\n")
    Path("deep.yaml").write_text(f"rule: {'[' * 25}{']' * 25}\n")
    for name in ("large.yaml", "deep.yaml"):
        assert run("rules", "check", name).status in (1, 2)


def test_regular_expression_limit(run: Run) -> None:
    """A regular expression has at most 500 characters."""
    write_ruleset(Path("long"), rule(select={"camera": {"column": "CAMERA", "matches": "x" * 501}}))
    assert "R203 " in run("rules", "check", "long").stdout


def test_each_sentence_has_a_test() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    sentences = {" ".join(item.split()) for item in re.findall(r"(?ms)^- (.*?)(?=^- |^\n|\Z)", text)}
    tested = {
        " ".join(value.__doc__.split())
        for name, value in vars(sys.modules[__name__]).items()
        if name.startswith("test_") and value.__doc__
    }
    assert sentences == tested
