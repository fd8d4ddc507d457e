"""Units and the exact ratios between them."""

from __future__ import annotations

import warnings
from fractions import Fraction

import pytest

from asnforge.rules.units import is_unit, multiplied, ratio


@pytest.mark.parametrize(
    ("unit", "target", "expected"),
    [
        ("s", "s", 1),
        ("min", "s", 60),
        ("s", "h", Fraction(1, 3600)),
        ("yr", "d", Fraction(1461, 4)),
        ("arcmin", "deg", Fraction(1, 60)),
        ("deg", "arcsec", 3600),
        ("hour", "arcsec", 54_000),
        ("H", "arcsec", 54_000),
        ("hour", "s", 3600),
        ("micron", "m", Fraction(1, 10**6)),
        ("J", "eV", 1 / Fraction("1.602176634e-19")),
        ("MJy", "Jy", 1_000_000),
        ("mJy", "Jy", Fraction(1, 1000)),
        ("SEC", "s", 1),
        ("minutes", "s", 60),
        ("m", "s", None),
        ("parsnip", "s", None),
        ("s", "parsnip", None),
        ("mag", "s", None),
    ],
)
def test_ratios_are_exact(unit: str, target: str, expected: Fraction | None) -> None:
    assert ratio(unit, target) == expected


@pytest.mark.parametrize("name", ["", "1", "10**99", "s**999", "s; import os", "(" * 29, "s" * 31, "s^(1/0)"])
def test_what_is_not_a_unit_is_refused(name: str) -> None:
    assert not is_unit(name)


def test_units_that_astropy_discourages_give_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert is_unit("m/s/s")


def test_a_product_without_a_finite_decimal_has_25_digits() -> None:
    assert multiplied((15, -1), Fraction(60)) == (900, -1)
    assert multiplied((3, 0), Fraction(1, 4)) == (75, -2)
    assert multiplied((10, 0), Fraction(1, 3)) == multiplied((100, -1), Fraction(1, 3))
    assert multiplied((1, 0), Fraction(1, 3)) == (3333333333333333333333333, -25)
