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
from asnforge.byhand.check_members import MemberChecker
from asnforge.byhand.edit import Addition, edited
from asnforge.byhand.gather import gather
from asnforge.byhand.show_association import describe
from asnforge.findings import InputError
from asnforge.rules.header_mapping import CombinedProducts
from asnforge.rules.pipelines import AsnType, MemberCount, Pipelines

FILE = "out/night_asn.json"
LYNX = replace(
    lynx_ruleset(), headers=replace(lynx_mapping(), combined=CombinedProducts("ASNNAME", "HDRTAB", "FILENAME"))
)


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
            _edit(add=[Addition("raw/c_spec/c_spek.fits", "science")]),
            "A129 there is no file raw/c_spec/c_spek.fits; did you mean c_spec.fits?",
        ),
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
    gathered = gather([FILE], "all", LYNX, means)
    assert (gathered.associations, gathered.files) == (("all/night_asn.json",), 2)
    assert members("all/night_asn.json") == ["a_flat.fits science", "b_flat.fits science"]
    assert sorted(path.name for path in Path("all").iterdir()) == ["a_flat.fits", "b_flat.fits", "night_asn.json"]
    assert Path("all/a_flat.fits").is_symlink() == (means == "link")
    assert Path("all/a_flat.fits").read_bytes() == Path("raw/a_flat/a_flat.fits").read_bytes()


def test_gathering_again_changes_nothing() -> None:
    write("../raw/a_flat/a_flat.fits science")
    for means in ("link", "link", "copy"):
        gather([FILE], "all", LYNX, means)
    assert members("all/night_asn.json") == ["a_flat.fits science"]
    assert members(FILE) == ["../raw/a_flat/a_flat.fits science"]


def test_a_missing_member_or_a_second_file_of_a_name_gathers_nothing() -> None:
    write_fits(Path("other/a_flat.fits"), MODE="MASK")
    write("../raw/a_flat/a_flat.fits science", "../other/a_flat.fits science", "b_flat.fits science")
    with pytest.raises(InputError) as refused:
        gather([FILE], "all", LYNX)
    assert str(refused.value).splitlines() == [
        f"{FILE}:1:229: G123 needs b_flat.fits (science), which does not exist; download it",
        f"{FILE}: A131 another file of the name a_flat.fits is gathered or in the folder already; remove it, or gather in "
        "another folder",
    ]
    assert not Path("all").exists()


def test_a_gathered_folder_of_links_can_be_moved() -> None:
    write("../raw/a_flat/a_flat.fits science")
    gather([FILE], "all", LYNX)
    Path("all").rename(Path("out") / "moved")
    assert Path("out/moved/a_flat.fits").is_file()
    assert MemberChecker(LYNX).findings("out/moved/night_asn.json") == ()


def test_a_copy_replaces_a_link_and_a_link_that_leads_nowhere_is_replaced() -> None:
    write("../raw/a_flat/a_flat.fits science")
    Path("all").mkdir()
    Path("all/a_flat.fits").symlink_to("nowhere.fits")
    gather([FILE], "all", LYNX)
    assert Path("all/a_flat.fits").readlink() == Path("raw/a_flat/a_flat.fits").resolve()
    gather([FILE], "all", LYNX, "copy")
    assert not Path("all/a_flat.fits").is_symlink()
    assert sorted(path.name for path in Path("all").iterdir()) == ["a_flat.fits", "night_asn.json"]


def test_a_missing_background_is_a_warning_and_the_rest_is_gathered() -> None:
    write("../raw/a_flat/a_flat.fits science", "../raw/c_spec/c_spek.fits background")
    gathered = gather([FILE], "all", LYNX)
    assert [str(finding) for finding in gathered.findings] == [
        f"{FILE}:1:170: G123 warning: needs ../raw/c_spec/c_spek.fits (background), which does not exist; did you mean "
        "c_spec.fits?"
    ]
    assert members("all/night_asn.json") == ["a_flat.fits science", "c_spek.fits background"]


def test_two_associations_of_one_name_are_not_gathered_in_one_folder() -> None:
    write("../raw/a_flat/a_flat.fits science")
    write("../raw/b_flat/b_flat.fits science", file="other/night_asn.json")
    with pytest.raises(InputError) as refused:
        gather([FILE, FILE, "other/night_asn.json"], "all", LYNX)
    assert str(refused.value) == (
        f"{FILE}: A131 another file of the name night_asn.json is gathered or in the folder already; remove it, or gather "
        "in another folder"
    )


