"""Knows what is remembered of a customer's signature or of a phone's refusal; does nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any


class PhoneRefusedError(Exception):
    """The phone would not do it, and says why in ``reason``; nothing was reported."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class PhoneAction:
    """What came of one signature: payer, transactions, and the work that still goes on."""

    uuid: str
    behaviour: str
    customer: str
    txids: list[str] = field(default_factory=list)
    first_result: str = ""
    refused: list[int] = field(default_factory=list)
    follow_up: asyncio.Task[None] | None = None

    @property
    def txid(self) -> str:
        """The first transaction's id, empty when nothing was signed."""
        return self.txids[0] if self.txids else ""

    def as_dict(self) -> dict[str, Any]:
        """For the control API."""
        return {
            "uuid": self.uuid,
            "behaviour": self.behaviour,
            "customer": self.customer,
            "txids": self.txids,
            "first_result": self.first_result,
            "refused": self.refused,
        }
