"""Rule files become rules: reading YAML, checking the schema, resolving references, finding shipped rule sets."""
