"""Rules judged without a pool: what contradicts, what never decides, what nothing uses, what is likely misspelt."""
