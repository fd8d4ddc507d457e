"""The peer, jwst 3.0.0, and asnforge generate the same associations from the sample pools, as `asnforge compare` confirms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_pools.make import OTHER_RULES
from support.peer import peer_generate

from asnforge.cli.main import command
from asnforge.compare import compare_paths
from asnforge.compare.allowlist import apply_allowlist, read_allowlist
from asnforge.testing import assert_same

pytestmark = pytest.mark.peer

DATA = Path(__file__).parents[2] / "data"
ALLOWLIST = Path(__file__).parents[1] / "peer" / "allow.yaml"


def our_generate(pool: Path, folder: Path) -> Path:
    result = CliRunner().invoke(command, ["generate", str(pool), "-o", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.parametrize(
    "pool",
    sorted(pool for pool in DATA.glob("*_pool.tsv") if pool.stem not in OTHER_RULES),
    ids=lambda pool: pool.stem,
)
def test_peer_generates_the_same_associations(pool: Path, tmp_path: Path) -> None:
    assert_same(peer_generate(pool, tmp_path / "peer"), our_generate(pool, tmp_path / "ours"))


def test_association_that_the_peer_loses_is_in_the_allowlist(tmp_path: Path) -> None:
    text = (DATA / "nircam_coron_pool.tsv").read_text(encoding="utf-8")
    some = re.compile(
        r"^(jw00105002001_02103_0000._nrca2_|jw00105003001_02102_0000[12]_nrca2_)(.*)NRC_CORON", re.MULTILINE
    )
    pool = tmp_path / "kept.tsv"
    pool.write_text(some.sub(r"\1\2NIS_AMI", text), encoding="utf-8")
    peer, ours = peer_generate(pool, tmp_path / "peer"), our_generate(pool, tmp_path / "ours")
    comparison = compare_paths(str(peer), str(ours))
    assert [(d.kind, d.title, d.actual[0].keywords["asn_type"]) for d in comparison.differences] == [
        ("unexpected", "jw00105-c1000_t001_nircam_f182m-maskrnd-sub640a210r", "ami3")
    ]
    allowed = apply_allowlist(comparison, read_allowlist(str(ALLOWLIST)))
    assert (allowed.status, len(allowed.allowed), allowed.unused) == (0, 1, ())
