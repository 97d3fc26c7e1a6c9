"""What the desk makes of the error codes of ledger nodes, for each command that it sends.

One table for rippled and Clio in API versions 1 and 2 (P§9.4; rippled `ErrorCodes.h`,
`AccountTx.cpp`; Clio `AccountTx.hpp`). An error is never good news: a code that is not listed means
that the node did not answer.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Meaning(Enum):
    """What follows from an error of a node."""

    NOT_FOUND = "not found"
    """The node looked for it and does not have it. Its history may begin later."""
    OUT_OF_RANGE = "out of range"
    """The node does not have these ledgers: they came before its history, or have not closed yet.
    Only the node's own range tells which."""
    REFUSED = "refused"
    """The request is wrong; every node would answer so."""
    NO_ANSWER = "no answer"
    """This node cannot answer now, or not at all. Another one may."""


_RANGE: Final = {
    # API 2, and Clio also for a first ledger that has not closed yet.
    "lgrIdxMalformed": Meaning.OUT_OF_RANGE,
    # API 1: the first ledger lies behind the last one, or the node has no ledgers.
    "lgrIdxsInvalid": Meaning.OUT_OF_RANGE,
    # API 2: the same.
    "invalidLgrRange": Meaning.OUT_OF_RANGE,
    "lgrNotValidated": Meaning.OUT_OF_RANGE,
    "lgrNotFound": Meaning.OUT_OF_RANGE,
}

_ACCOUNT: Final = {
    "actNotFound": Meaning.NOT_FOUND,
    "actMalformed": Meaning.REFUSED,
}

_PRICES: Final = {
    # A node without the amendment, or older than the method: it is well for everything else.
    "unknownCmd": Meaning.REFUSED,
    "notEnabled": Meaning.REFUSED,
    "notImpl": Meaning.REFUSED,
    "invalidParams": Meaning.REFUSED,
}

TABLE: Final[dict[str, dict[str, Meaning]]] = {
    "tx": {"txnNotFound": Meaning.NOT_FOUND},
    "account_tx": {**_RANGE, **_ACCOUNT},
    "account_info": _ACCOUNT,
    "account_lines": _ACCOUNT,
    "ledger_entry": {"entryNotFound": Meaning.NOT_FOUND},
    "ledger": {"lgrNotFound": Meaning.NOT_FOUND},
    "server_info": {},
    "subscribe": {"actMalformed": Meaning.REFUSED},
    "get_aggregate_price": {
        **_PRICES,
        "objectNotFound": Meaning.NOT_FOUND,
        "oracleMalformed": Meaning.REFUSED,
    },
    "book_offers": {
        **_PRICES,
        "badMarket": Meaning.REFUSED,
        "srcCurMalformed": Meaning.REFUSED,
        "dstAmtMalformed": Meaning.REFUSED,
        "srcIsrMalformed": Meaning.REFUSED,
        "dstIsrMalformed": Meaning.REFUSED,
    },
    "amm_info": {
        **_PRICES,
        "actNotFound": Meaning.NOT_FOUND,
        "actMalformed": Meaning.REFUSED,
        "issueMalformed": Meaning.REFUSED,
    },
}
"""The codes with a meaning, for each command. Everything else is `Meaning.NO_ANSWER`, such as
`notSynced`, `noNetwork`, `noCurrent`, `noClosed`, `tooBusy`, `slowDown`, `amendmentBlocked`,
`failedToForward`, `internal`, `notEnabled`, `notReady`, `notImpl`, `unknownCmd`, `invalidParams` (a
node that is older than the request), `forbidden`, `invalid_API_version`, `excessiveLgrRange`."""


def meaning(command: str, code: str) -> Meaning:
    """What the error `code` of a node means for `command`."""
    return TABLE.get(command, {}).get(code, Meaning.NO_ANSWER)
