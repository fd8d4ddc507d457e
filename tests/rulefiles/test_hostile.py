"""Broken and malicious rule files: each gives a finding quickly, and no traceback."""

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


def write(content: str | bytes, file: str = "image.yaml") -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)


def shared(block: str, entries: list[str]) -> Callable[[Path], object]:
    return write(
        RULESET.replace(f"{block}:\n", f"{block}:\n" + LINES(f"  {entry}" for entry in entries) + "\n", 1),
        "ruleset.yaml",
    )


def image(old: str, new: str) -> Callable[[Path], object]:
    return write(IMAGE.replace(old, new, 1))


def replaced(make: Callable[[Path], object], file: str = "image.yaml") -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / file).unlink()
        make(folder / file)

    return change


def sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(100_000_000)


HOSTILE = {
    "aliases that expand exponentially": (
        write(
            LINES(["a: &a [x, x]", *(f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))])
        ),
        "image.yaml:1:4: R110 anchor &a",
    ),
    "deep lists": (write("a: " + "[" * 40_000), "image.yaml:1:27: R111 nested more than 24 levels deep"),
    "deep mappings": (write("{a: " * 20_000), "image.yaml:1:97: R111 nested more than 24 levels deep"),
    "deep lists after strings with brackets": (
        write("a: [" + "'[', " * 60 + "[" * 40_000),
        "image.yaml:1:327: R111 nested more than 24 levels deep",
    ),
    "deep lists on separate lines": (
        write("a:\n" + " [\n" * 9_000),
        "image.yaml:25:2: R111 nested more than 24 levels deep",
    ),
    "brackets in a string": (write("a: '" + "[" * 9_000), "image.yaml:1:9005: R102"),
    "deep lines": (write(LINES(" " * depth + "a:" for depth in range(400))), "image.yaml:25:25: R111 nested more"),
    "scalar of 100 MB": (
        replaced(sparse),
        "image.yaml: R111 the file has 100000000 bytes; the limit is 100000",
    ),
    "scalar below the limit": (write("rule: " + "x" * 90_000), "image.yaml:1:1: R105 required key 'title' is missing"),
    "thousands of empty lists": (write("a: [" + "[]," * 30_000 + "]"), "image.yaml:1:1: R104 unknown key 'a'"),
    "thousands of unknown keys": (
        write(LINES(f"k{i}: x" for i in range(8000))),
        "image.yaml:1:1: R104 unknown key 'k0'",
    ),
    "thousands of constraints": (
        image("select:\n", "select:\n" + LINES(f"  k{i}: {{column: A, is: b}}" for i in range(2500)) + "\n"),
        "image.yaml:6:3: R111 'select' has 2503 items; the limit is 100",
    ),
    "thousands of wrong constraints": (
        image("select:\n", "select:\n" + LINES(f"  k{i}: {{usse: calm}}" for i in range(2500)) + "\n"),
        "image.yaml:6:3: R111 'select' has 2503 items; the limit is 100",
    ),
    "thousands of unused conditions": (
        shared("conditions", [f"k{i}: {{column: KIND, is: a{i}}}" for i in range(2000)]),
        "ruleset.yaml:24:7: R306 warning: nothing uses the condition k0",
    ),
    "conditions that expand to millions": (
        shared(
            "conditions",
            [
                "l0: {column: A, is: b}",
                *(f"l{i}: {{any: [{', '.join([f'{{use: l{i - 1}}}'] * 8)}]}}" for i in range(1, 8)),
            ],
        ),
        "ruleset.yaml:28:7: R111 condition 'l4' expands to 4681 constraints; the limit is 2000",
    ),
    "a chain of conditions": (
        shared("conditions", ["l0: {column: A, is: b}", *(f"l{i}: {{use: l{i - 1}}}" for i in range(1, 2000))]),
        "ruleset.yaml:32:7: R111 condition 'l8' uses others more than 8 levels deep",
    ),
    "a cycle of three conditions": (
        shared("conditions", ["a: {use: b}", "b: {not: {use: c}}", "c: {use: a}"]),
        "ruleset.yaml:26:12: R202 circular definition of condition 'a': a -> b -> c -> a; remove one use",
    ),
    "a cycle of thousands of conditions": (
        shared("conditions", [f"l{i}: {{use: l{(i + 1) % 2000}}}" for i in range(2000)]),
        "ruleset.yaml:24:7: R111 condition 'l0' uses others more than 8 levels deep",
    ),
    "a chain of derived columns": (
        shared(
            "derived", ["l0: {cases: [{copy: A}]}", *(f"l{i}: {{cases: [{{copy: l{i - 1}}}]}}" for i in range(1, 2000))]
        ),
        "ruleset.yaml:48:8: R111 derived column 'l16' is derived through more than 16 others",
    ),
    "a cycle of derived columns": (
        shared("derived", ["a: {cases: [{copy: b}]}", "b: {cases: [{copy: c}]}", "c: {cases: [{copy: a}]}"]),
        "ruleset.yaml:32:6: R202 circular definition of derived column 'a': a -> b -> c -> a; change what one of them reads",
    ),
    "long regular expression": (
        image(r"'0[.]\d+'", f"'{'a?' * 40_000}'"),
        f"image.yaml:11:35: R203 regular expression '{'a?' * 29}a…' has 80000 characters, the limit is 500",
    ),
    "regular expression that expands": (
        image(r"'0[.]\d+'", r"'(?:(?:\pL{9}){9}){9}'"),
        r"image.yaml:11:35: R203 regular expression '(?:(?:\pL{9}){9}){9}' is too complex",
    ),
    "an empty key": (image("select:", "? ''\n: x\nselect:"), "image.yaml:5:3: R102 a key must not be empty"),
    "NUL": (write(b"rule: a\0b\n"), "image.yaml:1:8: R102 invalid YAML: control character"),
    "Latin 1": (
        write("rule: Image\ntitle: Größe\n".encode("latin1")),
        "image.yaml:2:10: R102 not UTF-8: invalid byte 0xf6",
    ),
    "UTF-16": (write(IMAGE.encode("utf-16")), "image.yaml:1:1: R102 not UTF-8: invalid byte 0xff"),
    "all bytes": (write(bytes(range(256))), "image.yaml:2:118: R102 not UTF-8: invalid byte 0x80"),
    "an empty file": (write(""), "image.yaml:1:1: R106 the file is empty"),
    "a word": (write("hello"), "image.yaml:1:1: R106 expected a mapping, got the string 'hello'"),
    "a list": (write("- a"), "image.yaml:1:1: R106 expected a mapping, got a list"),
    "a lone surrogate": (image("Images of one target", '"\\uD800"'), "image.yaml:2:11: R102 invalid YAML"),
    "a template that reads an attribute": (
        image("product: usual", "product: '{program.__class__}'"),
        "image.yaml:25:10: R201 undefined name part 'program.__class__'",
    ),
    "a huge count": (
        image("at_least: 2, in", "at_least: 99999999999999999999, in"),
        "image.yaml:23:39: R107 invalid value ",
    ),
    "a digit of another script": (
        image("at_least: 2, in", "at_least: ٣, in"),
        "image.yaml:23:39: R107 invalid value ",
    ),
    "a folder": (replaced(Path.mkdir), "image.yaml: R101 cannot be read: it is a folder; give a file inside it"),
    "a link to itself": (replaced(lambda path: path.symlink_to(path.name)), "image.yaml: R101 cannot be read"),
    "a broken link": (replaced(lambda path: path.symlink_to("nowhere")), "image.yaml: R101 cannot be read"),
    "a pipe": (replaced(os.mkfifo), "image.yaml: R101 not a regular file"),
    "a device": (replaced(lambda path: path.symlink_to("/dev/zero")), "image.yaml: R101 not a regular file"),
    "a pipe as ruleset.yaml": (replaced(os.mkfifo, "ruleset.yaml"), "ruleset.yaml: R101 not a regular file"),
    "an empty ruleset.yaml": (write("", "ruleset.yaml"), "ruleset.yaml:1:1: R106 the file is empty"),
}


@pytest.mark.parametrize(("change", "expected"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(20)
def test_hostile_files_give_a_finding(
    change: Callable[[Path], object], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    change(write_rules(Path("heron")))
    findings = check_rules("heron").findings
    assert str(findings[0]).removeprefix("heron/").startswith(expected)
    if findings[0].severity == "error":
        with pytest.raises(InputError) as stop:
            read_ruleset("heron")
        assert str(findings[0]) in map(str, stop.value.findings)


@pytest.mark.parametrize("path", ["absent", "a\0b", "/dev/null", "\udcff"])
def test_a_path_that_does_not_exist_is_reported(path: str) -> None:
    assert [(finding.code, finding.message) for finding in check_rules(path).findings] == [
        ("R101", "no such rule file or folder")
    ]


def test_a_path_that_is_too_long_is_reported() -> None:
    (finding,) = check_rules("a" * 5000).findings
    assert (finding.code, finding.message) == ("R101", "cannot be read: the name is too long for the file system")
