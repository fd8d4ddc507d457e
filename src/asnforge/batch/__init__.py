"""Batches: many pools, or large ones, processed by several processes or machines, with the same files as one process."""
