"""Nothing from a file, a file name or an argument controls the terminal or forges a line, wherever it is displayed."""

from __future__ import annotations

import importlib
import json
import os
import pty
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from support.command import Ran, run_main
from support.hostile import FORGED, INLINE, LINES, Terminal, forbidden
from support.observatory import Content, pool_rows, rule, shared, write_ruleset, write_yaml
from support.runs import association, write_run

from asnforge.cli import generate, main

NIGHT = """
FILE       PROPOSAL CAMERA FIELD BAND GRID OBS INTENT STAR TROUBLE CANDIDATES
a_raw.fits 7        red    1     g    x    1   .      .    .       o1/night
b_raw.fits 7        red    1     g    x    2   .      .    .       o1/night
c_raw.fits 7        red    2     r    y    2   .      .    .       o1/night
d_raw.fits 7        red    .     z    y    2   .      .    .       o1/night
e_raw.fits 7        red    3     r    y    2   setup  .    .       o1/night
"""
HEADER, *ROWS = pool_rows(NIGHT)
RULES = ("--ignore-default", "--rules", "lynx")
FIELDS = rule(
    "Fields",
    select={"light": {"column": "BAND", "in": ["g", "r"]}, "open": {"column": "GRID", "is": "x"}},
    group_by={"field": {"column": "FIELD"}, "band": {"column": "BAND"}},
    attach={"setup": {"when": {"use": "setup"}, "match": ["OBS", "GRID"]}},
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a harmless rule set and pool; the hooks of Python are restored afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    write_ruleset(Path("lynx"), FIELDS)
    write_pool("night.tsv")


def write_pool(name: str, column: str = "", value: str = "", *, header: dict[str, str] | None = None) -> str:
    """Write the pool with a value in some rows of a column, or with other column names."""
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    for row in (rows[0], rows[3], rows[4]) if column else ():
        row[column] = value
    lines = [[(header or {}).get(name, name) for name in HEADER], *(list(row.values()) for row in rows)]
    text = "\n".join("\t".join(line) for line in lines) + "\n"
    Path(name).write_text(text, encoding="utf-8", errors="surrogateescape")
    return name


def displayed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Ran:
    """Run a command, and check its output in a pipe and on a terminal."""
    ran = run_main(capsys, *arguments)
    assert forbidden(ran.stdout + ran.stderr) == []
    out, err = Terminal(), Terminal()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit):
            main.main([*arguments])
    assert forbidden(out.getvalue() + err.getvalue()) == []
    return ran


POOL_COMMANDS = [
    ("generate", "POOL", "-o", "out", "-v", *RULES),
    ("generate", "POOL", "--dry-run", "--json", *RULES),
    ("generate", "POOL", "night.tsv", "--dry-run", *RULES),
    ("batch", "POOL", "night.tsv", "-o", "out", "-v", *RULES),
    ("batch", "POOL", "-o", "out", "--json", *RULES),
    ("explain", "POOL", *RULES),
    ("explain", "POOL", "2", "5", "--all", *RULES),
    ("explain", "POOL", "--orphans", "--all", *RULES),
    ("explain", "POOL", "--orphans", "--json", *RULES),
    ("explain", "POOL", "--why-not", "2", "3", "--all", *RULES),
    ("explain", "POOL", "--why-not", "5", "6", *RULES),
    ("rules", "coverage", "lynx", "-p", "POOL"),
    ("rules", "diff", "lynx", "lynx", "-p", "POOL"),
]


@pytest.mark.parametrize("column", HEADER)
def test_cells_of_a_pool_are_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    write_pool("hostile.tsv", column, INLINE)
    for words in POOL_COMMANDS:
        displayed(capsys, monkeypatch, *("hostile.tsv" if word == "POOL" else word for word in words))


@pytest.mark.parametrize("name", ["FILE", "CAMERA", "GRID"])
def test_column_names_are_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write_pool("hostile.tsv", header={name: INLINE})
    write_pool("twice.tsv", header={"FILE": INLINE, "GRID": INLINE})
    for pool in ("hostile.tsv", "twice.tsv"):
        displayed(capsys, monkeypatch, "generate", pool, "-o", "out", *RULES)


