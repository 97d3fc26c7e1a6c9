"""The hooks that the simulated platform lists; both are invented."""

from __future__ import annotations

import hashlib
from typing import Any


def _hook_hash(name: str) -> str:
    return hashlib.sha512(f"practice hook {name}".encode()).digest()[:32].hex().upper()


def _hook(name: str, description: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "creator": {
            "name": "Practice Hooks",
            "mail": "hooks@practice.example",
            "site": "https://hooks.practice.example",
        },
        "xapp": "",
        "appuuid": "",
        "icon": "",
        "verifiedAccounts": [],
        "audits": [],
    } | more


HOOKS: dict[str, dict[str, Any]] = {
    _hook_hash("savings"): _hook(
        "Savings", "Puts a part of each payment aside.", xapp="practice.savings"
    ),
    _hook_hash("firewall"): _hook(
        "Firewall",
        "Refuses payments from accounts on a list.",
        audits=["https://hooks.practice.example/audit"],
    ),
}
"""By hash, 64 upper-case hex digits: the answer to ``hookhash`` and ``hookhashes`` (P§1.5)."""
