"""Pools that are read from bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.reading import Read

from asnforge.pool import Pool, read_pool


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Write bytes to the file ``pool`` in the current folder, and read it."""
    monkeypatch.chdir(tmp_path)

    def read_bytes(data: bytes, **options: Any) -> Pool:
        Path("pool").write_bytes(data)
        return read_pool("pool", **options)

    return read_bytes
