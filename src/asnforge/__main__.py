"""``python -m asnforge``: the command line."""

from asnforge.cli.main import run

run()
