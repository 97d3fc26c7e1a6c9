"""Hand the codec of xrpl-py the definitions of the network whose transactions it encodes.

Xahau has transaction types and fields of its own and gives some fields numbers that mean something
else on the XRP Ledger: `URITokenID` there is `ParentBatchID` here. The codec looks its numbers up
in module globals. `definitions_in` replaces these, once and only if a network needs it, by tables
that ask the context for the network: other threads and tasks go on with the XRP Ledger's
definitions.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from xumm_desk.core.money import networks

from .xrpl_import import import_xrpl

_MODULE: Final = "xrpl.core.binarycodec.definitions.definitions"
_FILES: Final = {"XAHAU": "xahau_definitions.json", "XAHAUTESTNET": "xahau_definitions.json"}
"""Networks whose definitions differ from those of xrpl-py, and the file that holds theirs."""

_MODELLED: Final = frozenset({"Payment", "TrustSet"})
"""Types whose rules on Xahau are those of xrpl-py's models."""

_Tables = Mapping[str, Mapping[Any, Any]]
_chosen: ContextVar[_Tables | None] = ContextVar("codec definitions", default=None)
_ready: Final[dict[str, Definitions]] = {}
_one_at_a_time: Final = threading.RLock()


@dataclass(frozen=True, slots=True)
class Definitions:
    """What a network of its own defines: the codec's tables by the names of their globals, the
    fields that a transaction type needs, and the fields that xrpl-py's models do not know."""

    tables: _Tables
    required: Mapping[str, tuple[str, ...]]
    foreign: frozenset[str]

    def missing(self, txjson: Mapping[str, Any]) -> str | None:
        """The first field that the transaction lacks."""
        needed = self.required.get(str(txjson.get("TransactionType")), ())
        return next((name for name in needed if txjson.get(name) is None), None)

    def modelled(self, txjson: Mapping[str, Any]) -> dict[str, Any] | None:
        """What xrpl-py's models may judge of the transaction; None where its type is not theirs."""
        if txjson.get("TransactionType") not in _MODELLED:
            return None
        return {name: value for name, value in txjson.items() if name not in self.foreign}


class _PerContext(Mapping[Any, Any]):
    """A table of the codec: that of the context's network, or the XRP Ledger's."""

    def __init__(self, name: str, own: Mapping[Any, Any]) -> None:
        self._name = name
        self._own = own

    def _now(self) -> Mapping[Any, Any]:
        tables = _chosen.get()
        return self._own if tables is None else tables[self._name]

    def __getitem__(self, key: Any) -> Any:
        return self._now()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


def definitions_for(network: str) -> Definitions | None:
    """The definitions of `network` (a key); None where they are xrpl-py's own. Slow at first."""
    name = _FILES.get(network)
    if name is None:
        return None
    with _one_at_a_time:
        if name not in _ready:
            _ready[name] = _build(name)
        return _ready[name]


@contextmanager
def definitions_in(network: str) -> Iterator[Definitions | None]:
    """Encode and decode with the definitions of `network` until the block ends."""
    found = definitions_for(network)
    token = _chosen.set(None if found is None else found.tables)
    try:
        yield found
    finally:
        _chosen.reset(token)


def networks_knowing(transaction_type: str) -> tuple[str, ...]:
    """The networks with definitions of their own that know the type."""
    return tuple(
        key
        for key in networks.NETWORKS
        if (found := definitions_for(key)) is not None
        and transaction_type in found.tables["_DEFINITIONS"]["TRANSACTION_TYPES"]
    )


def _build(name: str) -> Definitions:
    codec = import_xrpl(_MODULE)
    source = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    fields: dict[str, Any] = dict(source["FIELDS"])
    kinds = ("TRANSACTION_TYPES", "TRANSACTION_RESULTS", "LEDGER_ENTRY_TYPES")
    numbers: dict[str, dict[str, int]] = {kind: source[kind] for kind in kinds}
    names = {kind: {code: label for label, code in numbers[kind].items()} for kind in kinds}
    types: dict[str, int] = source["TYPES"]
    tables: _Tables = {
        "_DEFINITIONS": {"TYPES": types, "FIELDS": fields, **numbers},
        "_TRANSACTION_TYPE_CODE_TO_STR_MAP": names["TRANSACTION_TYPES"],
        "_TRANSACTION_RESULTS_CODE_TO_STR_MAP": names["TRANSACTION_RESULTS"],
        "_LEDGER_ENTRY_TYPES_CODE_TO_STR_MAP": names["LEDGER_ENTRY_TYPES"],
        "_TYPE_ORDINAL_MAP": types,
        "_FIELD_INFO_MAP": {
            field: codec.FieldInfo(
                told["nth"],
                told["isVLEncoded"],
                told["isSerialized"],
                told["isSigningField"],
                told["type"],
            )
            for field, told in fields.items()
        },
        "_FIELD_HEADER_NAME_MAP": {
            codec.FieldHeader(types[told["type"]], told["nth"]): field
            for field, told in fields.items()
        },
    }
    known = vars(codec)
    own = known["_DEFINITIONS"]["FIELDS"]
    for table in tables:
        if not isinstance(known[table], _PerContext):
            known[table] = _PerContext(table, known[table])
    return Definitions(
        tables=tables,
        required={kind: tuple(names) for kind, names in source["REQUIRED_FIELDS"].items()},
        foreign=frozenset(fields) - frozenset(own),
    )
