"""The sample download agrees with its generator, and leads to the associations of the sample pools that it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_download.make import DATA, DOWNLOAD, MISSING, POOLS, files, rows

from asnforge import Association, ScopeChoice, generate, load_ruleset, read_pool
from asnforge.associations.member_paths import with_member_paths
from asnforge.fitsfiles.fits_pool import read_fits_pool

RULESET = load_ruleset()
CANDIDATES = ScopeChoice(discovered=False)


def test_the_download_is_what_the_generator_makes() -> None:
    expected = {str(path.relative_to(DOWNLOAD)): data for path, data in files()}
    assert {str(path.relative_to(DOWNLOAD)): path.read_bytes() for path in DOWNLOAD.rglob("*.fits")} == expected
    assert MISSING not in {Path(name).name for name in expected}


def members(association: Association) -> frozenset[tuple[str, str]]:
    return frozenset((member.expname, member.exptype) for product in association.products for member in product.members)


@pytest.mark.parametrize("name", POOLS)
def test_headers_lead_to_the_members_that_the_pool_leads_to(name: str, tmp_path: Path) -> None:
    included = {row["FILENAME"] for row in rows()}
    pool_file = tmp_path / name
    lines = (DATA / name).read_text(encoding="utf-8").splitlines(keepends=True)
    pool_file.write_text(
        lines[0] + "".join(line for line in lines[1:] if line.split("\t")[0] in included), encoding="utf-8"
    )
    pool = read_pool(pool_file, columns=RULESET.columns_read())
    program = pool.columns["program"][0]
    expected = generate(pool, RULESET, choice=CANDIDATES).associations
    made = generate(
        read_fits_pool([str(DOWNLOAD)], RULESET, use_cache=False).pool, RULESET, choice=CANDIDATES
    ).associations
    assert {
        members(association)
        for association in with_member_paths(made, tmp_path, "bare")
        if association.program == program.zfill(5)
    } == {members(association) for association in expected}
