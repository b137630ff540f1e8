"""The demo: a small shop of Chinese goods, played through the same use cases as everything else."""
