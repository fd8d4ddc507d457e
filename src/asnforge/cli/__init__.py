"""The command line, one module for each command, which parses, calls one function, displays the result, sets the status."""
