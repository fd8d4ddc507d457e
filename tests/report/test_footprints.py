from __future__ import annotations

import pytest

from asnforge.report.footprints import read_footprint

TRIANGLE = ((10.0, 20.0), (10.5, 20.0), (10.5, 20.5))


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("POLYGON ICRS 10 20 10.5 20 10.5 20.5", (TRIANGLE,)),
        ("polygon 10 20 10.5 20 10.5 20.5", (TRIANGLE,)),
        ("POLYGON FK5 J2000 10 20 10.5 20 10.5 20.5", (TRIANGLE,)),
        (
            "UNION ICRS (POLYGON 10 20 10.5 20 10.5 20.5 POLYGON 1 2 3 2 3 -4e-1)",
            (TRIANGLE, ((1, 2), (3, 2), (3, -0.4))),
        ),
        ("POLYGON ICRS 10 20 10.5 20", ()),
        ("POLYGON ICRS 10 20 10.5 20 10.5", ()),
        ("POLYGON ICRS 10 20 10.5 20 10.5 95", ()),
        ("CIRCLE ICRS 10 20", ()),
        ("CIRCLE ICRS 10 20 0", ()),
        ("", ()),
        ("somewhere", ()),
        ("<script>alert(1)</script>", ()),
    ],
)
def test_footprints(text: str, regions: object) -> None:
    assert read_footprint(text) == regions


def test_a_circle_is_a_polygon_around_its_center() -> None:
    (region,) = read_footprint("CIRCLE ICRS 0.5 60 1")
    assert len(region) == 16
    assert [(round(ra, 6), round(dec, 6)) for ra, dec in region[::4]] == [(2.5, 60), (0.5, 61), (358.5, 60), (0.5, 59)]
