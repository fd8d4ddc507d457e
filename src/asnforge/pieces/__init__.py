"""Large pools in pieces that can be read and grouped separately, if the rules allow that."""

LARGE = 16 << 20
"""Pools of at least this many bytes are cut into pieces."""
