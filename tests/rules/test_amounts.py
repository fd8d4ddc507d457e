"""Cells and values of rules as exact values."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from astropy import units
from astropy.coordinates import Angle
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from asnforge.rules.amounts import (
    Unreadable,
    read_amount,
    read_bound,
    read_list,
    read_texts,
    read_value,
    spell_number,
)
from asnforge.rules.column_types import ColumnType

NUMBER = ColumnType("number")
SECONDS = ColumnType("number", "s")
TIME = ColumnType("time")
HOURS = ColumnType("angle", "hour")
DEGREES = ColumnType("angle")
LIST = ColumnType("list", separator=",")


def value_of(text: str, column_type: ColumnType, unit: str = "") -> str:
    (value,) = read_texts([text], column_type, unit).values
    return value


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ("300 300.0 3.0E2 3e2 +300 00300 300. 3.0d2", "300"),
        ("0.25 .25 2.5e-1 25E-2", "0.25"),
        ("0 -0 0.000 0e5", "0"),
        ("-12.50 -1.25e1", "-12.5"),
        ("0.000001 1e-6", "0.000001"),
        ("0.0000001 1e-7", "1e-7"),
        ("1e20", "100000000000000000000"),
        ("1e21", "1e21"),
        ("12345678901234567890.123456789", "12345678901234567890.123456789"),
        ("1e308", "1e308"),
    ],
)
def test_a_number_has_one_spelling(texts: str, value: str) -> None:
    assert {value_of(text, NUMBER) for text in texts.split()} == {value}


@pytest.mark.parametrize(
    "text", ["3oo", "1_000", "1,5", "٣", "1e", "e5", "--1", "0x10", "inf", "1e309", "1 2", "5 s", "1" * 101, "-"]
)
def test_what_is_not_a_number_cannot_be_read(text: str) -> None:
    assert value_of(text, NUMBER) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("300", "300"),
        ("300 s", "300"),
        ("300s", "300"),
        ("5 min", "300"),
        ("5MIN", "300"),
        ("5 minutes", "300"),
        ("300 sec", "300"),
        ("0.5 h", "1800"),
        ("30 ms", "0.03"),
        ("1 d", "86400"),
        ("5 m", ""),
        ("5 kg", ""),
        ("5 parsnips", ""),
        ("5 s**999", ""),
    ],
)
def test_a_number_is_converted_to_the_unit_of_its_column(text: str, value: str) -> None:
    assert value_of(text, SECONDS) == value


def test_the_unit_that_a_pool_gives_applies_to_numbers_without_one() -> None:
    assert read_texts(["5", "5 s"], SECONDS, "min").values == ["300", "5"]


@pytest.mark.parametrize(
    ("text", "column_type", "value"),
    [
        ("13:29:53", HOURS, "202.470833333333333"),
        ("13 29 53", HOURS, "202.470833333333333"),
        ("13h29m53s", DEGREES, "202.470833333333333"),
        ("13H29M53.0S", HOURS, "202.470833333333333"),
        ("202.470833333333333 deg", HOURS, "202.470833333333333"),
        ("13.5", HOURS, "202.5"),
        ("13:29:60", HOURS, "202.5"),
        ("13:30", HOURS, "202.5"),
        ("+47:11:43.2", DEGREES, "47.195333333333333"),
        ("47d11m43.2s", HOURS, "47.195333333333333"),
        ("47° 11′ 43.2″", DEGREES, "47.195333333333333"),
        ("-0 30 0", DEGREES, "-0.5"),
        ("202.5d", HOURS, "202.5"),
        ("13.5H", DEGREES, "202.5"),
        ("-.25°", HOURS, "-0.25"),
        ("12.5d30m", DEGREES, ""),
        ("30 arcmin", HOURS, "0.5"),
        ("-1800 arcsec", DEGREES, "-0.5"),
        ("13:61:00", HOURS, ""),
        ("13:29.5:53", HOURS, ""),
        ("north", DEGREES, ""),
        ("5 s", DEGREES, ""),
    ],
)
def test_an_angle_is_spelled_in_degrees(text: str, column_type: ColumnType, value: str) -> None:
    assert value_of(text, column_type) == value


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59_999))
def test_sexagesimal_hours_are_read_as_astropy_reads_them(hours: int, minutes: int, milliseconds: int) -> None:
    text = f"{hours:02}:{minutes:02}:{milliseconds / 1000:06.3f}"
    amount = read_bound(text, HOURS)
    assert isinstance(amount, Decimal)
    assert float(amount) == pytest.approx(Angle(text, unit=units.hourangle).arcsec, abs=1e-6)
    assert amount == Decimal(54_000 * hours + 900 * minutes) + Decimal(15 * milliseconds) / 1000


@given(st.datetimes(datetime(1972, 1, 1), datetime(2026, 1, 1)))
def test_times_are_read_as_astropy_reads_them(moment: datetime) -> None:
    amount = read_bound(moment.isoformat(), TIME)
    assert isinstance(amount, Decimal)
    assert float(amount) / 86_400 == pytest.approx(Time(moment).mjd, abs=1.2e-5)  # astropy counts the leap second
    assert amount == Decimal((moment - datetime(1858, 11, 17)) // timedelta(microseconds=1)) / 1_000_000


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("x, y", "x,y"),
        ("y,x", "x,y"),
        ("y,x,y , X", "X,y"),
        ("x", "x"),
        ("['x', 'y']", "x,y"),
        ("x,,y", ""),
        ("x,", ""),
        (",", ""),
    ],
)
def test_a_list_has_each_entry_once_in_order(text: str, entries: str) -> None:
    assert read_list(text, ",") == entries


def test_a_list_can_be_separated_by_any_number_of_spaces() -> None:
    assert read_list(" b   a ", " ") == "a b"


@pytest.mark.parametrize(
    ("text", "column_type", "amount"),
    [
        ("0.5 s", SECONDS, "0.5"),
        ("0.5", SECONDS, "0.5"),
        ("2 min", SECONDS, "120"),
        ("3", NUMBER, "3"),
        ("1e2", NUMBER, "100"),
        ("14 d", TIME, "1209600"),
        ("2 hours", TIME, "7200"),
        ("30 arcmin", DEGREES, "1800"),
        ("1 h", HOURS, "54000"),
        ("0 s", SECONDS, "0"),
    ],
)
def test_an_amount_is_in_the_unit_of_the_columns_amounts(text: str, column_type: ColumnType, amount: str) -> None:
    assert read_amount(text, column_type) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "column_type", "message", "hint"),
    [
        ("-1 s", SECONDS, "'-1 s' is negative", "leave out the minus sign: an amount has no direction"),
        (
            "5 kg",
            SECONDS,
            "an amount in kg cannot be compared with a number in s",
            "write the amount in another unit, such as 0.5 s",
        ),
        (
            "5 s",
            NUMBER,
            "an amount in s cannot be compared with a number",
            "leave out the unit, or declare the column's unit",
        ),
        (
            "5 deg",
            TIME,
            "an amount in deg cannot be compared with a time",
            "write the amount in another unit, such as 14 d",
        ),
        ("14", TIME, "'14' has no unit", "write it, as in 14 d"),
        ("30", HOURS, "'30' has no unit", "write it, as in 30 arcmin"),
        (
            "3 parsnips",
            SECONDS,
            "'parsnips' is not a unit that astropy knows",
            "write the amount in another unit, such as 0.5 s",
        ),
        ("soon", TIME, "'soon' is not an amount", "write one such as 14 d"),
    ],
)
def test_an_amount_that_cannot_be_used_has_a_reason(
    text: str, column_type: ColumnType, message: str, hint: str
) -> None:
    problem = read_amount(text, column_type)
    assert isinstance(problem, Unreadable)
    quoted = {name: repr(value) for name, value in problem.details.items()}
    shown = problem.message
    for name, value in problem.details.items():
        shown = shown.replace(f"{{{name}:quoted}}", quoted[name]).replace(f"{{{name}}}", str(value))
    assert (shown, problem.hint) == (message, hint)


def test_a_value_of_a_rule_is_read_like_a_cell() -> None:
    assert read_value("3.0E2", NUMBER) == "300"
    assert read_value("2026-03-14", TIME) == "2026-03-14t00:00:00"
    assert read_value("B, a", LIST) == "a,b"
    assert read_value("Red", ColumnType("text")) == "red"
    assert read_value("", NUMBER) == ""
    assert isinstance(read_value("red", NUMBER), Unreadable)
    assert isinstance(read_bound("red", ColumnType("text")), Unreadable)
    assert read_bound("0", NUMBER) == 0


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40, places=12))
def test_the_shortest_decimal_is_the_same_number(number: Decimal) -> None:
    integer = int(number.scaleb(12)) if abs(number) < 10**15 else 0
    spelled = spell_number((integer, -12))
    assert Decimal(spelled) == Decimal(f"{integer}e-12")
    assert value_of(spelled, NUMBER) == spelled
    assert not spelled.endswith(".")
    assert not ("." in spelled and "e" not in spelled and spelled.endswith("0"))
