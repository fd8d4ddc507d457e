"""Which pools are meant by files, folders, patterns and lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from asnforge.batch.sources import find_pools
from asnforge.findings import CannotContinue

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
def test_what_is_meant(named: list[str], found: list[str]) -> None:
    assert find_pools(named) == tuple(found)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("-", r"G301 a batch does not read standard input; save it to a file, or use asnforge generate"),
        ("*.fits", r"\*\.fits: G301 the pattern fits no file; name some pools"),
        ("empty.list", r"empty\.list: G301 the list is empty; name some pools"),
        ("bare", r"bare: G301 the folder has no tables; name some pools"),
        ("self.list", r"self\.list: G301 the list of pools names itself"),
        ("round.list", r"round\.list: G301 the list of pools names itself"),
    ],
)
def test_what_leads_to_no_pool(name: str, message: str) -> None:
    Path("bare").mkdir()
    with pytest.raises(CannotContinue, match=rf"^{message}$"):
        find_pools([name])


def test_a_file_with_a_mark_of_patterns_in_its_name_is_that_file() -> None:
    Path("a[1].tsv").write_text("FILE\tPROPOSAL\n")
    assert find_pools(["a[1].tsv"]) == ("a[1].tsv",)
