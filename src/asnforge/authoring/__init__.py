"""Tools for authors of rules: create a rule, compare two rule sets."""
