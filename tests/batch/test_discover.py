"""Files, folders, patterns and lists lead to pools."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.fits_files import lynx_mapping, write_fits

from asnforge.batch import discover
from asnforge.batch.discover import find_pools
from asnforge.findings import InputError

FILES = {
    "a.tsv": "FILE\tPROPOSAL\n",
    "deep/b.csv": "FILE,PROPOSAL\n",
    "deep/er/c.tsv.gz": "",
    "deep/.hidden.tsv": "",
    "deep/.venv/table.tsv": "",
    "deep/notes.md": "",
    "some.txt": "a.tsv\n\n# a comment\ndeep/*.csv\n",
    "all.list": "deep\na.tsv\n",
    "nested.lst": "some.txt\n",
    "gone.list": "a.tsv\nno.tsv\n",
    "empty.list": "# nothing\n",
    "self.list": "self.list\n",
    "round.list": "about.list\n",
    "remarks.txt": "# pools\n\na.tsv\n",
    "no_fit.list": "a.tsv\nx*.tsv\n",
    "long.list": f"a.tsv\n{'x' * 300}\n",
    "deep/er/lists/up.list": "../deep/b.csv\n",
    "about.list": "round.list\n",
}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    Path("link.tsv").symlink_to("a.tsv")
    Path("elsewhere").symlink_to("deep/er/lists")


@pytest.mark.parametrize(
    ("named", "found"),
    [
        (["a.tsv"], ["a.tsv"]),
        (["no.tsv"], ["no.tsv"]),
        (["./a.tsv", "a.tsv"], ["a.tsv"]),
        (["deep"], ["deep/b.csv", "deep/er/c.tsv.gz"]),
        (["deep/", "a.tsv"], ["a.tsv", "deep/b.csv", "deep/er/c.tsv.gz"]),
        (["*.tsv"], ["a.tsv"]),
        (["**/*.csv"], ["deep/b.csv"]),
        (["some.txt"], ["a.tsv", "deep/b.csv"]),
        (["all.list"], ["a.tsv", "deep/b.csv", "deep/er/c.tsv.gz"]),
        (["nested.lst"], ["a.tsv", "deep/b.csv"]),
        (["gone.list"], ["a.tsv", "no.tsv"]),
        (["remarks.txt"], ["a.tsv"]),
        (["no_fit.list"], ["a.tsv", "x*.tsv"]),
        (["long.list"], ["a.tsv", "x" * 300]),
        (["link.tsv", "a.tsv"], ["a.tsv"]),
        (["elsewhere/up.list"], ["elsewhere/../deep/b.csv"]),
        (["deep/*"], ["deep/b.csv", "deep/notes.md"]),
    ],
)
def test_arguments_lead_to_pools(named: list[str], found: list[str]) -> None:
    assert find_pools(named).names == tuple(found)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("-", r"G301 a batch does not read standard input; save it to a file, or use asnforge generate"),
        ("*.fits", r"\*\.fits: G301 the pattern matches no file; name some pools"),
        ("empty.list", r"empty\.list: G301 the list is empty; name some pools"),
        ("bare", r"bare: G301 the folder has no tables; name some pools"),
        ("self.list", r"self\.list: G301 the list of pools names itself"),
        ("round.list", r"round\.list: G301 the list of pools names itself"),
    ],
)
def test_arguments_without_pools_are_rejected(name: str, message: str) -> None:
    Path("bare").mkdir()
    with pytest.raises(InputError, match=rf"^{message}$"):
        find_pools([name])


def test_a_file_name_with_brackets_is_not_a_pattern() -> None:
    Path("a[1].tsv").write_text("FILE\tPROPOSAL\n")
    assert find_pools(["a[1].tsv"]).names == ("a[1].tsv",)


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are opened from now on to see whether they are lists, once for each time."""
    seen: list[str] = []
    entries = discover._entries

    def counting(path: Path) -> list[str] | None:
        seen.append(path.name)
        return entries(path)

    monkeypatch.setattr(discover, "_entries", counting)
    return seen


def nested() -> str:
    """Eight lists, each of which names the next one ten times, by several names."""
    for number in range(1, 9):
        names = (
            [f"l{number + 1}.list", f"./l{number + 1}.list", f"deep/../l{number + 1}.list"] if number < 8 else ["a.tsv"]
        )
        Path(f"l{number}.list").write_text("".join(f"{names[line % len(names)]}\n" for line in range(10)))
    return "l1.list"


def one_pool_many_times() -> str:
    Path("many.list").write_text("a.tsv\n./a.tsv\nlink.tsv\n" * 10_000)
    return "many.list"


def one_folder_many_times() -> str:
    Path("folders.list").write_text("deep\ndeep/\n./deep\n" * 1000)
    return "folders.list"


@pytest.mark.parametrize(
    ("make", "found", "opened"),
    [
        (nested, ("a.tsv",), 9),
        (one_pool_many_times, ("a.tsv",), 4),
        (one_folder_many_times, ("deep/b.csv", "deep/er/c.tsv.gz"), 1),
    ],
)
def test_each_list_and_folder_is_read_once(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], str], found: tuple[str, ...], opened: int
) -> None:
    name = make()
    seen = reads(monkeypatch)
    assert find_pools([name, name]).names == found
    assert len(seen) <= opened


