"""Associations as JSON files: write, find, read and validate them."""
