"""Associations as JSON files: write, find, read and validate them."""

SUFFIX = "_asn.json"
"""The usual ending of the names of association files."""
