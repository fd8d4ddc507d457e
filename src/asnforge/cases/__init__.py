"""Cases: what a rule does with tiny pools, written beside it and run."""
