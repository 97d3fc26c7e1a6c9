"""Compare a row with the request that the journal has under its identifier."""

from __future__ import annotations

from xumm_desk.core.message import Message
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.wire.json_fields import JsonObject

from .import_row import ImportRow, LineProblem

OTHER_REQUEST = Message("This identifier was already used for another request. Use a new one.")


def is_same(row: ImportRow, known: Request) -> bool:
    """Whether a request of this identifier is that of the row; tag and converted amount may have
    been given when it was created."""
    if not row.is_named:
        return True  # its identifier is made of all that the row says
    return _essence(row, row.spec.txjson) == _essence(row, known.spec.txjson)


def conflict(row: ImportRow) -> LineProblem:
    """The problem of a row whose identifier stands for another request."""
    return LineProblem(row.line, "identifier", row.identifier, OTHER_REQUEST)


def _essence(row: ImportRow, txjson: JsonObject) -> JsonObject:
    left_out = set() if row.spec.tag is not None else {"DestinationTag"}
    if row.price is not None:
        left_out.add("Amount")
    return {name: value for name, value in txjson.items() if name not in left_out}
