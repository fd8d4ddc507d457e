"""Finding FITS files among paths, folders and patterns."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from support.fits_files import lynx_mapping, write_fits

from asnforge.findings import InputError
from asnforge.fitsfiles.find_fits import find_files, is_fits_input


@pytest.fixture
def download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of every kind, which is the current folder."""
    for name in ("b/x.fits", "a/y.fits.gz", "a/deep/z.FITS"):
        write_fits(tmp_path / "night" / name, MODE="SLIT")
    for name in ("b/x.jpg", "b/x.json", "b/x_asn.json", "x_pool.tsv", "notes.txt"):
        (tmp_path / "night" / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "fits"),
    [
        (["night"], ("night/a/deep/z.FITS", "night/a/y.fits.gz", "night/b/x.fits")),
        (["night/b"], ("night/b/x.fits",)),
        (["night/b/x.fits", "night/b", "night/b/x.fits"], ("night/b/x.fits",)),
        (["night/*/*.fits"], ("night/b/x.fits",)),
        (["night/**/*.fits*"], ("night/a/y.fits.gz", "night/b/x.fits")),
        (["night/?"], ("night/a/deep/z.FITS", "night/a/y.fits.gz", "night/b/x.fits")),
        (["night/b/x.jpg"], ()),
    ],
)
def test_files_folders_and_patterns(download: Path, paths: list[str], fits: tuple[str, ...]) -> None:
    assert find_files(paths).fits == fits


def test_association_files_and_pools_are_found(download: Path) -> None:
    found = find_files(["night"], "_pool.tsv")
    assert (found.associations, found.pools) == (("night/b/x_asn.json",), ("night/x_pool.tsv",))
    assert find_files(["night"]).pools == ()


@pytest.mark.parametrize(
    ("path", "message"),
    [("nihgt", "P120 there is no nihgt"), ("night/*.fit", "P120 no file matches night/*.fit")],
)
def test_a_path_that_does_not_exist(download: Path, path: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        find_files([path])
    assert str(refused.value) == message


def test_each_folder_is_searched_once_even_if_links_form_a_cycle(download: Path) -> None:
    Path("night/b/up").symlink_to("..")
    Path("night/again").symlink_to(download / "night" / "a")
    found = find_files(["night"])
    assert sorted(Path(path).name for path in found.fits) == ["x.fits", "y.fits.gz", "z.FITS"]


def test_a_folder_that_cannot_be_read_is_a_warning(download: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    list_folder = os.scandir

    def refusing(path: str) -> object:
        if path == "night/a":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = find_files(["night"])
    assert found.fits == ("night/b/x.fits",)
    assert [str(finding) for finding in found.findings] == [
        "night/a: P121 warning: the folder cannot be read: permission denied"
    ]


@pytest.mark.parametrize("name", ["with space.fits", "with\nnewline.fits", "ünïcode.fits", "[brackets].fits"])
def test_unusual_names_are_found(download: Path, name: str) -> None:
    write_fits(download / "night" / "c" / name)
    assert f"night/c/{name}" in find_files(["night"]).fits
    assert find_files([f"night/c/{name}"]).fits == (f"night/c/{name}",)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("night", True),
        ("night/b/x.fits", True),
        ("night/a/y.fits.gz", True),
        ("night/*.fits", True),
        ("night/x_pool.tsv", False),
        ("none.tsv", False),
        ("-", False),
    ],
)
def test_what_is_fits_input(download: Path, path: str, expected: bool) -> None:
    assert is_fits_input(path, lynx_mapping()) is expected


@pytest.mark.parametrize("name", ["pipe.fits", "pipe.fits.gz", "pipe_asn.json", "pipe_pool.tsv"])
def test_a_pipe_in_a_folder_is_left_out_with_a_warning(download: Path, name: str) -> None:
    before = find_files(["night"], "_pool.tsv")
    os.mkfifo(f"night/{name}")
    found = find_files(["night"], "_pool.tsv")
    assert (found.fits, found.associations, found.pools) == (before.fits, before.associations, before.pools)
    assert [str(finding) for finding in found.findings] == [
        f"night/{name}: P118 warning: not a regular file; it is not used"
    ]


def test_a_pattern_with_many_wildcards_ends(download: Path) -> None:
    Path("night/again").symlink_to(".")
    with pytest.raises(InputError):
        find_files(["**/" * 30 + "none.fits"])
