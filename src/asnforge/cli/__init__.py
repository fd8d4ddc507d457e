"""The command line: a file a verb. Each parses, calls one function, shows what it gave, and sets the exit status."""
