"""The columns of an export: names that never change, kinds, and what a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message


class ColumnKind(Enum):
    """How a workbook holds the values of a column."""

    TEXT = "text"
    NUMBER = "number"
    """A decimal number as text, exact."""
    TIME = "time"
    """A time as ISO 8601 with its offset."""
    FLAG = "flag"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, its kind, and its title in the window."""

    name: str
    kind: ColumnKind
    title: str


_TEXT, _NUMBER, _TIME = ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.TIME

ALL: Final = (
    Column("identifier", _TEXT, Message("Identifier")),
    Column("created_at", _TIME, Message("Created at")),
    Column("status", _TEXT, Message("Status")),
    Column("final", ColumnKind.FLAG, Message("Is final")),
    Column("type", _TEXT, Message("Transaction type")),
    Column("amount", _NUMBER, Message("Amount asked for")),
    Column("currency", _TEXT, Message("Asset asked for")),
    Column("issuer", _TEXT, Message("Issuer of the asset")),
    Column("destination", _TEXT, Message("Destination")),
    Column("tag", _NUMBER, Message("Destination tag")),
    Column("network", _TEXT, Message("Network")),
    Column("uuid", _TEXT, Message("Platform's id (uuid)")),
    Column("txid", _TEXT, Message("Transaction id")),
    Column("payer", _TEXT, Message("Payer")),
    Column("delivered", _NUMBER, Message("Amount delivered")),
    Column("delivered_currency", _TEXT, Message("Asset delivered")),
    Column("delivered_issuer", _TEXT, Message("Issuer of the asset delivered")),
    Column("ledger_index", _NUMBER, Message("Ledger index")),
    Column("resolved_at", _TIME, Message("Resolved at")),
    Column("instruction", _TEXT, Message("Text in the wallet")),
    Column("reasons", ColumnKind.LIST, Message("Reasons")),
    Column("outage", ColumnKind.FLAG, Message("Is an outage code")),
    Column("sale", _NUMBER, Message("Sale number")),
    Column("price", _NUMBER, Message("Price")),
    Column("price_currency", _TEXT, Message("Currency of the price")),
    Column("tip", _NUMBER, Message("Tip in the price")),
    Column("rate", _NUMBER, Message("Rate")),
    Column("rate_source", _TEXT, Message("Source of the rate")),
    Column("rate_at", _TIME, Message("Time of the rate")),
    Column("reference", _TEXT, Message("Reference")),
    Column("refund_of", _TEXT, Message("Refund of")),
    Column("refunded", _NUMBER, Message("Amount refunded")),
    Column("refunded_currency", _TEXT, Message("Asset refunded")),
    Column("refunded_issuer", _TEXT, Message("Issuer of the asset refunded")),
    # New columns come after these, since some readers go by place.
    Column("paid_at", _TIME, Message("Paid at (ledger's time)")),
    Column("till", _TEXT, Message("Till")),
    Column("cashier", _TEXT, Message("Cashier")),
    Column("sale_day", _TEXT, Message("Day of the sale number")),
    Column("sale_note", _TEXT, Message("Note of the sale")),
    Column("rate_compared", _NUMBER, Message("Rate compared with")),
    Column("rate_compared_source", _TEXT, Message("Source of the rate compared with")),
    Column("note", _TEXT, Message("Note of the shop")),
    Column("reviewed_by", _TEXT, Message("Reviewed by")),
    Column("decision", _TEXT, Message("Decision")),
    Column("decision_reason", _TEXT, Message("Reason of the decision")),
)
"""Every column, in the order of the file."""

NAMES: Final = tuple(column.name for column in ALL)
BY_NAME: Final = {column.name: column for column in ALL}


def parse_columns(text: str) -> tuple[str, ...] | str:
    """The columns named in `text`, divided by commas, in its order; a sentence where one is unknown
    or named twice, or none is named."""
    return check_columns([name.strip().lower() for name in text.split(",") if name.strip()])


def check_columns(names: Sequence[str]) -> tuple[str, ...] | str:
    """These names as columns, or a sentence about what is wrong with them."""
    if not names:
        return Message("Choose at least one column.")
    for name in names:
        if name not in BY_NAME:
            return Message("There is no column {name}.", name=name[:40])
        if names.count(name) > 1:
            return Message("The column {name} is named twice.", name=name)
    return tuple(names)


def known_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` that are columns, each once; all columns where none is. For settings that
    another version of the program wrote."""
    kept = tuple(dict.fromkeys(name for name in names if name in BY_NAME))
    return kept or NAMES
