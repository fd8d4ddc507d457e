"""Read rule files into rules: YAML, schema, references, shipped rule sets."""
