"""Ask a ledger node in API version 2, or in version 1 where the node knows nothing newer.

xahaud (`apiMaximumSupportedVersion` is 1 in its `RPCHelpers.h`) and rippled before 2.0 refuse every
request in version 2 with `invalid_API_version`: in an answer on a websocket, as text with status
400 over HTTP. Without version 1 no payment on Xahau could ever be proven.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from typing import Any, Final

from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject

log = logging.getLogger(__name__)

_NEWEST: Final = 2
_OLDEST: Final = 1
_REFUSAL: Final = "invalid_API_version"

_numbers: Final = itertools.count(1)
"""Of requests: without one, the library makes each request twice to put a random one in."""


class ApiVersion:
    """The API version in which one node is asked; starts with the newest."""

    def __init__(self) -> None:
        self.number = _NEWEST

    async def request(self, client: Any, model: Callable[..., Any], **fields: Any) -> JsonObject:
        """The `result` of a request made of an xrpl-py `model`, or the error's message; raises
        what the client raises."""
        while True:
            try:
                number = f"desk-{next(_numbers)}"
                asked = model(**fields, id=number, api_version=self.number)
                result = (await client.request(asked)).result
            except Exception as error:
                if self.number == _OLDEST or not _refuses(error):
                    raise
            else:
                if not isinstance(result, dict):
                    return {}
                if self.number == _OLDEST or json_fields.string_at(result, "error") != _REFUSAL:
                    return result
            log.info("a ledger node takes API version %d only", _OLDEST)
            self.number = _OLDEST


def _refuses(error: Exception) -> bool:
    """Whether the error holds the HTTP answer of a node that does not know the version."""
    return any(_REFUSAL in part for part in error.args if isinstance(part, str))
