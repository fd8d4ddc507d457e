"""From groups to associations: names, members, validity, duplicates."""
