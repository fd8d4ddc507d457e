"""A system without the problems of the one that runs the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from asnforge.doctor import surroundings


@pytest.fixture(autouse=True)
def healthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache, and a system without the problems of the one that runs the tests."""
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(surroundings, "_is_kept", lambda _: True)
    monkeypatch.setattr(surroundings, "_output_encoding", lambda: "utf-8")
