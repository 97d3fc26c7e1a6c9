"""Logins of a shop in the place of file and keyring."""

from __future__ import annotations

import pytest
from postgres_shop import PostgresShop

from xumm_desk.setup import shop_login

from .shop_tills import Shop


@pytest.fixture
def logins(shop: PostgresShop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """What `shop_login` finds."""
    for name, seconds in (("LIFE", 1.5), ("RENEW", 0.2)):
        monkeypatch.setattr(f"xumm_desk.store.replication.session.{name}", seconds)
    made = Shop(shop)
    monkeypatch.setattr(shop_login, "load", made.load)
    monkeypatch.setattr(shop_login, "load_address", made.load_address)
    return made
