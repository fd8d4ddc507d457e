"""What is in a pool: its setups, and what keeps exposures from being used."""
