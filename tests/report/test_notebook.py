from __future__ import annotations

from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from support.observatory import generated, pool_text, rule, ruleset
from support.reports import SHOWN

import asnforge

FRAMES = """
FILE       PROPOSAL CAMERA REGION START
a_raw.fits 7        red    .      61000
b_raw.fits 7        red    .      61001
"""
RULE = rule("Image", select={"all": {"column": "CAMERA", "is": "red"}})


def test_a_notebook_displays_the_page_in_a_frame_of_its_own() -> None:
    page = generated(FRAMES, RULE).report()
    html = page._repr_html_()
    assert html.startswith('<iframe srcdoc="&lt;!doctype html&gt;')
    assert 'sandbox="allow-scripts" title="nights/night.tsv"' in html
    assert unescape(html.partition('srcdoc="')[2].partition('" sandbox')[0]) == page.html
    assert repr(page) == "<ReportPage nights/night.tsv>"


def test_the_page_is_written(tmp_path: Path) -> None:
    page = generated(FRAMES, RULE).report()
    page.write(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8") == page.html


@pytest.mark.parametrize(("changed", "has_times"), [(False, True), (True, False)])
def test_columns_that_no_rule_reads_are_read_again_unless_the_file_has_changed(
    tmp_path: Path, changed: bool, has_times: bool
) -> None:
    file = tmp_path / "night.tsv"
    file.write_text(pool_text(FRAMES))
    generation = asnforge.generate(file, ruleset(RULE, **SHOWN))
    if changed:
        file.write_text(pool_text(FRAMES + "c_raw.fits 7 red . 61002"))
    assert ('id="time-axis"' in generation.report().html) is has_times


def test_a_result_that_does_not_know_its_pool_has_no_report() -> None:
    with pytest.raises(ValueError, match="the result does not know its pool"):
        replace(generated(FRAMES, RULE), source=None).report()
