"""Rule files that are broken or meant to do harm: each gives a finding, soon, and no traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.rule_files import IMAGE, RULESET, write_rules

from asnforge.findings import InputError
from asnforge.lint.check_rules import check_rules
from asnforge.rulefiles.load import read_ruleset

LINES = "\n".join


def text(content: str | bytes, file: str = "image.yaml") -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)


def shared(block: str, entries: list[str]) -> Callable[[Path], object]:
    return text(
        RULESET.replace(f"{block}:\n", f"{block}:\n" + LINES(f"  {entry}" for entry in entries) + "\n", 1),
        "ruleset.yaml",
    )


def image(old: str, new: str) -> Callable[[Path], object]:
    return text(IMAGE.replace(old, new, 1))


def instead(make: Callable[[Path], object], file: str = "image.yaml") -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / file).unlink()
        make(folder / file)

    return change


def sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(100_000_000)


HOSTILE = {
    "bomb of aliases": (
        text(
            LINES(["a: &a [x, x]", *(f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))])
        ),
        "image.yaml:1:4: R110 sets the anchor &a",
    ),
    "deep lists": (text("a: " + "[" * 40_000), "image.yaml:1:27: R111 is nested more than 24 deep"),
    "deep mappings": (text("{a: " * 20_000), "image.yaml:1:97: R111 is nested more than 24 deep"),
    "deep lists after strings with brackets": (
        text("a: [" + "'[', " * 60 + "[" * 40_000),
        "image.yaml:1:327: R111 is nested more than 24 deep",
    ),
    "deep lists on lines of their own": (
        text("a:\n" + " [\n" * 9_000),
        "image.yaml:25:2: R111 is nested more than 24 deep",
    ),
    "brackets in a string": (text("a: '" + "[" * 9_000), "image.yaml:1:9005: R102"),
    "deep lines": (text(LINES(" " * depth + "a:" for depth in range(400))), "image.yaml:25:25: R111 is nested more"),
    "scalar of 100 MB": (instead(sparse), "image.yaml: R111 is 100000000 bytes long, a rule file at most 100000"),
    "scalar that is just not too large": (text("rule: " + "x" * 90_000), "image.yaml:1:1: R105 the file lacks title"),
    "thousands of empty lists": (text("a: [" + "[]," * 30_000 + "]"), "image.yaml:1:1: R104 a is not known here"),
    "thousands of unknown keys": (
        text(LINES(f"k{i}: x" for i in range(8000))),
        "image.yaml:1:1: R104 k0 is not known",
    ),
    "thousands of constraints": (
        image("select:\n", "select:\n" + LINES(f"  k{i}: {{column: A, is: b}}" for i in range(2500)) + "\n"),
        "image.yaml:6:3: R111 select has 2503 entries, at most 100 are read",
    ),
    "thousands of wrong constraints": (
        image("select:\n", "select:\n" + LINES(f"  k{i}: {{usse: calm}}" for i in range(2500)) + "\n"),
        "image.yaml:6:8: R104 usse is not known here; did you mean use?",
    ),
    "thousands of unused conditions": (
        shared("conditions", [f"k{i}: {{column: KIND, is: a{i}}}" for i in range(2000)]),
        "ruleset.yaml:24:7: R306 warning: nothing uses the condition k0",
    ),
    "conditions that stand for millions": (
        shared(
            "conditions",
            [
                "l0: {column: A, is: b}",
                *(f"l{i}: {{any: [{', '.join([f'{{use: l{i - 1}}}'] * 8)}]}}" for i in range(1, 8)),
            ],
        ),
        "ruleset.yaml:28:7: R111 the condition l4 stands for 4681 constraints",
    ),
    "a chain of conditions": (
        shared("conditions", ["l0: {column: A, is: b}", *(f"l{i}: {{use: l{i - 1}}}" for i in range(1, 2000))]),
        "ruleset.yaml:32:7: R111 the condition l8 uses others more than 8 deep",
    ),
    "a circle of three conditions": (
        shared("conditions", ["a: {use: b}", "b: {not: {use: c}}", "c: {use: a}"]),
        "ruleset.yaml:26:12: R202 the condition a uses itself: a -> b -> c -> a",
    ),
    "a circle of thousands of conditions": (
        shared("conditions", [f"l{i}: {{use: l{(i + 1) % 2000}}}" for i in range(2000)]),
        "ruleset.yaml:24:7: R111 the condition l0 uses others more than 8 deep",
    ),
    "a chain of derived columns": (
        shared(
            "derived", ["l0: {cases: [{copy: A}]}", *(f"l{i}: {{cases: [{{copy: l{i - 1}}}]}}" for i in range(1, 2000))]
        ),
        "ruleset.yaml:48:8: R111 the derived column l16 is made through more than 16 others",
    ),
    "a circle of derived columns": (
        shared("derived", ["a: {cases: [{copy: b}]}", "b: {cases: [{copy: c}]}", "c: {cases: [{copy: a}]}"]),
        "ruleset.yaml:32:6: R202 the derived column a is made from itself: a -> b -> c -> a",
    ),
    "long regular expression": (
        image(r"'0[.]\d+'", f"'{'a?' * 40_000}'"),
        f"image.yaml:11:35: R203 the regular expression {'a?' * 28}a... has 80000 characters, the limit is 500",
    ),
    "regular expression that expands": (
        image(r"'0[.]\d+'", r"'(?:(?:\pL{9}){9}){9}'"),
        r"image.yaml:11:35: R203 the regular expression (?:(?:\pL{9}){9}){9} is too complex",
    ),
    "NUL": (text(b"rule: a\0b\n"), "image.yaml:1:8: R102 invalid YAML: a control character"),
    "Latin 1": (
        text("rule: Image\ntitle: Größe\n".encode("latin1")),
        "image.yaml:2:10: R102 is no text in UTF-8: the byte 0xf6",
    ),
    "UTF-16": (text(IMAGE.encode("utf-16")), "image.yaml:1:1: R102 is no text in UTF-8: the byte 0xff"),
    "bytes of any kind": (text(bytes(range(256))), "image.yaml:2:118: R102 is no text in UTF-8: the byte 0x80"),
    "nothing": (text(""), "image.yaml:1:1: R106 the file is empty, wanted is a mapping"),
    "a word": (text("hello"), "image.yaml:1:1: R106 the file is the text 'hello', wanted is a mapping"),
    "a list": (text("- a"), "image.yaml:1:1: R106 the file is a list, wanted is a mapping"),
    "half a character": (image("Images of one target", '"\\uD800"'), "image.yaml:2:11: R102 invalid YAML"),
    "a template that reaches for more": (
        image("product: usual", "product: '{program.__class__}'"),
        "image.yaml:25:10: R201 there is no name part program.__class__",
    ),
    "a count beyond measure": (
        image("at_least: 2, in", "at_least: 99999999999999999999, in"),
        "image.yaml:23:39: R107 at_least of nights",
    ),
    "a digit of another script": (
        image("at_least: 2, in", "at_least: ٣, in"),
        "image.yaml:23:39: R107 at_least of nights",
    ),
    "a folder": (instead(Path.mkdir), "image.yaml: R101 cannot be read: it is a folder; give a file inside it"),
    "a link to itself": (instead(lambda path: path.symlink_to(path.name)), "image.yaml: R101 cannot be read"),
    "a link to nothing": (instead(lambda path: path.symlink_to("nowhere")), "image.yaml: R101 cannot be read"),
    "a pipe": (instead(os.mkfifo), "image.yaml: R101 is no file"),
    "a device": (instead(lambda path: path.symlink_to("/dev/zero")), "image.yaml: R101 is no file"),
    "a pipe of what is shared": (instead(os.mkfifo, "ruleset.yaml"), "ruleset.yaml: R101 is no file"),
    "nothing of what is shared": (text("", "ruleset.yaml"), "ruleset.yaml:1:1: R106 the file is empty"),
}


@pytest.mark.parametrize(("change", "said"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(20)
def test_a_finding_and_no_traceback(
    change: Callable[[Path], object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    change(write_rules(Path("heron")))
    findings = check_rules("heron").findings
    assert str(findings[0]).removeprefix("heron/").startswith(said)
    if findings[0].severity == "error":
        with pytest.raises(InputError) as stop:
            read_ruleset("heron")
        assert str(findings[0]) in map(str, stop.value.findings)


@pytest.mark.parametrize("path", ["absent", "a\0b", "/dev/null", "\udcff"])
def test_a_path_that_leads_nowhere(path: str) -> None:
    assert [(finding.code, finding.message) for finding in check_rules(path).findings] == [
        ("R101", "there is no such rule file or folder")
    ]


def test_a_path_that_is_too_long() -> None:
    (finding,) = check_rules("a" * 5000).findings
    assert (finding.code, finding.message) == ("R101", "cannot be read: the name is too long for the file system")
