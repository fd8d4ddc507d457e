"""The page of a report in a real browser: it opens, filters, selects, explains, prints, and runs nothing else."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser import Browser
from support.observatory import pool, pool_of, rule, ruleset
from support.reports import report_of_pool

from asnforge.compare import compare
from asnforge.compare.load_sides import from_associations
from asnforge.findings import printable
from asnforge.generation.engine import generate
from asnforge.report import render_page, report_of_comparison
from asnforge.report.model import Report

pytestmark = pytest.mark.browser

RULES = (
    rule(
        "Bias",
        select={"bias": {"column": "BAND", "is": "b"}},
        product="{program}_{camera}_bias",
        product_file="{product}.fits",
    ),
    rule(
        "Target",
        select={"target": {"column": "BAND", "in": ["g", "r"]}},
        group_by={"camera": {"column": "CAMERA"}, "band": {"column": "BAND"}},
        attach={
            "bias": {"product_of": "Bias", "match": ["CAMERA"]},
            "sky": {
                "when": {"column": "BAND", "is": "s"},
                "match": {"same": {"column": "CAMERA"}},
                "as": "background",
                "nearest": ["START"],
                "at_most": "1",
            },
        },
        product="{program}_{camera}_{light}",
    ),
)
FRAMES = """
FILE       PROPOSAL CAMERA BAND OBS TROUBLE REGION START
a_raw.fits 7        red    g    1   .       .      61000
b_raw.fits 7        red    g    1   dust    .      61000.1
c_raw.fits 7        blue   r    2   .       .      61001
d_raw.fits 7        blue   r    2   .       .      61001.2
e_raw.fits 7        red    b    3   .       .      61002
f_raw.fits 7        blue   b    3   .       .      61002.3
m_raw.fits 7        red    y    4   .       .      .
n_raw.fits 7        red    g    .   .       .      .
s_raw.fits 7        red    s    5   .       .      61001
t_raw.fits 7        red    s    5   .       .      61003
"""
SHARED: dict[str, Any] = {"candidates": None, "columns": {"START": {"type": "time"}}}


def night() -> Report:
    frames = pool(FRAMES)
    region = replace(frames.columns["region"], values=("POLYGON ICRS 10 20 10.1 20 10.1 20.1",))
    return report_of_pool(replace(frames, columns={**frames.columns, "region": region}), *RULES, **SHARED)


def comparison() -> Report:
    rules = ruleset(*RULES, **SHARED)
    expected, actual = (
        from_associations(generate(pool(text), rules)) for text in (FRAMES, FRAMES.replace("b_raw", "x_raw"))
    )
    return report_of_comparison([("", compare(expected, actual))], command="asnforge compare")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pages") / "night.html"
    file.write_bytes(render_page(night()))
    return file


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pages") / "comparison.html"
    file.write_bytes(render_page(comparison()))
    return file


def listed(browser: Browser) -> list[str]:
    """What a screen reader says of each row."""
    rows = browser.driver.find_elements("css selector", "#rows [role=option] .spoken")
    return [row.get_attribute("textContent") for row in rows]


def selected(browser: Browser) -> str:
    return browser.text("#detail h3")


def search(browser: Browser, words: str) -> None:
    field = browser.find("#words")
    field.clear()
    field.send_keys(words)
    browser.wait(lambda: browser.run("return document.getElementById('words').value") == words)
    browser.driver.execute_async_script("setTimeout(arguments[arguments.length - 1], 150)")


def test_it_opens_without_a_message(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.text(".tiles").split("\n")[:6] == ["10", "exposures", "4", "associations", "2", "orphans"]
    assert len(listed(browser)) == 4
    for canvas in ("#overview", "#rows canvas", "#sky-map", "#time-axis"):
        browser.run("document.querySelector(arguments[0]).scrollIntoView()", canvas)
        browser.wait(lambda: browser.is_painted(canvas))  # noqa: B023
    assert browser.messages() == []


def test_a_row_says_what_it_has_without_its_picture(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert listed(browser)[-1] == "p007_red_g: 3 science, 1 background, product as bias, 1 error"


@pytest.mark.parametrize(
    ("words", "products"),
    [
        ("blue", ["p007_blue_bias", "p007_blue_r"]),
        ("c_raw", ["p007_blue_r"]),
        ("RED target", ["p007_red_g"]),
        ("m_raw", []),
        ("nothing", []),
        ("", ["p007_blue_bias", "p007_red_bias", "p007_blue_r", "p007_red_g"]),
    ],
)
def test_words_filter(browser: Browser, page: Path, words: str, products: list[str]) -> None:
    browser.open(page)
    search(browser, words)
    assert [label.partition(":")[0] for label in listed(browser)] == products
    assert browser.text("#shown") == f"{len(products)} of 4 associations"


def test_the_axis_has_what_is_found_also_exposures_in_no_association(browser: Browser, page: Path) -> None:
    browser.open(page)
    search(browser, "m_raw")
    assert browser.text("#overview-count") == "1"
    assert browser.texts("#exposure-table tbody tr:not([hidden]) th") == ["m_raw.fits"]
    search(browser, "blue")
    assert browser.text("#overview-count") == "3"


def test_instruments_and_types_filter_and_escape_shows_everything(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.find("#by-instrument").send_keys("red")
    browser.wait(lambda: browser.text("#shown") == "2 of 4 associations")
    assert browser.text("#overview-count") == "7"
    browser.press("ESCAPE")
    browser.wait(lambda: browser.text("#shown") == "4 of 4 associations")


def test_a_row_is_selected_with_the_mouse(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.find("#a-3").click()
    assert selected(browser) == "p007_red_g"
    assert browser.find("#a-3").get_attribute("aria-selected") == "true"
    headings = browser.texts("#detail h3")
    assert headings == [
        "p007_red_g",
        "chain",
        "products: 1",
        "science: 3",
        "background: 1",
        "sky: choice",
        "constraints",
    ]
    assert browser.texts("#detail .sets") == [
        "taken s_raw.fits\nSTART 21.6 h after",
        "passed over t_raw.fits\nSTART 2.9 d after; farther",
    ]


def test_rows_are_selected_with_the_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press("/", "b", "l", "u", "e")
    browser.wait(lambda: browser.text("#shown") == "2 of 4 associations")
    found = []
    for key in ("ARROW_DOWN", "ARROW_DOWN", "ARROW_DOWN", "ARROW_UP", "END", "HOME"):
        browser.press(key)
        found.append(selected(browser))
    blue = ["p007_blue_bias", "p007_blue_r"]
    assert found == [blue[0], blue[1], blue[1], blue[0], blue[1], blue[0]]
    assert browser.run("return document.activeElement.id") == "rows"
    assert browser.find("#rows").get_attribute("aria-activedescendant") == "a-0"


def test_an_orphan_shows_its_reason(browser: Browser, page: Path) -> None:
    browser.open(page)
    almost = "supporting exposure (sky): it matches, but a nearer one is attached"
    assert browser.texts(".orphans summary span") == ["no rule selects it: BAND is y", almost]
    assert [each.get_attribute("class") for each in browser.driver.find_elements("css selector", ".orphans")] == [
        "orphans",
        "orphans almost",
    ]
    browser.find(".orphans.almost summary").click()
    browser.wait(lambda: browser.texts(".orphans.almost li") == ["t_raw.fits"])
    browser.find(".orphans.almost li a").click()
    assert (selected(browser), browser.text("#detail .reason")) == ("t_raw.fits", almost)


def test_links_lead_from_tiles_products_exposures_and_addresses(browser: Browser, page: Path) -> None:
    browser.open(page, target="a-3")
    assert selected(browser) == "p007_red_g"
    browser.find("#detail svg a:not(.current)").click()
    assert selected(browser) == "p007_red_bias"
    browser.find("#detail li a").click()
    assert selected(browser) == "e_raw.fits"
    browser.find("#detail li a").click()
    assert selected(browser) == "p007_red_bias"
    browser.find('.tiles a[href="#errors"]').click()
    assert browser.run("return document.activeElement.id") == "errors"
    browser.find("#errors ~ .scroll tbody a").click()
    assert selected(browser) == "p007_red_g"


def test_it_is_printed_with_every_row_in_light_colors(browser: Browser, page: Path) -> None:
    browser.open(page, dark=True)
    assert base64.b64decode(browser.driver.print_page()).startswith(b"%PDF")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.is_painted("#a-3 canvas")
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("target", ["", "a-3", "e-6"])
@pytest.mark.parametrize("kind", ["page", "compared"])
def test_it_is_accessible(
    browser: Browser, request: pytest.FixtureRequest, kind: str, target: str, width: int, dark: bool
) -> None:
    browser.open(request.getfixturevalue(kind), width=width, dark=dark, target=target)
    for block in browser.driver.find_elements("css selector", "main > section > details"):
        browser.run("arguments[0].open = true", block)
    assert browser.serious_problems() == []
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.messages() == []


def test_a_comparison_shows_differences_first(browser: Browser, compared: Path) -> None:
    browser.open(compared)
    assert listed(browser)[0].startswith("p007_red_g: ")
    browser.press("/", "ARROW_DOWN")
    assert browser.texts("#detail h3") == [
        "p007_red_g",
        "changes",
        "only expected: 1",
        "only actual: 1",
        "in both: 4",
        "keywords",
    ]
    assert browser.texts("#legend span") == ["in both", "only expected", "only actual"]


HOSTILE = [
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 1</script>",
    "<!--<script>",
    "]]>",
    "<img src=x onerror=window.ran=1>",
    '" onmouseover=window.ran=1 x="',
    "' autofocus onfocus=window.ran=1 x='",
    "javascript:window.ran=1",
    "{{ 7 * 7 }}${7 * 7}",
    "=HYPERLINK('http://x', 'y')",
    "&lt;b&gt;",
    "\u202egnp.exe",
    "\u2028\u2029",
    "\x1b]0;title\x07",
]


@pytest.mark.parametrize("cell", HOSTILE, ids=ascii)
def test_cells_are_shown_as_text_and_nothing_runs(browser: Browser, tmp_path: Path, cell: str) -> None:
    header = ["FILE", "PROPOSAL", "CAMERA", "BAND", "OBS", "INTENT", "TROUBLE", "START", "REGION"]
    rows = [[f"{name}_raw.fits", "7", "red", "g", cell, cell, cell, cell, cell] for name in "ab"]
    rows.append([f"{cell}_raw.fits".replace("/", ""), "7", cell, cell, cell, cell, cell, cell, cell])
    report = report_of_pool(pool_of(header, rows, name=cell), *RULES, **SHARED)
    file = tmp_path / "page.html"
    file.write_bytes(render_page(report))
    browser.open(file, target="e-0")
    shown = printable(cell)
    assert shown in browser.texts("#detail dd")
    assert shown in browser.text("h1 code")
    assert any(shown in text for text in browser.texts("#exposure-table td"))
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for target in ("e-2", "a-0"):
        browser.run("location.hash = arguments[0]", target)
    assert browser.run("return window.ran === undefined") is True
    assert browser.messages() == []


def test_marks_of_many_exposures_are_explained(browser: Browser, tmp_path: Path) -> None:
    report = report_of_pool(pool(FRAMES), *RULES, most_exposures=4, **SHARED)
    file = tmp_path / "page.html"
    file.write_bytes(render_page(report))
    browser.open(file)
    assert browser.text("header .note").startswith("There are 10 exposures, so one mark represents those of the same")
    assert browser.text("#overview-count") == "10"
    assert "c_raw.fits … d_raw.fits" in browser.texts("#exposure-table tbody th")


def test_with_many_exposures_of_several_programs_the_first_program_is_shown(browser: Browser, tmp_path: Path) -> None:
    frames = FRAMES + FRAMES.replace("_raw", "2_raw").replace(" 7  ", " 12 ").partition("START\n")[2]
    file = tmp_path / "page.html"
    file.write_bytes(render_page(report_of_pool(pool(frames), *RULES, most_exposures=4, **SHARED)))
    browser.open(file)
    selected_program = "return document.getElementById('by-program').selectedOptions[0].text"
    assert browser.run(selected_program) == "PROPOSAL 7"
    assert browser.text("#shown") == "6 of 8 associations"  # two of the other program use its bias frames
    browser.run("location.hash = 'a-3'")
    browser.wait(lambda: browser.run(selected_program) == "PROPOSAL 12")
    assert selected(browser) == "p012_red_bias"
    browser.find("#clear").click()
    assert browser.text("#shown") == "8 of 8 associations"


def test_a_pool_without_associations(browser: Browser, tmp_path: Path) -> None:
    frames = "\n".join(line for line in FRAMES.splitlines() if " y " in line or "FILE" in line)
    file = tmp_path / "page.html"
    file.write_bytes(render_page(report_of_pool(pool(frames), *RULES, **SHARED)))
    browser.open(file)
    browser.press("/", "ARROW_DOWN", "ARROW_UP")
    browser.find("#overview").click()
    assert browser.text("#detail .reason") == "no rule selects it: BAND is y"
    assert browser.messages() == []


def test_links_stay_within_the_frame_of_a_notebook(browser: Browser, tmp_path: Path) -> None:
    page = generate(pool(FRAMES), ruleset(*RULES, **SHARED)).report()
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f'<!doctype html><body data-complete="yes">{page._repr_html_()}', "utf-8")
    browser.open(notebook)
    with browser.frame("iframe"):
        browser.wait(lambda: browser.run("return document.body.dataset.complete") == "yes")
        browser.find('.tiles a[href="#orphans"]').click()
        browser.find("#a-3").click()
        browser.find("#detail svg a:not(.current)").click()
        assert selected(browser) == "p007_red_bias"
    assert browser.messages() == []
