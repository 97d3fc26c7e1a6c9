"""What all tests of the settings use."""

from .opened_dialog import open_dialog

__all__ = ["open_dialog"]
