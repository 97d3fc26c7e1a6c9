"""The program's version; must not know anything else."""

__version__ = "0.1.0"
