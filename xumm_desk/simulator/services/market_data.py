"""Networks and the asset list; all invented."""

from __future__ import annotations

from typing import Any

from xumm_desk.simulator.runtime.keys import wallet_for


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
