"""Rules, constraints and rule sets as values, and their descriptions in words."""
