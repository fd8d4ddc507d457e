from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.command import LYNX, Ran, Run, run_main
from support.night import FIELDS, NIGHT
from support.observatory import pool_text, write_ruleset


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> Ran:
        return run_main(capsys, *arguments)

    return run_command


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(tmp_path / "lynx", FIELDS)
    (tmp_path / "night.tsv").write_text(pool_text(NIGHT))
    (tmp_path / "dawn.tsv").write_text(pool_text(NIGHT))


def page(name: str) -> str:
    return Path(name).read_text("utf-8")


def test_a_page_is_written_and_nothing_else(night: None, run: Run) -> None:
    ran = run("report", "night.tsv", "-o", "pages/night.html", *LYNX)
    assert (ran.status, ran.stdout) == (0, "pages/night.html: 3 associations from 9 exposures\n")
    assert sorted(str(path) for path in Path().rglob("*") if path.is_file() and path.parent.name != "lynx") == [
        "dawn.tsv",
        "night.tsv",
        "pages/night.html",
    ]
    assert "<code>asnforge report night.tsv -o pages/night.html --ignore-default --rules lynx</code>" in page(
        "pages/night.html"
    )
    assert "no rule selects it: BAND is y" in page("pages/night.html")


def test_generate_writes_the_same_page_next_to_associations(night: None, run: Run) -> None:
    run("report", "night.tsv", "-o", "one.html", *LYNX)
    ran = run("generate", "night.tsv", "-o", "out", "--report", "two.html", *LYNX)
    assert ran.status == 0
    assert len(ran.files) == 3
    without_command = [re.sub(r"<code>asnforge .*</code>", "", page(name)) for name in ("one.html", "two.html")]
    assert without_command[0] == without_command[1]


def test_with_several_pools_each_folder_has_a_page(night: None, run: Run) -> None:
    ran = run("generate", "night.tsv", "dawn.tsv", "-o", "out", "--report", "page.html", *LYNX)
    assert [name for name in ran.files if name.endswith(".html")] == ["dawn/page.html", "night/page.html"]


def test_json_is_printed_alone(night: None, run: Run) -> None:
    ran = run("generate", "night.tsv", "--dry-run", "--json", "--report", "page.html", *LYNX)
    assert ran.stdout[0] == "{"
    assert "p007-z9_f01_red_open" in page("page.html")


@pytest.mark.parametrize("opened", [True, False])
def test_the_page_is_opened(night: None, run: Run, monkeypatch: pytest.MonkeyPatch, opened: bool) -> None:
    addresses: list[str] = []

    def open_address(address: str, *_: Any) -> bool:
        addresses.append(address)
        return opened

    monkeypatch.setattr("webbrowser.open", open_address)
    ran = run("report", "night.tsv", "-o", "x.html", "--open", *LYNX)
    assert addresses == [Path("x.html").resolve().as_uri()]
    assert ("No browser was found: open x.html yourself." in ran.stderr) is not opened


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("night.tsv", "dawn.tsv"),
            "A report is about one pool: name one, or use 'asnforge generate --report' for several.",
        ),
        ((), "A report is about one pool: name one, or use 'asnforge generate --report' for several."),
        (("night.tsv", "-o", "night.tsv"), "--output night.tsv: it is an input file; name another file."),
        (("night.tsv", "-o", "lynx/fields.yaml"), "--output lynx/fields.yaml: it is an input file; name another file."),
        (("night.tsv", "-o", "-"), "--output writes a file, not standard output: name a file."),
        (
            ("night.tsv", "-o", "x_asn.json"),
            "--output x_asn.json: this is the name of an association file; name the page .html.",
        ),
    ],
)
def test_wrong_usage(night: None, run: Run, arguments: tuple[str, ...], message: str) -> None:
    ran = run("report", *arguments, *LYNX)
    assert (ran.status, ran.stderr.splitlines()[-1]) == (2, f"Error: {message}")


def test_a_pool_that_does_not_exist(night: None, run: Run) -> None:
    ran = run("report", "dusk.tsv", *LYNX)
    assert (ran.status, Path("report.html").exists()) == (2, False)
    assert ran.stderr.startswith("dusk.tsv: ")
