"""A batch removes files that a pool no longer makes, and no others, whatever the manifest says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.batches import files, run, write_pools
from support.observatory import pool_text

from asnforge.asnfiles.portable import MANIFEST

OUT = Path("out")


@pytest.fixture(autouse=True)
def pools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    pools = write_pools(Path("pools"), 2)
    run(pools, OUT)
    return pools


def edit(change: Callable[[dict[str, object]], None], pool: str = "night00") -> None:
    """Change the record of a pool in the manifest."""
    records = [json.loads(line) for line in (OUT / MANIFEST).read_text().splitlines()]
    for record in records:
        if pool in record["pool"]:
            change(record)
    (OUT / MANIFEST).write_text("".join(json.dumps(record) + "\n" for record in records))


def listed(*names: str, digests: tuple[str, ...] | None = None) -> None:
    """List other files in the record, with digests where they are known."""

    def change(record: dict[str, list[str]]) -> None:
        record["files"] += names
        record["digests"] += digests or [""] * len(names)

    edit(change)  # type: ignore[arg-type]


def stays(names: str, count: str, verb: str) -> str:
    return (
        f"pools/night00.tsv: G313 warning: the manifest lists {count} of an earlier run that may not be the pool's own any "
        f"more and {verb}, {names}; remove what is not needed"
    )


def warnings(pools: list[str], layout: str = "pool") -> list[str]:
    return [str(found) for found in run(pools, OUT, layout)["night00.tsv"].findings if found.code == "G313"]


def digest_of(name: str) -> str:
    records = [json.loads(line) for line in (OUT / MANIFEST).read_text().splitlines()]
    return next(
        digest
        for record in records
        for file, digest in zip(record["files"], record["digests"], strict=True)
        if file == name
    )


@pytest.mark.parametrize("name", ["notes.txt", ".git/config", "night00/notes.json", "other/x_asn.json"])
def test_a_file_that_the_manifest_only_lists_stays(pools: list[str], name: str) -> None:
    (OUT / name).parent.mkdir(exist_ok=True)
    (OUT / name).write_text("mine")
    listed(name)
    assert warnings(pools) == [stays(name, "1 file", "stays")]
    assert (OUT / name).read_text() == "mine"
    assert warnings(pools) == []


def test_a_file_of_another_pool_stays_even_with_its_digest(pools: list[str]) -> None:
    name = "night01/p011-z9_stack_01_asn.json"
    listed(name, digests=(digest_of(name),))
    (OUT / MANIFEST).write_text(
        next(line for line in (OUT / MANIFEST).read_text().splitlines() if "night00" in line) + "\n"
    )
    before = files(OUT)
    assert warnings(pools[:1]) == [stays(name, "1 file", "stays")]
    assert files(OUT) == before


@pytest.mark.parametrize(
    "text", ['{"a": 1}', "[]", '"x"', '{"asn_pool": "night00.tsv"}', "nonsense", '{"asn_pool": 7}']
)
def test_what_is_no_association_of_the_pool_stays_even_with_its_digest(pools: list[str], text: str) -> None:
    from asnforge.batch.tasks import content_digest

    (OUT / "x_asn.json").write_text(text)
    listed("x_asn.json", digests=(content_digest(text.encode()),))
    assert warnings(pools) == [stays("x_asn.json", "1 file", "stays")]
    assert (OUT / "x_asn.json").read_text() == text


def shorten(pools: list[str]) -> set[str]:
    """Have the first pool make fewer files; those that it made."""
    made = {name for name in files(OUT) if name.startswith("night00/")}
    text = Path(pools[0]).read_text().splitlines()
    Path(pools[0]).write_text("\n".join(text[:2]) + "\n")
    return made


def test_a_file_that_changed_since_stays(pools: list[str]) -> None:
    made = shorten(pools)
    edited = OUT / "night00" / "p001-z9_stack_03_asn.json"
    edited.write_text(edited.read_text().replace("science", "psf"))
    assert warnings(pools) == [stays("night00/p001-z9_stack_03_asn.json", "1 file", "stays")]
    assert made > {name for name in files(OUT) if name.startswith("night00/")} > {"night00/p001-z9_stack_03_asn.json"}


def test_files_of_a_manifest_without_digests_stay(pools: list[str]) -> None:
    made = shorten(pools)
    edit(lambda record: record.pop("digests"))
    (warning,) = warnings(pools)
    assert warning == stays("night00/p001-z9_stack_02_asn.json among them", "5 files", "stay")
    assert {name for name in files(OUT) if name.startswith("night00/")} == made


@pytest.mark.parametrize("link", ["folder", "file"])
def test_a_file_behind_a_link_stays(pools: list[str], link: str) -> None:
    made = shorten(pools)
    Path("elsewhere").mkdir()
    (OUT / "night00").rename("elsewhere/night00")
    if link == "folder":
        (OUT / "night00").symlink_to("../elsewhere/night00")
        edit(lambda record: record.update(files=[*record["files"]]))  # type: ignore[misc]
        report = run(pools, OUT)["night00.tsv"]
        assert [str(found) for found in report.findings] == [
            "out/night00: A193 a symbolic link is in the place of the folder; remove it, or choose another output folder"
        ]
    else:
        (OUT / "night00").mkdir()
        name = "night00/p001-z9_stack_03_asn.json"
        (OUT / name).symlink_to(f"../../elsewhere/{name}")
        assert warnings(pools) == [stays(name, "1 file", "stays")]
    assert {f"night00/{path.name}" for path in Path("elsewhere/night00").iterdir()} == made


def test_files_of_another_layout_go(pools: list[str]) -> None:
    assert warnings(pools, "program") == []
    assert {name.split("/")[0] for name in files(OUT)} == {"001", "011"}


def test_what_is_gone_is_not_mentioned(pools: list[str]) -> None:
    for name in shorten(pools):
        (OUT / name).unlink()
    assert warnings(pools) == []


def test_a_pool_of_the_same_name_elsewhere_keeps_its_files(pools: list[str]) -> None:
    text = pool_text("FILE PROPOSAL CAMERA FIELD CANDIDATES\na_raw.f 1 red 0 o1/night")
    Path(pools[0]).write_text(text)
    assert warnings(pools) == []
    assert all(name.startswith(("night00/", "night01/")) for name in files(OUT))
