"""Editing, gathering and showing single associations."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from support.fits_files import lynx_mapping, write_fits
from support.observatory import ruleset as lynx_ruleset

from asnforge.byhand.association_file import read_association, write_association
from asnforge.byhand.edit import Addition, edited
from asnforge.byhand.gather import gather
from asnforge.byhand.show_association import describe
from asnforge.findings import InputError

FILE = "out/night_asn.json"


@pytest.fixture(autouse=True)
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An association of two exposures in folders of their own, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    for name, color in (("a_flat", "RED"), ("b_flat", "BLUE"), ("c_spec", "RED")):
        write_fits(
            tmp_path / "raw" / name / f"{name}.fits", MODE="SLIT", PROG="001", OBSNO="02", COLOR=color, CAM="RED"
        )
    write("../raw/a_flat/a_flat.fits science", "b_flat.fits science")


def write(*members: str, file: str = FILE, **keywords: Any) -> None:
    """Write an association with members as 'expname exptype'."""
    pairs = [dict(zip(("expname", "exptype"), member.split(), strict=True)) for member in members]
    content = {
        "asn_id": "o02",
        "asn_pool": "none",
        "note": "mine",
        "products": [{"name": "p", "members": pairs}],
        **keywords,
    }
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text(json.dumps(content))


def members(file: str = FILE) -> list[str]:
    content = json.loads(Path(file).read_text())
    return [
        f"{member['expname']} {member['exptype']}" for product in content["products"] for member in product["members"]
    ]


def test_members_are_added_with_the_path_from_the_associations_folder() -> None:
    result = edited(read_association(FILE), [Addition("raw/c_spec/c_spec.fits", "background")])
    write_association(result, FILE)
    assert members() == [
        "../raw/a_flat/a_flat.fits science",
        "b_flat.fits science",
        "../raw/c_spec/c_spec.fits background",
    ]
    assert json.loads(Path(FILE).read_text())["note"] == "mine"


@pytest.mark.parametrize("name", ["b_flat.fits", "b_*", "*flat.fits"])
def test_members_are_removed_by_name_or_pattern(name: str) -> None:
    result = edited(read_association(FILE), remove=[name])
    kept = [member["expname"] for member in result.members()]
    assert kept == ([] if name == "*flat.fits" else ["../raw/a_flat/a_flat.fits"])


def test_files_of_members_are_located() -> None:
    write_association(edited(read_association(FILE), locate="raw"), FILE)
    assert members() == ["../raw/a_flat/a_flat.fits science", "../raw/b_flat/b_flat.fits science"]


def _edit(**changes: Any) -> Callable[[], object]:
    return lambda: edited(read_association(FILE), **changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_edit(remove=["b_falt.fits"]), "A127 there is no member b_falt.fits; did you mean b_flat.fits?"),
        (_edit(remove=["x"], product="q"), "A127 there is no product q; available: p"),
        (
            _edit(add=[Addition("raw/a_flat/a_flat.fits", "science")]),
            "A128 ../raw/a_flat/a_flat.fits is a science member already",
        ),
        (_edit(add=[Addition("raw/none.fits", "science")]), "A129 there is no file raw/none.fits"),
        (
            _edit(locate="out"),
            "A129 a_flat.fits is not below out\nout/night_asn.json: A129 b_flat.fits is not below out",
        ),
    ],
)
def test_a_change_that_cannot_be_made(change: Callable[[], object], message: str) -> None:
    before = Path(FILE).read_bytes()
    with pytest.raises(InputError) as refused:
        change()
    assert str(refused.value) == f"{FILE}: {message}"
    assert Path(FILE).read_bytes() == before


def test_a_result_that_is_not_valid_is_not_written() -> None:
    before = Path(FILE).read_bytes()
    with pytest.raises(InputError):
        write_association(edited(read_association(FILE), remove=["*"]), FILE)
    assert Path(FILE).read_bytes() == before


def test_a_file_that_is_not_an_association_is_not_changed() -> None:
    Path(FILE).write_text('{"asn_id": "o02"}')
    with pytest.raises(InputError) as refused:
        read_association(FILE)
    assert str(refused.value).splitlines()[0] == f"{FILE}: A126 the file is not a valid association"


@pytest.mark.parametrize("means", ["link", "copy"])
def test_gathered_members_are_next_to_the_association(means: Any) -> None:
    write("../raw/a_flat/a_flat.fits science", "../raw/b_flat/b_flat.fits science")
    gathered = gather([FILE], "all", means)
    assert (gathered.associations, gathered.files) == (("all/night_asn.json",), 2)
    assert members("all/night_asn.json") == ["a_flat.fits science", "b_flat.fits science"]
    assert sorted(path.name for path in Path("all").iterdir()) == ["a_flat.fits", "b_flat.fits", "night_asn.json"]
    assert Path("all/a_flat.fits").is_symlink() == (means == "link")
    assert Path("all/a_flat.fits").read_bytes() == Path("raw/a_flat/a_flat.fits").read_bytes()


def test_gathering_again_changes_nothing() -> None:
    write("../raw/a_flat/a_flat.fits science")
    for means in ("link", "link", "copy"):
        gather([FILE], "all", means)
    assert members("all/night_asn.json") == ["a_flat.fits science"]
    assert members(FILE) == ["../raw/a_flat/a_flat.fits science"]


def test_a_missing_member_or_a_second_file_of_a_name_gathers_nothing() -> None:
    write_fits(Path("other/a_flat.fits"), MODE="MASK")
    write("../raw/a_flat/a_flat.fits science", "../other/a_flat.fits science", "b_flat.fits science")
    with pytest.raises(InputError) as refused:
        gather([FILE], "all")
    assert str(refused.value).splitlines() == [
        f"{FILE}: A131 another file of the name a_flat.fits is gathered or in the folder already",
        f"{FILE}: A130 there is no b_flat.fits",
    ]
    assert not Path("all").exists()


def test_members_are_shown_with_what_they_have_in_common_and_whether_they_exist() -> None:
    write("../raw/a_flat/a_flat.fits science", "../raw/b_flat/b_flat.fits science", "b_flat.fits background")
    ruleset = replace(lynx_ruleset(), headers=lynx_mapping())
    (product,) = describe(FILE, ruleset)
    assert list(product.lines()) == [
        "p: 3 members",
        "  science (2)  PROGRAM=1 OBSERVATION=2 CAMERA=RED",
        "    ../raw/a_flat/a_flat.fits",
        "    ../raw/b_flat/b_flat.fits",
        "  background (1, 1 missing)",
        "    b_flat.fits  missing",
    ]


def test_a_combined_product_lists_its_members(tmp_path: Path) -> None:
    table = np.array([("a_flat.fits",), ("b_flat.fits",)], dtype=[("FILENAME", "U20")])
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(table, name="HDRTAB")]).writeto("p_i2d.fits")
    (product,) = describe("p_i2d.fits", lynx_ruleset())
    assert list(product.lines()) == ["p_i2d.fits: 2 members", "  science (2)", "    a_flat.fits", "    b_flat.fits"]


def test_a_fits_file_without_members_says_so() -> None:
    with pytest.raises(InputError) as refused:
        describe("raw/a_flat/a_flat.fits", lynx_ruleset())
    assert str(refused.value) == (
        "raw/a_flat/a_flat.fits: A132 the file has no table HDRTAB with the names of its members"
    )
