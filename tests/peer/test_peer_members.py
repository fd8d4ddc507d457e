"""jwst finds and opens the members of every association that is written for FITS files, where the association lies."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_download.make import DATA, header
from support.command import run_main
from support.fits_files import header_bytes
from support.peer import peer_python

from asnforge import Association, ScopeChoice, generate, load_ruleset, read_pool

MODES = (
    "miri_coron", "miri_image", "miri_lrs", "miri_mrs", "miri_wfss", "nircam_coron", "nircam_image", "nircam_wfss",
    "niriss_ami", "niriss_soss", "niriss_wfss", "nirspec_fixed_slit", "nirspec_ifu", "nirspec_msa",
)  # fmt: skip

MODEL = """
import sys, warnings
warnings.simplefilter("ignore")
import numpy as np
from jwst.datamodels import ImageModel
ImageModel(np.zeros((2, 2), np.float32)).save(sys.argv[1])
"""
"""Writes a file whose extensions, after another primary header, are those of a model that jwst opens."""

READ = """
import json, logging, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
from jwst.associations import load_asn
from jwst.datamodels import ModelContainer, ModelLibrary

found = {}
for number, path in enumerate(sorted(Path(sys.argv[1]).rglob("*_asn.json"))):
    try:
        with open(path) as file:
            members = sum(len(product["members"]) for product in load_asn(file)["products"])
        if number % 2:
            opened = len(ModelLibrary(str(path), on_disk=True))
        else:
            with ModelContainer(str(path)) as container:
                opened = len(container)
        found[str(path)] = [members, opened]
    except Exception as error:
        found[str(path)] = repr(error)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The extensions of a FITS file that jwst opens."""
    file = tmp_path_factory.mktemp("model") / "model_cal.fits"
    subprocess.run([peer_python(), "-c", MODEL, str(file)], check=True, capture_output=True, cwd=file.parent)
    data = file.read_bytes()
    end = data.index(b"END" + b" " * 77)
    return data[end - end % 2880 + 2880 :]


RULES = load_ruleset()


def associations(mode: str) -> list[Association]:
    """The associations of one scope of a mode: that of the association with most exptypes and fewest members."""
    pool = read_pool(str(DATA / f"{mode}_pool.tsv"))
    made = generate(pool, RULES, choice=ScopeChoice(discovered=False)).associations

    def order(association: Association) -> tuple[int, int]:
        members = association.products[0].members
        return -len({member.exptype for member in members}), len(members)

    scope = min(made, key=order).asn_id
    return [association for association in made if association.asn_id == scope]


def member_files(mode: str) -> Iterator[tuple[str, dict[str, object]]]:
    """The files of all members of these associations, with the keywords of their headers."""
    pool = DATA / f"{mode}_pool.tsv"
    with pool.open(encoding="utf-8", newline="") as file:
        rows = {row["FILENAME"].removesuffix("_uncal.fits"): row for row in csv.DictReader(file, delimiter="\t")}
    names = RULES.headers.names if RULES.headers is not None else None
    assert names is not None
    products = [product for association in associations(mode) for product in association.products]
    for name in {member.expname for product in products for member in product.members}:
        parts = names.split(name)
        assert parts is not None
        yield name, header(rows[parts[0]], name)


@pytest.mark.peer
@pytest.mark.parametrize("mode", MODES)
def test_the_peer_opens_every_member(
    mode: str, model: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    for name, cards in member_files(mode):
        path = Path("my download") / name.rpartition("_")[0] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(header_bytes(**cards, DATAMODL="ImageModel") + model)
    made = Path("made/by rules")
    pool = str(DATA / f"{mode}_pool.tsv")

    def run(*arguments: str) -> None:
        result = run_main(capsys, *arguments)
        assert result.status == 0, result.stderr

    scope = associations(mode)[0].asn_id
    generated = ("generate", pool, "--files", "my download", "-i", scope, "-o")
    run(*generated, str(made))
    first = min(made.glob("*_asn.json"))
    content = json.loads(first.read_text(encoding="utf-8"))
    roles: dict[str, list[str]] = {}
    for member in content["products"][0]["members"]:
        roles.setdefault(member["exptype"], []).append(str(made / member["expname"]))
    others = [
        f"--member={exptype}={path}" for exptype, paths in roles.items() if exptype != "science" for path in paths
    ]
    run("new", *roles["science"], *others, "-o", "made/by hand/new_asn.json")
    run("edit", str(first), "--locate", "my download", "-o", "made/edited/deep/edited_asn.json")
    run("gather", str(first), "gathered")
    shutil.move("gathered", "made/gathered and moved")
    run("gather", "--copy", str(first), "made/copied")
    Path("made/real").mkdir()
    Path("linked").symlink_to("made/real")
    run(*generated, "linked")
    run(*generated, "made/absolute", "--absolute")
    run("validate", "--members", "made")
    done = subprocess.run([peer_python(), "-c", READ, "made"], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    expected = {}
    for file in sorted(Path("made").rglob("*_asn.json")):
        products = json.loads(file.read_text(encoding="utf-8"))["products"]
        expected[str(file)] = [sum(len(product["members"]) for product in products)] * 2
    assert found == expected
    assert len(expected) >= 6
