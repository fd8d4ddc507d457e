"""From a pool and a rule to groups of exposures."""
