"""Charge a customer from a script: show the code, wait for the verdict, tell it by the exit code.

    python charge.py rSHOP… 2.50 "order 17"
    python charge.py --practice

ORDER is your own name for the sale: the same order again charges nobody twice. Keys come from
XUMM_APIKEY and XUMM_APISECRET, or from the system's keyring. With `--practice` a customer on this
computer pays, and no key is needed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from decimal import Decimal

import xumm_desk

PRACTICE_SHOP = "rKz27BXeGjWFeVkveddnhvjUR2jGrPRRHp"


async def charge(shop: str, xrp: Decimal, order: str | None, *, practice: bool) -> int:
    """0 when the money is there, 1 when nothing was paid, 2 when a person must look."""
    body = {
        "txjson": {
            "TransactionType": "Payment",
            "Destination": shop,
            "Amount": str(int(xrp * 1_000_000)),  # drops
        },
        "options": {"expire": 10},  # minutes
        "custom_meta": {"instruction": "Thank you for your order."},
    }
    async with xumm_desk.open_desk(practice=practice, customers="pays") as desk:
        row = await xumm_desk.charge(desk, body, identifier=order)
        print("Let the customer scan", row.request.qr_link, flush=True)
        row = await xumm_desk.wait_final(desk, row)
    status = row.verdict.status.value
    print(f"{row.identifier}: {status}", row.request.txid or "")
    for check in row.verdict.failed:
        print(f"  {check.name}: expected {check.expected}, found {check.actual}")
    if status in ("paid", "paid_late"):
        return 0
    return 2 if status in ("check", "unverified") else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("shop", nargs="?", default=PRACTICE_SHOP)
    parser.add_argument("xrp", nargs="?", type=Decimal, default=Decimal("2.5"))
    parser.add_argument("order", nargs="?")
    parser.add_argument("--practice", action="store_true")
    given = parser.parse_args()
    sys.exit(asyncio.run(charge(given.shop, given.xrp, given.order, practice=given.practice)))