NAMES = [LINES.replace("/", "") + ".tsv", os.fsdecode(b"\xff\xfe\x9b.tsv"), "[red]x[/red", "[bold]q.tsv", "-x.tsv"]


@pytest.mark.parametrize("name", NAMES[:2] + NAMES[3:], ids=ascii)
@pytest.mark.parametrize("words", POOL_COMMANDS, ids=" ".join)
def test_file_names_are_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, words: tuple[str, ...]
) -> None:
    name = name.replace("<b>", "")
    write_pool(name)
    displayed(capsys, monkeypatch, *(f"./{name}" if word == "POOL" else word for word in words))


def test_markup_in_a_file_name_is_displayed_literally(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pool("[bold]q.tsv")
    ran = displayed(capsys, monkeypatch, "batch", "[bold]q.tsv", "-o", "out", *RULES)
    assert ran.stdout.splitlines()[1].split()[:2] == ["[bold]q.tsv", "done"]


def test_a_long_value_is_truncated(capsys: pytest.CaptureFixture[str]) -> None:
    write_pool("long.tsv", "BAND", "x" * 3000)
    for words in (["5"], ["--orphans"], []):
        ran = run_main(capsys, "explain", "long.tsv", *words, *RULES)
        assert max(map(len, ran.stdout.splitlines())) < 1000


HOSTILE_RULES: dict[str, Content] = {
    "title and about": {**FIELDS, "title": LINES, "about": LINES},
    "values": {**FIELDS, "select": {"light": {"column": "BAND", "in": [LINES, "``", "`"]}}},
    "a pattern": {**FIELDS, "select": {"light": {"column": "BAND", "matches": f"{LINES}?"}}},
    "columns": {**FIELDS, "select": {"light": {"column": INLINE, "is": "g"}}, "group_by": {"field": {"column": INLINE}}},
    "a requirement": {**FIELDS, "require": {"need": {"members": LINES}, "other": {"distinct": INLINE, "at_least": 2}}},
    "an attachment": {**FIELDS, "attach": {"setup": {"when": {"column": INLINE, "is": LINES}, "match": [INLINE], "as": LINES}}},
    "names": {**FIELDS, "rule": LINES, "asn_type": LINES},
    "an unknown keyword": {**FIELDS, LINES: LINES},
    "a reference": {**FIELDS, "use": [LINES], "product": LINES},
    "names of constraints": {**FIELDS, "select": {LINES: {"use": LINES}}},
    "a product": {**FIELDS, "product": f"{{{LINES}}}"},
}  # fmt: skip
OF_RULES = [
    ("rules", "check", "hostile"),
    ("rules", "show", "-r", "hostile"),
    ("rules", "show", "-r", "hostile", "--markdown"),
    ("rules", "show", "-r", "hostile", "Fields"),
    ("rules", "list", "hostile"),
    ("rules", "coverage", "hostile"),
    ("rules", "test", "hostile", "-v"),
    ("rules", "diff", "lynx", "hostile", "-p", "night.tsv"),
    ("generate", "night.tsv", "--dry-run", "--ignore-default", "-r", "hostile"),
    ("explain", "night.tsv", "--ignore-default", "-r", "hostile"),
    ("explain", "night.tsv", "2", "5", "--all", "--ignore-default", "-r", "hostile"),
]


@pytest.mark.parametrize("content", HOSTILE_RULES.values(), ids=HOSTILE_RULES)
def test_rules_are_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, content: Content
) -> None:
    Path("hostile").mkdir()
    write_yaml(Path("hostile/ruleset.yaml"), shared())
    write_yaml(Path("hostile/fields.yaml"), content)
    for words in OF_RULES:
        displayed(capsys, monkeypatch, *words)


HOSTILE_RULESETS: dict[str, Content] = {
    "title": {"title": LINES},
    "name": {"ruleset": LINES},
    "undefined": {"undefined": [LINES]},
    "columns": {"members": {"file_name": INLINE}},
    "patterns": {"members": {"pattern": f"{LINES}("}},
    "a condition": {"conditions": {"setup": {"column": "role", "is": LINES, "about": LINES}}},
    "a table": {"tables": {"lines": {"columns": ["A"], "rows": [[LINES]]}}},
    "a derived column": {"derived": {"level": {"about": LINES, "cases": [{"value": LINES}]}}},
    "parts of names": {"names": {"frame": {"key": LINES, "before": LINES}}},
    "keywords": {"keywords": {"degraded_status": {"none": LINES, "some": LINES}}},
    "unknown": {LINES: {LINES: LINES}},
}


