from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from support.observatory import pool_of, rule
from support.reports import report_of_pool

from asnforge.report.render import render_page

CELLS = [
    "</script><script>alert(1)</script>",
    "<!--",
    "<img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}",
    "=HYPERLINK(1)",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "\x1b[31m",
    "&amp;",
]


def page_with(cell: str) -> str:
    header = ["FILE", "PROPOSAL", "CAMERA", "FIELD", "BAND", "OBS", "INTENT", "REGION"]
    rows = [[f"{name}_raw.fits", "7", cell, cell, "g", cell, cell, cell] for name in "ab"]
    rows.append([cell, "7", "red", cell, "y", cell, cell, cell])
    return render_page(report_of_pool(pool_of(header, rows, name=cell.replace("/", "")), rule("Image"))).decode()


class _Elements(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


@pytest.mark.parametrize("cell", CELLS)
def test_no_cell_becomes_an_element_or_an_attribute(cell: str) -> None:
    found = _Elements(page_with(cell)).found
    assert [tag for tag, _ in found if tag == "script"] == ["script", "script"]
    expected = {"dt", "dd", "details", "summary", "i", *(tag for tag, _ in _Elements(page_with("plain")).found)}
    assert {tag for tag, _ in found} - expected == set()
    assert [name for _, names in found for name in names if name.startswith("on") or name == "style"] == []


@pytest.mark.parametrize("cell", ["\u202egnp.exe", "\x1b[31m"])
def test_characters_that_cannot_be_displayed_are_escaped(cell: str) -> None:
    assert cell[0] not in page_with(cell)
    assert ascii(cell)[1:-1] in page_with(cell).replace("\\\\", "\\")


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    page = page_with("plain")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_names_no_other_file() -> None:
    page = page_with("plain")
    assert re.findall(r"""(?:src|href)=["'](?!#)[^"']*""", page) == []
    assert re.findall(r"@import|url\(", page) == []
    assert set(re.findall(r"https?://[^\"' ]*", page)) == {"http://www.w3.org/2000/svg"}


def test_a_page_of_5000_exposures_and_446_associations_is_small() -> None:
    header = ["FILE", "PROPOSAL", "CAMERA", "FIELD", "BAND", "OBS", "START", "REGION"]
    rows = []
    for number in range(5000):
        place = number / 40
        region = f"POLYGON ICRS {place} 20 {place + 0.1} 20 {place + 0.1} 20.1 {place} 20.1"
        name = f"lx{number:011}_0210{number % 7}_{number % 19:05}_raw.fits"
        rows.append([name, "7", "red", str(number % 446), "g", str(number // 20), str(61000 + number / 500), region])
    fields = rule("Image", group_by={"field": {"column": "FIELD"}}, product="{field}_{program}")
    report = report_of_pool(pool_of(header, rows), fields, candidates=None)
    assert len(report.associations) == 446
    assert len(render_page(report)) < 1_000_000
