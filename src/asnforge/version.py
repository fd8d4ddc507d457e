"""The version of the package, one number for the distribution, the command line and the keyword ``code_version``."""

__version__ = "0.1.0"