@pytest.mark.parametrize("blocks", HOSTILE_RULESETS.values(), ids=HOSTILE_RULESETS)
def test_rule_sets_are_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, blocks: Content
) -> None:
    write_ruleset(Path("hostile"), FIELDS, **blocks)
    for words in OF_RULES:
        displayed(capsys, monkeypatch, *words)


@pytest.mark.parametrize(
    "text",
    ["rule: *{0}\n", "rule: &{0} x\n", "!{0} x\n", "rule: {0}\n", "{0}: [\n", '"\\e]0;x\\a": 1\n"\\e]0;x\\a": 2\n'],
)
def test_invalid_yaml_is_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    for inserted in ("a\x1b]0;x\x07", "a\x9bb", "a\u202eb", "a\x00b", "a\ufeffb"):
        Path("broken.yaml").write_text(text.replace("{0}", inserted), encoding="utf-8")
        for words in (
            ("rules", "check", "broken.yaml"),
            ("regress", "broken.yaml"),
            ("rules", "list", "broken.yaml"),
            ("compare", "--allow", "broken.yaml", "lynx", "lynx"),
        ):
            displayed(capsys, monkeypatch, *words)


CASES: Content = {
    "defaults": {"PROPOSAL": "7", "CAMERA": "red", "FIELD": "1", "BAND": "g", "GRID": "x", "CANDIDATES": LINES},
    "cases": {
        LINES: {"exposures": {"one": {"BAND": LINES}, "two": {}}, "expect": {"together": [["one", "two"]]}},
        "names": {"exposures": {LINES: {}, "two": {"FILE": LINES}}, "expect": {"together": [[LINES, "two"]]}},
        "products": {"exposures": {"one": {}}, "expect": {"products": {LINES: ["one", LINES]}}},
        "rejected": {"exposures": {"one": {}}, "expect": {"left_out": {"one": LINES}}},
        "unknown": {"exposures": {"one": {INLINE: LINES}}, LINES: LINES, "expect": {LINES: LINES}},
    },
}


@pytest.mark.parametrize("case", CASES["cases"])
def test_cases_are_escaped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    for defaults in (CASES["defaults"], {**CASES["defaults"], "CANDIDATES": ""}):
        write_yaml(Path("lynx/fields.cases.yaml"), {"defaults": defaults, "cases": {case: CASES["cases"][case]}})
        for words in (
            ("rules", "test", "lynx", "-v"),
            ("rules", "test", "lynx", "--json"),
            ("rules", "test", "lynx", "--junit", "junit.xml"),
            ("rules", "coverage", "lynx"),
            ("rules", "check", "lynx"),
        ):
            displayed(capsys, monkeypatch, *words)
        assert_harmless_xml(Path("junit.xml"))


def assert_harmless_xml(path: Path) -> None:
    """The file is valid XML, and nothing in it controls a terminal."""
    text = path.read_text(encoding="utf-8")
    assert forbidden(text) == []
    for element in ElementTree.fromstring(text).iter():
        assert forbidden("".join(element.attrib.values()) + (element.text or "")) == []


HOSTILE = association(LINES, LINES, "b_cal.fits", exptype=LINES, asn_rule=LINES, target=LINES, asn_pool=LINES)
OTHER = association(LINES, LINES, "c_cal.fits", exptype=LINES, asn_rule=LINES, target="1", asn_pool=LINES)
ALONE = association(f"z{LINES}", "z_cal.fits", asn_type=LINES, asn_rule=LINES)


