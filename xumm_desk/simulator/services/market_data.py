"""Exchange rates, networks and the asset list; all invented."""

from __future__ import annotations

from typing import Any

from xumm_desk.simulator.runtime.keys import wallet_for

XRP_IN_USD = 2.0
_CURRENCIES = {
    "USD": ("US Dollar", "$", 1.0),
    "EUR": ("Euro", "€", 0.92),
    "GBP": ("British Pound", "£", 0.79),
    "JPY": ("Japanese Yen", "¥", 151.0),
    "CHF": ("Swiss Franc", "CHF", 0.88),
    "AUD": ("Australian Dollar", "$", 1.52),
    "CAD": ("Canadian Dollar", "$", 1.37),
}


def rates(currency: str) -> dict[str, Any] | None:
    """Price of one USD, XRP and XAH in the currency (P§1.5), None when unknown."""
    if currency not in _CURRENCIES:
        return None
    name, symbol, per_usd = _CURRENCIES[currency]
    about = {"en": name, "code": currency, "symbol": symbol}
    return {
        "USD": per_usd,
        "XRP": round(XRP_IN_USD * per_usd, 6),
        "XAH": round(0.1 * per_usd, 6),
        "__meta": {"currency": about | {"isoDecimals": 0 if currency == "JPY" else 2}},
    }


def rails() -> dict[str, Any]:
    """The networks the platform knows (P§1.5, P§10)."""
    known = (
        ("MAINNET", 0, "XRPL Mainnet", True, "XRP"),
        ("TESTNET", 1, "XRPL Testnet", False, "XRP"),
        ("DEVNET", 2, "XRPL Devnet", False, "XRP"),
        ("XAHAU", 21337, "Xahau Mainnet", True, "XAH"),
        ("XAHAUTESTNET", 21338, "Xahau Testnet", False, "XAH"),
    )
    return {
        key: {
            "chain_id": number,
            "color": "#8BA2B8",
            "name": name,
            "is_livenet": live,
            "native_asset": asset,
            "endpoints": [],
            "explorers": [],
            "icons": {"icon_square": "", "icon_asset": ""},
        }
        for key, number, name, live, asset in known
    }


def curated_assets() -> dict[str, Any]:
    """One issuer with one currency."""
    issuer = wallet_for("issuer").address
    usd = {
        "id": 1,
        "issuer_id": 1,
        "issuer": issuer,
        "currency": "USD",
        "name": "Practice dollar",
        "avatar": "",
        "shortlist": 1,
    }
    details = {
        "id": 1,
        "name": "Practice Bank",
        "domain": "bank.example",
        "avatar": "",
        "shortlist": 1,
        "currencies": {"USD": usd},
    }
    return {
        "issuers": ["Practice Bank"],
        "currencies": ["USD"],
        "details": {"Practice Bank": details},
    }
