"""From a table file to a `Pool`: the one place that reads tables."""