def test_associations_are_escaped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(Path("one"), HOSTILE)
    write_run(Path("other"), OTHER, ALONE)
    Path("unknown_asn.json").write_text(json.dumps({**HOSTILE, LINES: LINES, "products": LINES}), encoding="utf-8")
    Path("raw_asn.json").write_text(f'{{"a{INLINE}": {INLINE}}}', encoding="utf-8")
    Path("twice_asn.json").write_text(f"{{{json.dumps(LINES)}: 1, {json.dumps(LINES)}: 2}}", encoding="utf-8")
    Path("surrogate_asn.json").write_text('{"a\\ud800": "\\udfff"}', encoding="utf-8")
    write_yaml(Path("compact.yaml"), {LINES: {LINES: [LINES]}})
    write_yaml(
        Path("allow.yaml"), {"allow": [{"kind": "unexpected", "reason": LINES}, {"rule": LINES, "reason": LINES}]}
    )
    write_yaml(Path("wrong.yaml"), {"allow": [{"kind": LINES, LINES: LINES, "reason": LINES}]})
    for words in (
        ("validate", "one", "other", "unknown_asn.json", "raw_asn.json", "twice_asn.json", "surrogate_asn.json"),
        ("validate", "--json", "one", "unknown_asn.json", "surrogate_asn.json"),
        ("compare", "one", "other"),
        ("compare", "--strict", "one", "other"),
        ("compare", "--markdown", "one", "other"),
        ("compare", "--json", "one", "other"),
        ("compare", "--junit", "junit.xml", "--allow", "allow.yaml", "one", "other"),
        ("compare", "--allow", "wrong.yaml", "one", "other"),
        ("compare", "compact.yaml", "one"),
        ("compare", "raw_asn.json", "surrogate_asn.json"),
    ):
        displayed(capsys, monkeypatch, *words)
    assert_harmless_xml(Path("junit.xml"))


def test_suites_are_escaped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"pool": "night.tsv", "expected": f"x/{INLINE}", "rules": ["lynx"]}
    entries: list[Content] = [
        {"pool": f"{LINES}.tsv", "expected": LINES},
        {**entry, "expected": LINES.replace("/", "")},
        {"pool": "night.tsv", "expected": "one", "rules": [LINES], "scopes": LINES},
        {**entry, LINES: LINES},
        {**entry, "allow": LINES},
    ]
    for number, content in enumerate(entries):
        write_yaml(Path(f"suite{number}.yaml"), {"entries": [content]})
        displayed(capsys, monkeypatch, "regress", f"suite{number}.yaml")
        displayed(capsys, monkeypatch, "regress", f"suite{number}.yaml", "--json")
        displayed(capsys, monkeypatch, "regress", f"suite{number}.yaml", "--only", LINES)


REQUIRED = {
    "generate": ["night.tsv"],
    "batch": ["night.tsv", "-o", "out"],
    "explain": ["night.tsv"],
    "validate": ["lynx"],
    "compare": ["lynx", "lynx"],
    "regress": ["suite.yaml"],
    "rules check": ["lynx"],
    "rules coverage": ["lynx"],
    "rules list": ["lynx"],
    "rules show": ["-r", "lynx"],
    "rules test": ["lynx"],
    "rules diff": ["lynx", "lynx", "-p", "night.tsv"],
}
"""The arguments that a command requires."""


