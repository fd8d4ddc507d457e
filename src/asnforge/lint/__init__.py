"""Lint: static checks of rules, without a pool. How to add one is in `asnforge.lint.subject`."""
