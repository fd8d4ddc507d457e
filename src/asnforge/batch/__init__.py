"""Many pools, and large ones, by several processes or machines: the same files as one process makes."""