def options() -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Every command with each option that takes a value and each argument: words, option, number of values."""
    of_rules = importlib.import_module("asnforge.cli.rules").VERBS
    for package, verbs in (("asnforge.cli", main.VERBS), ("asnforge.cli.rules", of_rules)):
        for verb in verbs:
            command = importlib.import_module(f"{package}.{verb.replace('-', '_')}").command
            path = (verb,) if package == "asnforge.cli" else ("rules", verb)
            for parameter in command.params:
                if isinstance(parameter, click.Argument):
                    yield path, "", 1
                elif isinstance(parameter, click.Option) and not parameter.is_flag:
                    yield path, max(parameter.opts, key=len), parameter.nargs
            yield path, f"--{LINES}", 0


@pytest.mark.parametrize(("words", "option", "count"), list(options()), ids=lambda part: ascii(part)[:30])
def test_arguments_are_escaped(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    option: str,
    count: int,
) -> None:
    for value in (LINES, f"x{LINES}.yaml", os.fsdecode(b"\xff\x9b")):
        given = [value] * count
        if option:
            displayed(capsys, monkeypatch, *words, *REQUIRED.get(" ".join(words), []), option, *given)
        elif words != ("rules",):
            displayed(capsys, monkeypatch, *words, value)
            displayed(capsys, monkeypatch, *words, *REQUIRED.get(" ".join(words), []), value)


@pytest.mark.parametrize(
    "words", [(LINES,), ("rules", LINES), ("codes", LINES), (f"--{LINES}",), ("rules", f"--{LINES}")], ids=ascii
)
def test_a_usage_error_is_on_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    ran = displayed(capsys, monkeypatch, *words)
    assert (ran.status, ran.stdout) == (2, "")
    *_, blank, message = ran.stderr.splitlines()
    assert blank == ""
    assert message.startswith("Error: ")
    assert f"\\n{FORGED}" in message


@pytest.mark.parametrize("words", [(), ("generate",), ("rules",), ("generate", "--help"), ("--help",)])
def test_help_keeps_its_line_breaks(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    ran = run_main(capsys, *words)
    assert "\\n" not in ran.stdout + ran.stderr
    assert len((ran.stdout + ran.stderr).splitlines()) > 3


ERRORS = [OSError(5, LINES, LINES), ValueError(LINES), OSError(LINES)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_system_errors_and_internal_errors_are_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(generate.command, "callback", fail)
    monkeypatch.delenv("ASNFORGE_DEBUG", raising=False)
    ran = run_main(capsys, "generate", "x.tsv")
    assert [problem for problem in forbidden(ran.stderr) if problem != "internal error"] == []


def test_warnings_of_libraries_are_escaped_and_on_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def warn(**_: object) -> None:
        warnings.warn(LINES, UserWarning, stacklevel=1)

    monkeypatch.setattr(generate.command, "callback", warn)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        main_ran = run_main(capsys, "generate", "x.tsv")
    (line,) = main_ran.stderr.splitlines()
    assert line.startswith("asnforge: UserWarning: a\\x1b]0;title")


def test_a_traceback_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    run_main(capsys, "codes")
    try:
        raise ValueError(INLINE)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    text = capsys.readouterr().err
    assert text.startswith("Traceback (most recent call last):\n")
    assert forbidden(text) == ["Traceback"]


def test_the_orphans_file_and_json_keep_original_values(capsys: pytest.CaptureFixture[str]) -> None:
    write_pool("hostile.tsv", "OBS", INLINE)
    write_ruleset(Path("lynx"), rule("Fields", select={"first": {"column": "OBS", "is": "1"}}))
    run_main(capsys, "generate", "hostile.tsv", "-o", "out", "--save-orphans", "orphans.tsv", *RULES)
    assert INLINE in Path("orphans.tsv").read_bytes().decode("utf-8")
    result = json.loads(run_main(capsys, "explain", "hostile.tsv", "2", "--json", "--all", *RULES).stdout)
    failures = [failure for outcome in result[0]["rules"] for failure in outcome["failures"]]
    assert failures[0]["readings"][0]["found"] == INLINE


def test_markdown_of_rules_displays_titles_literally(capsys: pytest.CaptureFixture[str]) -> None:
    title = "<script>x</script> [link](http://x.org) ![image](y) `code` | cell **bold** #1 www.x.org"
    write_ruleset(Path("marked"), {**FIELDS, "title": title, "about": title}, title=title)
    text = run_main(capsys, "rules", "show", "-r", "marked", "--markdown").stdout
    escaped = (
        r"\<script\>x\</script\> \[link\](http\://x.org) !\[image\](y) \`code\` \| cell \*\*bold\*\* \#1 www\.x.org"
    )
    lines = text.splitlines()
    assert lines[0] == f"# {escaped}"
    assert next(line for line in lines if line.startswith("| [Fields]")).endswith(f"| `stack` | {escaped} |")
    assert f"{escaped} Makes `stack` associations." in lines


@pytest.mark.parametrize(
    "words",
    [("explain", "hostile.tsv"), ("batch", "hostile.tsv", "-o", "out"), ("generate", LINES), (LINES,)],
    ids=ascii,
)
def test_output_on_a_pseudo_terminal_is_escaped(words: tuple[str, ...]) -> None:
    write_pool("hostile.tsv", "BAND", INLINE)
    options = RULES if len(words) > 1 else ()
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "asnforge", *words, *options], stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        read = b""
        while True:
            try:
                read += os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
        process.wait(60)
    os.close(ours)
    text = read.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    assert text
    assert forbidden(text) == []
