"""Associations as JSON files: written whole or not at all, read back with the place of everything in them."""
