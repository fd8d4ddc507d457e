"""Single associations by hand: edit a file, gather its members, show what it combines."""
