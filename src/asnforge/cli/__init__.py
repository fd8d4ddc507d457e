"""The command line: a module for each command parses arguments, calls a function, displays the result, sets the exit status."""
