"""A pool read in ranges of bytes is the pool read at once."""

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asnforge.findings import InputError
from asnforge.pool import Pool, cut_ranges, merge_pools, read_pool, read_range

HEAD = b"# comment\nA\tB\ta\n"
LINES = [
    b"1\t2\t3\n",
    b"0\tx\t\n",
    b"ragged\n",
    b"\n",
    b"# no row\n",
    "é\t2\t3\r\n".encode(),
    b"9\t\t9\n",
    b"8\t8\t8\r",
    b"cut\r",
]


def same(one: Pool, other: Pool) -> bool:
    columns = [
        (key, column.name, column.values, column.codes.tolist())
        for pool in (one, other)
        for key, column in pool.columns.items()
    ]
    rest = [(p.path, p.header, p.lines.tolist(), p.faulty_lines, p.findings, p.header_line) for p in (one, other)]
    return columns[: len(columns) // 2] == columns[len(columns) // 2 :] and rest[0] == rest[1]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(LINES), max_size=20), st.booleans(), st.integers(1, 12), st.integers(1, 40))
def test_ranges_merged_are_the_whole(tmp_path, lines, ended, count, size):
    path = tmp_path / "pool"
    data = HEAD + LINES[0] + b"".join(lines)
    path.write_bytes(data if ended else data.rstrip(b"\r\n"))
    parts = [read_range(path, start, stop, block_size=size) for start, stop in cut_ranges(path, count)]
    assert same(merge_pools(parts), read_pool(path))


def test_ranges_cover_what_follows_the_header(tmp_path):
    path = tmp_path / "pool"
    path.write_bytes(HEAD + LINES[0] * 10)
    assert cut_ranges(path, 3) == ((16, 36), (36, 56), (56, 76))
    parts = [read_range(path, start, stop, columns=["B"]) for start, stop in cut_ranges(path, 3)]
    assert [part.lines.tolist() for part in parts] == [[3, 4, 5, 6], [7, 8, 9], [10, 11, 12]]
    assert [list(part.columns) for part in parts] == [["b"]] * 3
    assert [len(part.findings) for part in parts] == [1, 0, 0]


def test_more_ranges_than_bytes(tmp_path):
    path = tmp_path / "pool"
    path.write_bytes(HEAD + LINES[0])
    assert cut_ranges(path, 100)[0] == (16, 17)
    assert len(cut_ranges(path, 100)) == len(LINES[0])


@pytest.mark.parametrize("data", [gzip.compress(HEAD + LINES[0]), b"SIMPLE  =" + b" " * 4000], ids=["packed", "fits"])
def test_what_cannot_be_cut(tmp_path, data):
    path = tmp_path / "pool"
    path.write_bytes(data)
    assert cut_ranges(path, 2) == ()


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "P104"), (b"A B\n", "P109"), (b"{}", "P106"), (HEAD, "P105"), (HEAD + b"1\n2\n", "P114")]
)
def test_what_is_no_pool_is_refused_as_a_whole_is(tmp_path, data, code):
    path = tmp_path / "pool"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        merge_pools([read_range(path, start, stop) for start, stop in cut_ranges(path, 2)])
    assert [finding.code for finding in caught.value.findings] == [code]
