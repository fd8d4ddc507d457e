"""Derived columns: the conversion of copied values."""

from __future__ import annotations

import pytest

from asnforge.rules.derived import Case

DATE = r"(\d{4}-\d{2}-\d{2})t.*"


@pytest.mark.parametrize(
    ("case", "text", "converted"),
    [
        (Case(None, copy="date"), "2026-03-14", "2026-03-14"),
        (Case(None, copy="date", plus_hours=-16), "2026-03-14t02:30:00", "2026-03-13t10:30:00"),
        (Case(None, copy="date", plus_hours=-16), "2026-03-14 02:30:00.5", "2026-03-13t10:30:00.500000"),
        (Case(None, copy="date", plus_hours=24), "2028-02-28t12:00", "2028-02-29t12:00:00"),
        (Case(None, copy="date", plus_hours=1), "2026-03-14t23:30:00z", "2026-03-15t00:30:00+00:00"),
        (Case(None, copy="date", plus_hours=-16), "2026-03-14", ""),
        (Case(None, copy="date", plus_hours=-16), "yesterday at noon", ""),
        (Case(None, copy="date", plus_hours=-99999), "0001-01-01t00:00:00", ""),
        (Case(None, copy="date", plus_hours=-16, matching=DATE), "2026-03-14t02:30:00", "2026-03-13"),
        (Case(None, copy="date", matching=DATE), "2026-03-14", ""),
        (Case(None, copy="name", matching="[a-z]+"), "lamp", "lamp"),
        (Case(None, copy="name", matching="[a-z]+(x)?"), "lamp", ""),
        (Case(None, copy="name", matching=".*", plus_hours=1), "", ""),
    ],
)
def test_convert_changes_a_copied_value(case: Case, text: str, converted: str) -> None:
    assert case.convert(text) == converted