def test_an_association_in_another_folder_has_paths_from_there() -> None:
    association = edited(read_association(FILE), [Addition("raw/*/c_*.fits", "background")])
    write_association(association, "deep/er/night_asn.json")
    assert members("deep/er/night_asn.json") == [
        "../../raw/a_flat/a_flat.fits science",
        "b_flat.fits science",
        "../../raw/c_spec/c_spec.fits background",
    ]
    assert len(members()) == 2


NEEDS_PSF = AsnType(
    "mask", "lynxmask", require=(MemberCount("psf", 1, severity="error", otherwise="nothing comes out"),)
)


def test_what_a_pipeline_needs_may_be_missing_before_but_not_be_removed() -> None:
    ruleset = replace(LYNX, pipelines=Pipelines({"mask": NEEDS_PSF}))
    write("a_flat.fits science", "b_flat.fits psf", asn_type="mask")
    with pytest.raises(InputError) as refused:
        write_association(edited(read_association(FILE, ruleset), remove=["b_*"]), FILE, ruleset)
    assert str(refused.value) == f"{FILE}: A119 product 1 of the mask association has no psf member; nothing comes out"
    write("a_flat.fits science", "c_flat.fits science", asn_type="mask")
    write_association(edited(read_association(FILE, ruleset), remove=["c_*"]), FILE, ruleset)
    assert members() == ["a_flat.fits science"]


@pytest.mark.parametrize("content", ["SIMPLE  =", '{"title": "a catalog"}', "[1, 2]"])
def test_a_file_that_is_not_an_association_is_not_replaced(content: str) -> None:
    Path("other.json").write_text(content)
    with pytest.raises(InputError) as refused:
        write_association(read_association(FILE), "other.json")
    assert "A142" in str(refused.value)
    assert Path("other.json").read_text() == content


@pytest.mark.parametrize(
    ("file", "where"),
    [
        ("far/away/night_asn.json", "p_i2d.fits: made from night_asn.json, which is not near it"),
        ("made/night_asn.json", "p_i2d.fits: made from made/night_asn.json"),
        ("next/night_asn.json", "p_i2d.fits: made from next/night_asn.json"),
    ],
)
def test_a_combined_product_shows_its_association(file: str, where: str) -> None:
    write_fits(Path("made/p_i2d.fits"), ASNNAME="night_asn.json")
    Path(FILE).unlink()
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    write("a_flat.fits science", file=file)
    (product,) = describe("made/p_i2d.fits", LYNX)
    assert next(product.lines()) == where


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


def test_a_product_without_a_name_is_shown() -> None:
    write(products=[{"members": [{"expname": "b_flat.fits", "exptype": "science"}]}])
    (product,) = describe(FILE, LYNX)
    assert product.as_dict()["name"] is None
    assert next(product.lines()) == "a product without a name: 1 member"


def test_a_product_is_named_next_to_one_without_a_name() -> None:
    one, other = ({"members": [{"expname": name, "exptype": "science"}]} for name in ("a.fits", "b.fits"))
    write(products=[one, {**other, "name": "q"}])
    addition = Addition("raw/c_spec/c_spec.fits", "science")
    result = edited(read_association(FILE), [addition], ["b.fits"], product="q")
    assert [[member["expname"] for member in product["members"]] for product in result.content["products"]] == [
        ["a.fits"],
        ["../raw/c_spec/c_spec.fits"],
    ]
    with pytest.raises(InputError, match="there is no product x; available: q"):
        edited(read_association(FILE), remove=["b.fits"], product="x")


def test_a_combined_product_lists_its_members(tmp_path: Path) -> None:
    table = np.array([("a_flat.fits",), ("b_flat.fits",)], dtype=[("FILENAME", "U20")])
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(table, name="HDRTAB")]).writeto("p_i2d.fits")
    (product,) = describe("p_i2d.fits", LYNX)
    assert list(product.lines()) == ["p_i2d.fits: 2 members", "  files (2)", "    a_flat.fits", "    b_flat.fits"]


def test_a_fits_file_without_members_says_so() -> None:
    with pytest.raises(InputError) as refused:
        describe("raw/a_flat/a_flat.fits", LYNX)
    assert str(refused.value) == (
        "raw/a_flat/a_flat.fits: A132 the file does not say which files or association it was made from"
    )
