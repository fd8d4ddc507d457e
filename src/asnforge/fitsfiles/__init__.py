"""FITS files and folders as pools: find files, read headers, make rows, derive candidates."""
