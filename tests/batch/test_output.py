"""The output folder: one batch at a time, files are published whole, and only stale files are removed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.batches import files, run, write_pools
from support.observatory import pool_text

from asnforge.asnfiles.portable import MANIFEST
from asnforge.asnfiles.staging import OutputFile, content_digest, stage
from asnforge.atomic import temporary_name
from asnforge.batch.output import STAGING, Staging, locked
from asnforge.batch.tasks import Layout
from asnforge.findings import InputError

OUT = Path("out")


@pytest.fixture(autouse=True)
def pools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    pools = write_pools(Path("pools"), 2)
    run(pools, OUT)
    return pools


def edit(change: Callable[[dict[str, Any]], object], pool: str = "night00") -> None:
    """Change the record of a pool in the manifest."""
    records = [json.loads(line) for line in (OUT / MANIFEST).read_text().splitlines()]
    for record in records:
        if pool in record["pool"]:
            change(record)
    (OUT / MANIFEST).write_text("".join(json.dumps(record) + "\n" for record in records))


def listed(*names: str, digests: tuple[str, ...] | None = None) -> None:
    """List other files in the record, with digests where they are known."""

    def change(record: dict[str, Any]) -> None:
        record["files"] += names
        record["digests"] += digests or [""] * len(names)

    edit(change)


def kept(names: str, count: str = "1 file", verb: str = "is kept") -> str:
    return (
        f"pools/night00.tsv: G313 warning: the manifest lists {count} of an earlier run that may no longer be the pool's own "
        f"and {verb}, {names}; remove what is not needed"
    )


def warnings(pools: list[str], layout: Layout = "pool") -> list[str]:
    return [str(finding) for finding in run(pools, OUT, layout)["night00.tsv"].findings if finding.code == "G313"]


def digest_of(name: str) -> str:
    records = [json.loads(line) for line in (OUT / MANIFEST).read_text().splitlines()]
    digests = {
        file: digest for record in records for file, digest in zip(record["files"], record["digests"], strict=True)
    }
    return str(digests[name])


@pytest.mark.parametrize("name", ["notes.txt", ".git/config", "night00/notes.json", "other/x_asn.json"])
def test_a_file_without_a_digest_is_kept(pools: list[str], name: str) -> None:
    (OUT / name).parent.mkdir(exist_ok=True)
    (OUT / name).write_text("mine")
    listed(name)
    assert warnings(pools) == [kept(name)]
    assert (OUT / name).read_text() == "mine"
    assert warnings(pools) == []


def test_a_file_of_another_pool_is_kept_even_with_its_digest(pools: list[str]) -> None:
    name = "night01/p011-z9_stack_01_asn.json"
    listed(name, digests=(digest_of(name),))
    (OUT / MANIFEST).write_text(
        next(line for line in (OUT / MANIFEST).read_text().splitlines() if "night00" in line) + "\n"
    )
    before = files(OUT)
    assert warnings(pools[:1]) == [kept(name)]
    assert files(OUT) == before


@pytest.mark.parametrize(
    "text", ['{"a": 1}', "[]", '"x"', '{"asn_pool": "night00.tsv"}', "nonsense", '{"asn_pool": 7}']
)
def test_a_file_that_is_not_an_association_of_the_pool_is_kept_even_with_its_digest(
    pools: list[str], text: str
) -> None:
    (OUT / "x_asn.json").write_text(text)
    listed("x_asn.json", digests=(content_digest(text.encode()),))
    assert warnings(pools) == [kept("x_asn.json")]
    assert (OUT / "x_asn.json").read_text() == text


def shorten(pools: list[str]) -> set[str]:
    """Shorten the first pool, and return the files that it gave before."""
    earlier_files = {name for name in files(OUT) if name.startswith("night00/")}
    text = Path(pools[0]).read_text().splitlines()
    Path(pools[0]).write_text("\n".join(text[:2]) + "\n")
    return earlier_files


def test_a_changed_file_is_kept(pools: list[str]) -> None:
    earlier_files = shorten(pools)
    edited = OUT / "night00" / "p001-z9_stack_03_asn.json"
    edited.write_text(edited.read_text().replace("science", "psf"))
    assert warnings(pools) == [kept("night00/p001-z9_stack_03_asn.json")]
    assert (
        earlier_files
        > {name for name in files(OUT) if name.startswith("night00/")}
        > {"night00/p001-z9_stack_03_asn.json"}
    )


def test_files_of_a_manifest_without_digests_are_kept(pools: list[str]) -> None:
    earlier_files = shorten(pools)
    edit(lambda record: record.pop("digests"))
    (warning,) = warnings(pools)
    assert warning == kept("night00/p001-z9_stack_02_asn.json among them", "5 files", "are kept")
    assert {name for name in files(OUT) if name.startswith("night00/")} == earlier_files


@pytest.mark.parametrize("link", ["folder", "file"])
def test_a_file_behind_a_link_is_kept(pools: list[str], link: str) -> None:
    earlier_files = shorten(pools)
    Path("elsewhere").mkdir()
    (OUT / "night00").rename("elsewhere/night00")
    if link == "folder":
        (OUT / "night00").symlink_to("../elsewhere/night00")
        edit(lambda record: record.update(files=[*record["files"]]))
        report = run(pools, OUT)["night00.tsv"]
        assert [str(found) for found in report.findings] == [
            "out/night00: A193 the folder is a symbolic link; remove it, or choose another output folder"
        ]
    else:
        (OUT / "night00").mkdir()
        name = "night00/p001-z9_stack_03_asn.json"
        (OUT / name).symlink_to(f"../../elsewhere/{name}")
        assert warnings(pools) == [kept(name)]
    assert {f"night00/{path.name}" for path in Path("elsewhere/night00").iterdir()} == earlier_files


def test_files_of_another_layout_are_removed(pools: list[str]) -> None:
    assert warnings(pools, "program") == []
    assert {name.split("/")[0] for name in files(OUT)} == {"001", "011"}


def test_missing_files_are_not_reported(pools: list[str]) -> None:
    for name in shorten(pools):
        (OUT / name).unlink()
    assert warnings(pools) == []


def test_files_that_a_pool_no_longer_gives_are_removed(pools: list[str]) -> None:
    text = pool_text("FILE PROPOSAL CAMERA FIELD CANDIDATES\na_raw.f 1 red 0 o1/night")
    Path(pools[0]).write_text(text)
    assert warnings(pools) == []
    assert all(name.startswith(("night00/", "night01/")) for name in files(OUT))


def test_temporary_files_of_killed_processes_are_removed_and_no_others(tmp_path: Path) -> None:
    code = "from asnforge.atomic import temporary_name; print(temporary_name())"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    folder = tmp_path / "locked"
    folder.mkdir()
    others = [folder / name for name in (".download.iso.part", ".1-x.tar.part", temporary_name(), "a_asn.json")]
    for path in (*others, folder / ran.stdout.strip()):
        path.touch()
    with locked(folder):
        assert sorted(folder.iterdir()) == sorted(others)


def test_a_folder_is_locked_once_at_a_time(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(InputError, match="G306 another batch writes to the folder"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        pass


def staged(staging: Staging, *names: str) -> list[OutputFile]:
    """Staged files, whose content is their name."""
    return list(stage(((name, name.encode()) for name in names), staging.path, "task", OUT))


def contents_of(*names: str) -> list[str]:
    return [(OUT / name).read_text() for name in names]


def write(name: str) -> None:
    (OUT / name).parent.mkdir(exist_ok=True)
    (OUT / name).write_text("before")


def test_published_files_replace_earlier_ones_and_unchanged_files_are_not_touched() -> None:
    (OUT / "a.json").write_text("before")
    (OUT / "b.json").write_text("b.json")
    before = (OUT / "b.json").stat()
    staging = Staging(OUT)
    changed = staged(staging, "a.json", "b.json", "new/c.json", "d.json")
    published = list(staging.publish(changed))
    assert [file.name for file in published if not file.staged] == ["b.json"]
    assert sorted(published) == sorted(changed)
    assert contents_of("a.json", "b.json", "new/c.json", "d.json") == ["a.json", "b.json", "new/c.json", "d.json"]
    after = (OUT / "b.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(staging.path.iterdir()) == []
    staging.close()
    assert not (OUT / STAGING).exists()


def test_a_folder_that_does_not_exist_appears_with_all_of_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    staging = Staging(OUT)
    names = ["p1/a.json", "p2/a.json", "p1/b.json"]
    changed = staged(staging, *names)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file is moved by itself")

    monkeypatch.setattr(os, "replace", refuse)
    seen = [{path.name for path in (OUT / file.name).parent.iterdir()} for file in staging.publish(changed)]
    assert seen == [{"a.json", "b.json"}, {"a.json", "b.json"}, {"a.json"}]
    assert contents_of(*names) == names
    assert [(OUT / file.name).stat().st_mtime_ns for file in changed] == [file.time for file in changed]
    staging.close()


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(lambda: (OUT / "p1").mkdir(), id="an empty folder"),
        pytest.param(lambda: write("p1/other.json"), id="a folder with a file of somebody else"),
        pytest.param(lambda: write("p1/a.json"), id="a folder with an earlier version"),
    ],
)
def test_files_are_moved_into_a_folder_that_exists_meanwhile(prepare: Callable[[], None]) -> None:
    staging = Staging(OUT)
    changed = staged(staging, "p1/a.json", "p1/b.json")
    prepare()
    (OUT / "p1").chmod(0o750)
    folder, others = (OUT / "p1").stat(), {path.name for path in (OUT / "p1").iterdir()} - {"a.json", "b.json"}
    assert list(staging.publish(changed)) == changed
    assert contents_of("p1/a.json", "p1/b.json") == ["p1/a.json", "p1/b.json"]
    assert {path.name for path in (OUT / "p1").iterdir()} == {"a.json", "b.json", *others}
    assert ((OUT / "p1").stat().st_ino, (OUT / "p1").stat().st_mode) == (folder.st_ino, folder.st_mode)
    staging.close()


def test_two_pools_share_a_folder() -> None:
    staging = Staging(OUT)
    first = list(stage([("p1/a.json", b"a"), ("p2/a.json", b"a")], staging.path, "one", OUT))
    second = list(stage([("p2/b.json", b"b"), ("p3/b.json", b"b")], staging.path, "two", OUT))
    assert [list(staging.publish(second)), list(staging.publish(first))] == [second, first]
    assert sorted(str(path.relative_to(OUT)) for path in OUT.glob("p*/*")) == [
        "p1/a.json",
        "p2/a.json",
        "p2/b.json",
        "p3/b.json",
    ]
    assert list(staging.path.iterdir()) == []
    staging.close()


@pytest.mark.parametrize("existing", ["missing", "folder"])
def test_a_link_that_has_replaced_a_folder_meanwhile_is_not_followed(existing: str) -> None:
    Path("elsewhere").mkdir()
    staging = Staging(OUT)
    changed = staged(staging, "p1/a.json", "p2/a.json")
    (OUT / "p2").symlink_to("../elsewhere" if existing == "folder" else "../nowhere")
    published: list[OutputFile] = []
    with pytest.raises(InputError, match=r"^out/p2: A193 the folder is a symbolic link"):
        published.extend(staging.publish(changed))
    assert published == changed[:1]
    assert list(Path("elsewhere").iterdir()) == []
    staging.discard(changed)
    assert list(staging.path.iterdir()) == []
    staging.close()


def test_files_are_moved_one_by_one_if_their_folder_cannot_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, target: str) -> None:
        raise OSError(18, "Invalid cross-device link")

    staging = Staging(OUT)
    changed = staged(staging, "p1/a.json", "p1/b.json")
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", refuse)
        assert list(staging.publish(changed)) == changed
    assert contents_of("p1/a.json", "p1/b.json") == ["p1/a.json", "p1/b.json"]
    staging.close()


def test_files_published_before_an_error_are_known() -> None:
    (OUT / "folder.json").mkdir()
    staging = Staging(OUT)
    published: list[OutputFile] = []
    with pytest.raises(InputError, match=r"^out/folder\.json: A190 the file cannot be written: a folder has this name"):
        published.extend(staging.publish(staged(staging, "a.json", "folder.json", "c.json")))
    assert [file.name for file in published] == ["a.json"]
    staging.close()
    assert not (OUT / STAGING).exists()


def test_a_staging_folder_of_a_killed_batch_is_removed() -> None:
    before = files(OUT)
    (OUT / STAGING / "killed" / "task" / "0").mkdir(parents=True)
    (OUT / STAGING / "killed" / "task" / "0" / "a.json").touch()
    staging = Staging(OUT)
    assert list((OUT / STAGING).iterdir()) == [staging.path]
    staging.close()
    assert files(OUT) == before


def test_a_link_in_place_of_the_staging_folder_is_rejected() -> None:
    Path("elsewhere").mkdir()
    (OUT / STAGING).symlink_to("../elsewhere")
    with pytest.raises(InputError, match=r"A193 the folder is a symbolic link"):
        Staging(OUT)


def test_files_on_another_file_system_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def refuse(source: str, target: str, **folders: int) -> None:
        if STAGING in source:
            raise OSError(18, "Invalid cross-device link")
        replace(source, target, **folders)

    monkeypatch.setattr(os, "replace", refuse)
    staging = Staging(OUT)
    (file,) = staging.publish(staged(staging, "a.json"))
    assert (OUT / "a.json").read_text() == "a.json"
    assert (OUT / "a.json").stat().st_mtime_ns == file.time
    staging.close()
    assert not (OUT / STAGING).exists()
