"""The errors of a shop's database; window and engine know no PostgreSQL."""

from __future__ import annotations


class ShopDatabaseError(Exception):
    """The shop's database cannot be used; the text is a sentence for a person."""


class Unreachable(ShopDatabaseError):  # noqa: N818  read as `except Unreachable`
    """No server answers, or it answers no longer. It is worth while to try again."""


class AccessRefused(ShopDatabaseError):  # noqa: N818
    """The server refuses the login, or the login may not do this. Trying again is no use."""


class TooOld(ShopDatabaseError):  # noqa: N818
    """The shop's database demands a newer program."""


class ForkedTill(ShopDatabaseError):  # noqa: N818
    """The database has another fact under the same till and number: two journals write under the
    id of one till."""
