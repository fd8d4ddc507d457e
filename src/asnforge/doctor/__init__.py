"""Whether an installation works: versions, rule sets, the cache, and what makes it slow."""
