"""Compare the associations of jwst and asnforge: ``python tests/peer/compare.py [--mode MODE] [--allow FILE] POOL...``.

Runs jwst 3.0.0 (with the Python of ASNFORGE_PEER_PYTHON) and asnforge on each pool; the exit status is that of ``asnforge
compare``. With ``--keep FOLDER``, the associations of jwst are kept there and not generated again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.peer import peer_generate

MODES = {"default": [], "candidates": ["--all-candidates"], "discover": ["--discover"]}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("pools", nargs="+", type=Path)
    arguments.add_argument("--mode", choices=MODES, default="default")
    arguments.add_argument("--allow", action="append", default=[])
    arguments.add_argument("--keep", type=Path)
    given = arguments.parse_args()
    options = MODES[given.mode]
    asnforge = str(Path(sys.executable).with_name("asnforge"))
    with tempfile.TemporaryDirectory() as temporary:
        peer = (given.keep or Path(temporary)) / f"peer-{given.mode}"
        ours = Path(temporary) / "ours"
        for pool in given.pools:
            if not (peer / pool.stem).exists():
                peer_generate(pool, peer / pool.stem, *options)
            subprocess.run(
                [asnforge, "generate", pool, "-o", ours / pool.stem, *options], capture_output=True, check=True
            )
        allow = [word for path in given.allow for word in ("--allow", path)]
        sys.exit(subprocess.run([asnforge, "compare", peer, ours, *allow], check=False).returncode)


if __name__ == "__main__":
    main()
