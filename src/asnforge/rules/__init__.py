"""Rules as values, and the rule files that they are read from."""
