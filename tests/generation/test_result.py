"""What is generated is a collection of associations that a program can search, write and display."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.fits_files import LYNX_HEADERS, write_fits
from support.observatory import generated, pool, rule, ruleset, write_ruleset

from asnforge import Generation, InputError, generate, load_ruleset, validate_file

POOL = """
FILE    PROPOSAL CAMERA TROUBLE CANDIDATES
a_raw.f 7        red    <b>     o1/night
b_raw.f 7        blue   x       o1/night
c_raw.f .        red    x       .
"""
RULE = rule(product="{program}-{scope}-{camera}")


@pytest.fixture
def made() -> Generation:
    """Four associations: of two cameras, in two scopes."""
    return generate(pool(POOL), ruleset(RULE, duplicates="keep"))


@pytest.fixture
def located(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generation:
    """What is generated from FITS files below the current folder; a product of the second exposure is missing."""
    monkeypatch.chdir(tmp_path)
    columns = {**LYNX_HEADERS["columns"], "PROPOSAL": {"keywords": ["PROG"]}}
    folder = write_ruleset(tmp_path / "rules", rule(), headers={**LYNX_HEADERS, "columns": columns})
    cards: dict[str, Any] = {"PROG": "001", "OBSNO": "01", "CAM": "RED", "MODE": "IMAGE", "OBJECT": "M 31"}
    for name in ("ly001_1_red_flat", "ly001_2_red_raw"):
        write_fits(tmp_path / f"night/{name}.fits", **cards)
    return generate("night", load_ruleset(folder, default=False))


NAMES = ["p007-o1-blue", "p007-o1-red", "p007-z9-blue", "p007-z9-red"]


def test_it_is_a_collection_of_associations(made: Generation) -> None:
    assert [association.products[0].name for association in made] == NAMES
    assert len(made) == 4
    assert made[0] is made.associations[0]
    assert made[-1] is made.associations[3]


@pytest.mark.parametrize("name", NAMES)
def test_an_association_is_found_by_product_and_by_file(made: Generation, name: str) -> None:
    association = made[name]
    assert association.products[0].name == name
    assert made[association.file_name] is association
    assert (name in made, association.file_name in made, association in made, "other" in made) == (
        True,
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "p007-o1-redd",
            "no association has a product or file named 'p007-o1-redd'; did you mean p007-o1-red, p007-z9-red, p007-o1-blue?",
        ),
        ("", "no association has a product or file named ''; for association in generation lists all"),
        ("xyz", "no association has a product or file named 'xyz'; for association in generation lists all"),
    ],
)
def test_an_unknown_name_is_a_key_error_with_the_closest_names(made: Generation, name: str, message: str) -> None:
    with pytest.raises(KeyError) as stop:
        made[name]
    assert str(stop.value) == message


def test_a_product_of_several_associations_is_a_key_error_with_their_files() -> None:
    made = generate(pool(POOL), ruleset(rule(product="same-{camera}"), duplicates="keep"))
    files = [association.file_name for association in made if association.products[0].name == "same-red"]
    assert len(files) == 2
    with pytest.raises(KeyError) as stop:
        made["same-red"]
    assert (
        str(stop.value)
        == f"several associations have the product same-red; give the name of a file: {', '.join(files)}"
    )
    assert made[files[1]].file_name == files[1]


def test_an_empty_result_is_true_and_has_no_associations() -> None:
    made = generated("FILE PROPOSAL CAMERA CANDIDATES\na_raw.f . red .", RULE)
    assert (bool(made), len(made), list(made)) == (True, 0, [])


def test_it_is_summarized(made: Generation) -> None:
    assert repr(made) == "<Generation: 4 associations from 3 exposures, 1 orphan>"
    assert repr(made[0]) == "<Association p007-o1_stack_01_asn.json: stack, p007-o1-blue, 1 member>"


def test_notebooks_show_escaped_tables(made: Generation) -> None:
    html = made._repr_html_()
    assert html.startswith(
        '<div style="overflow-x: auto"><div><b>4 associations from 3 exposures, 1 orphan</b></div><svg'
    )
    assert "<title>p007-o1_stack_01_asn.json: p007-o1-blue (stack, Image), 1 science</title>" in html
    html = made["p007-o1-red"]._repr_html_()
    assert "<td>p007-o1-red</td><td>science</td><td>a_flat.f</td>" in html
    many = generated("FILE PROPOSAL CAMERA CANDIDATES\n" + "".join(f"{n}<b>_raw.f 7 red .\n" for n in range(25)), RULE)
    html = many[0]._repr_html_()
    assert html.count("<tr>") == 21
    assert "0&lt;b&gt;_flat.f" in html
    assert "<b>_flat" not in html
    assert "and 5 more" in html


def test_the_dictionary_is_the_content_of_the_file(made: Generation, tmp_path: Path) -> None:
    for association in made:
        path = association.write(tmp_path / "out")
        assert path == tmp_path / "out" / association.file_name
        assert json.loads(path.read_text()) == association.to_dict()
        assert list(json.loads(path.read_text())) == list(association.to_dict())
        assert validate_file(path) == ()


def test_the_dictionary_belongs_to_the_caller(made: Generation) -> None:
    content = made[0].to_dict()
    content["products"][0]["members"].clear()
    content["products"].clear()
    assert len(made[0].to_dict()["products"][0]["members"]) == 1


def test_all_are_written_and_other_files_reported(made: Generation, tmp_path: Path) -> None:
    (tmp_path / "earlier_asn.json").write_text("{}")
    written = made.write(tmp_path)
    assert [path.name for path in written.paths] == [association.file_name for association in made]
    assert [finding.code for finding in written.findings] == ["G107"]
    assert made.write(tmp_path).unchanged == 4


def expnames(path: Path) -> list[str]:
    return [member["expname"] for product in json.loads(path.read_text())["products"] for member in product["members"]]


def test_members_are_absolute_paths_in_memory(located: Generation) -> None:
    folder = Path.cwd() / "night"
    members = [member.expname for member in located[0].products[0].members]
    assert members == [f"{folder}/ly001_1_red_flat.fits", f"{folder}/ly001_2_red_flat.fits"]
    assert [member["expname"] for member in located[0].to_dict()["products"][0]["members"]] == members
    assert [str(finding) for finding in located.findings if finding.code == "G123"] == [
        f"{located[0].file_name}: G123 needs ly001_2_red_flat.fits (science), which is not among the files; "
        "there is ly001_2_red_raw.fits; run lynx-flatten first"
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["../night/ly001_1_red_flat.fits", "../night/ly001_2_red_flat.fits"]),
        ({"paths": "bare"}, ["ly001_1_red_flat.fits", "ly001_2_red_flat.fits"]),
        ({"paths": "absolute"}, ["{here}/night/ly001_1_red_flat.fits", "{here}/night/ly001_2_red_flat.fits"]),
    ],
    ids=["relative", "bare", "absolute"],
)
def test_written_members_lead_to_the_files(located: Generation, options: dict[str, Any], expected: list[str]) -> None:
    expected = [name.format(here=Path.cwd()) for name in expected]
    assert expnames(located.write("asn", **options).paths[0]) == expected
    assert expnames(located[0].write("asn", **options)) == expected


def test_files_are_found_from_any_folder(located: Generation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    path = located.write("deep/asn").paths[0]
    first, _ = expnames(path)
    assert first == "../../../night/ly001_1_red_flat.fits"
    assert (path.parent / first).exists()


def test_members_without_files_can_be_left_out(located: Generation, tmp_path: Path) -> None:
    made = generate("night", load_ruleset(tmp_path / "rules", default=False), present_only=True)
    assert [len(product.members) for association in made for product in association.products] == [1]


@pytest.mark.parametrize(
    ("folder", "paths", "message"),
    [
        (None, "relative", "P143 folder cannot be 'None' (NoneType); give the path of a folder"),
        ("out", "short", "P143 paths cannot be 'short'; give one of relative, absolute, bare"),
    ],
)
def test_a_wrong_argument_is_explained(made: Generation, folder: Any, paths: Any, message: str) -> None:
    with pytest.raises(InputError) as stop:
        made.write(folder, paths=paths)
    assert str(stop.value) == message
