"""Questions of programs and notebooks about the exposures of a pool."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import pool, rule, ruleset

from asnforge.explain import ExplainedPool, explain_pool
from asnforge.explain.explain_report import explanation_text, orphans_text, why_not_text
from asnforge.findings import InputError

POOL = """
FILE      PROPOSAL CAMERA CANDIDATES
a_raw.f   7        red    o1/night
b_raw.f   7        blue   o1/night
c<i>_raw.f .       red    .
"""


@pytest.fixture
def explained() -> ExplainedPool:
    return explain_pool(pool(POOL), ruleset(rule()))


@pytest.mark.parametrize("name", ["a_raw.f", "A_RAW.F", "a*", 2, "2"])
def test_an_exposure_is_named_by_file_pattern_or_line(explained: ExplainedPool, name: str | int) -> None:
    explanation = explained.exposure(name)
    assert explanation.exposure.file_name == "a_raw.f"
    assert len(explanation.associations()) == 1
    assert str(explanation) == explanation_text(explanation)


def test_orphans_have_a_reason(explained: ExplainedPool) -> None:
    (orphans,) = explained.orphans()
    assert [exposure.file_name for exposure in orphans.exposures] == ["c<i>_raw.f"]
    assert str(orphans) == orphans_text([orphans])


def test_two_exposures_are_apart_for_a_reason(explained: ExplainedPool) -> None:
    result = explained.why_not("a_raw.f", "b_raw.f")
    assert str(result) == why_not_text(result)
    assert str(result).splitlines()[-1] == "    Image  key camera separates them: CAMERA is red and blue"


def test_notebooks_show_where_exposures_are(explained: ExplainedPool) -> None:
    html = explained._repr_html_()
    assert html.count("<tr>") == 4
    assert "c&lt;i&gt;_raw.f" in html
    assert repr(explained) == "<ExplainedPool nights/night.tsv: 3 exposures, 1 orphan>"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "*_raw.f",
            "nights/night.tsv: G202 *_raw.f matches 3 exposures, but one is required; give one of the lines 2, 3, 4",
        ),
        ("d_raw.f", "nights/night.tsv: G201 no exposure d_raw.f; did you mean b_raw.f?"),
        (99, "nights/night.tsv: G201 no exposure 99; the pool's exposures are on lines 2 to 4"),
        (None, "P143 name cannot be 'None' (NoneType); give the file name of an exposure, or its line"),
    ],
)
def test_a_wrong_name_is_explained(explained: ExplainedPool, name: Any, message: str) -> None:
    with pytest.raises(InputError) as stop:
        explained.exposure(name)
    assert str(stop.value) == message
