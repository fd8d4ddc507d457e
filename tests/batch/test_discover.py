"""Files, folders, patterns and lists lead to pools."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

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
    assert find_pools(named) == tuple(found)


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
    assert find_pools(["a[1].tsv"]) == ("a[1].tsv",)


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
    assert find_pools([name, name]) == found
    assert len(seen) <= opened


def test_a_list_in_several_lists_is_not_a_cycle() -> None:
    Path("one.list").write_text("common.list\nother.list\n")
    Path("other.list").write_text("common.list\n")
    Path("common.list").write_text("a.tsv\n")
    assert find_pools(["one.list", "common.list"]) == ("a.tsv",)


@pytest.mark.parametrize(("depth", "fits"), [(discover.DEEPEST, True), (discover.DEEPEST + 1, False), (5000, False)])
def test_the_depth_of_nested_lists_is_limited(depth: int, fits: bool) -> None:
    for number in range(depth):
        Path(f"n{number}.list").write_text(f"n{number + 1}.list\n")
    Path(f"n{depth - 1}.list").write_text("a.tsv\n")
    if fits:
        assert find_pools(["n0.list"]) == ("a.tsv",)
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
    assert find_pools(["deep"]) == ("deep/b.csv", "deep/er/c.tsv.gz")
    Path("pipes.list").write_text("deep/pipe.tsv\npipe.list\n")
    assert find_pools(["pipes.list"]) == ("deep/pipe.tsv", "pipe.list")
