"""The columns of a file of requests: names, what they mean, and a file to begin with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.export.text_formats import csv_line
from xumm_desk.core.message import Message


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One column: its name in the header, other names for it, and what it means."""

    name: str
    about: str
    aliases: tuple[str, ...] = ()


ALL: Final = (
    ImportColumn(
        "amount",
        Message("how much is to arrive, such as 12.50; or leave it empty and use price"),
    ),
    ImportColumn(
        "currency",
        Message("the asset: XRP where it is empty, a code such as USD, or a token's id"),
        ("asset",),
    ),
    ImportColumn("issuer", Message("who issues the asset; empty for XRP")),
    ImportColumn(
        "price",
        Message("a price in the shop's currency, converted when the request is created"),
    ),
    ImportColumn("price_currency", Message("the shop's currency, such as EUR")),
    ImportColumn(
        "destination",
        Message("the receiving address; the shop's own where it is empty"),
        ("address", "account"),
    ),
    ImportColumn(
        "tag",
        Message("the destination tag; one of the shop's range where it is empty"),
        ("destination_tag",),
    ),
    ImportColumn(
        "reference", Message("what the shop calls it, such as an invoice number"), ("invoice",)
    ),
    ImportColumn("note", Message("a note for the shop, which the customer does not see")),
    ImportColumn("memo", Message("a public text in the transaction")),
    ImportColumn("instruction", Message("what the customer reads in the wallet"), ("text",)),
    ImportColumn("expire", Message("minutes until it expires"), ("expiry", "expires", "minutes")),
    ImportColumn(
        "identifier",
        Message("its own name, unique for ever; made of the row where it is empty"),
        ("id",),
    ),
    ImportColumn("type", Message("Payment where it is empty, or SignIn"), ("kind",)),
    ImportColumn("signers", Message("the accounts that may sign, divided by blanks")),
    ImportColumn("return_app", Message("where a phone goes afterwards")),
    ImportColumn("return_web", Message("where a browser goes afterwards")),
    ImportColumn(
        "pathfinding", Message("yes if the wallet may pay with another asset; else empty or no")
    ),
)
"""Every column; only what a row needs has to be there."""

NAMES: Final = tuple(column.name for column in ALL)
_BY_ALIAS: Final = {
    **{column.name: column.name for column in ALL},
    **{alias: column.name for column in ALL for alias in column.aliases},
}


def column_named(title: str) -> str | None:
    """The column that a cell of the header names, in any case and with blanks or dashes; None for
    none."""
    return _BY_ALIAS.get(re.sub(r"[\s_-]+", "_", title.strip().lower()).strip("_"))


def template() -> str:
    """A file with every column and two rows as examples."""
    first = {"amount": "12.50", "currency": "XRP", "reference": "Invoice 1001", "expire": "1440"}
    second = {
        "price": "19.90",
        "price_currency": "EUR",
        "reference": "Invoice 1002",
        "instruction": "Thank you, Ms. Example",
        "expire": "1440",
    }
    lines = [NAMES, *([row.get(name, "") for name in NAMES] for row in (first, second))]
    return "".join(csv_line(line) for line in lines)
