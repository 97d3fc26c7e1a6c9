"""The errors of a journal that cannot be used; window and engine know no database."""

from __future__ import annotations


class JournalError(Exception):
    """The journal cannot be used; the text is a sentence for a person."""


class JournalDamagedError(JournalError):
    """The file is damaged: what can be read of it can be salvaged."""