def test_a_list_in_several_lists_is_not_a_cycle() -> None:
    Path("one.list").write_text("common.list\nother.list\n")
    Path("other.list").write_text("common.list\n")
    Path("common.list").write_text("a.tsv\n")
    assert find_pools(["one.list", "common.list"]).names == ("a.tsv",)


@pytest.mark.parametrize(("depth", "fits"), [(discover.DEEPEST, True), (discover.DEEPEST + 1, False), (5000, False)])
def test_the_depth_of_nested_lists_is_limited(depth: int, fits: bool) -> None:
    for number in range(depth):
        Path(f"n{number}.list").write_text(f"n{number + 1}.list\n")
    Path(f"n{depth - 1}.list").write_text("a.tsv\n")
    if fits:
        assert find_pools(["n0.list"]).names == ("a.tsv",)
        return
    with pytest.raises(InputError) as caught:
        find_pools(["n0.list"])
    assert str(caught.value) == (
        f"n{discover.DEEPEST}.list: G301 lists are nested more than {discover.DEEPEST} levels deep; "
        "name the pools in fewer lists"
    )


def test_a_cycle_through_links_is_found() -> None:
    Path("c1.list").write_text("c2.list\n")
    Path("c2.list").symlink_to("c1.list")
    with pytest.raises(InputError, match=r"^c2\.list: G301 the list of pools names itself$"):
        find_pools(["c1.list"])


def test_a_list_that_is_too_large_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "LARGEST_LIST", 2 << 20)
    Path("large.list").write_text("a.tsv\n" * 400_000)
    with pytest.raises(
        InputError, match=r"^large\.list: G301 the list is larger than 2 MiB; name a folder or a pattern"
    ):
        find_pools(["large.list"])


def test_pipes_in_a_folder_are_ignored_and_those_in_a_list_are_not_opened() -> None:
    os.mkfifo("deep/pipe.tsv")
    os.mkfifo("pipe.list")
    assert find_pools(["deep"]).names == ("deep/b.csv", "deep/er/c.tsv.gz")
    Path("pipes.list").write_text("deep/pipe.tsv\npipe.list\n")
    assert find_pools(["pipes.list"]).names == ("deep/pipe.tsv", "pipe.list")


def exposures(folder: str, *numbers: int) -> None:
    for number in numbers:
        write_fits(Path(folder, f"ly007_{number}_red_flat.fits"), MODE="image", PROG=7)


@pytest.mark.parametrize(
    ("named", "one_pool", "pools"),
    [
        (["n1"], False, {"n1": ("n1",)}),
        (["n1/"], False, {"n1": ("n1/",)}),
        (["n1", "n2"], False, {"n1": ("n1",), "n2": ("n2",)}),
        (["n1", "n2"], True, {"{here}": ("n1", "n2")}),
        (["n?"], False, {"n1": ("n1",), "n2": ("n2",)}),
        (["n1/*.fits"], False, {"n1": ("n1/*.fits",)}),
        (["n1/ly007_1_red_flat.fits"], False, {"n1/ly007_1_red_flat.fits": ("n1/ly007_1_red_flat.fits",)}),
        (
            ["n2/ly007_3_red_flat.fits", "n2/ly007_4_red_flat.fits"],
            False,
            {"{here}/n2": ("n2/ly007_3_red_flat.fits", "n2/ly007_4_red_flat.fits")},
        ),
        (["fits.list"], False, {"n1": ("n1",)}),
        (["n1/only.fits"], False, {}),
    ],
)
def test_fits_files_of_exposures_are_pools(named: list[str], one_pool: bool, pools: dict[str, tuple[str, ...]]) -> None:
    exposures("n1", 1, 2)
    exposures("n2", 3, 4)
    write_fits(Path("n1/only.fits"), TELESCOP="Lynx")
    Path("fits.list").write_text("n1\n")
    found = find_pools(named, lynx_mapping(), one_pool=one_pool)
    assert found.fits == {name.format(here=Path.cwd()): paths for name, paths in pools.items()}
    assert found.names == (tuple(sorted(found.fits)) or ("n1/only.fits",))


@pytest.mark.parametrize(
    ("file", "first", "findings"),
    [
        (
            "night.tsv",
            "FILE\tPROGRAM\tCAMERA\tMODE\n",
            ["n1: G124 warning: the folder has FITS files of exposures, so it is one pool; 1 table in it not used: "
             "n1/night.tsv; name a table to use it as a pool"],
        ),
        ("ly007_pool.tsv", "FILE\tPROGRAM\tCAMERA\tMODE\n", []),
        ("stars.csv", "x,y,flux,mode\n", []),
    ],
)  # fmt: skip
def test_tables_in_a_folder_of_fits_files_are_not_pools(file: str, first: str, findings: list[str]) -> None:
    exposures("n1", 1)
    Path("n1", file).write_text(first)
    found = find_pools(["n1"], lynx_mapping())
    assert (found.names, list(map(str, found.findings))) == (("n1",), findings)


def test_a_folder_of_tables_in_fits_files_is_not_a_pool_of_exposures() -> None:
    write_fits(Path("n1/a.fits"), TELESCOP="Lynx")
    assert find_pools(["n1"], lynx_mapping()).names == ("n1/a.fits",)
