"""From groups to associations: names, members, validity, duplicates."""

SUFFIX = "_asn.json"
"""The usual ending of the names of association files."""
