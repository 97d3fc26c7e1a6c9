"""Ask ledger nodes for transactions (P§9.4), one after the other until one answers.

A node on another network is refused by its `network_id`. Whatever goes wrong is "no answer", never
"no payment".
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from xumm_desk.core.message import Message
from xumm_desk.core.money.networks import Network
from xumm_desk.core.state.evidence import LedgerTx, NoNodeAnswer, RegularKey, TransactionNotFound
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject

from .api_version import ApiVersion
from .json_rpc import JsonRpcClient
from .ledger_errors import Meaning, meaning
from .xrpl_import import import_xrpl, open_websocket

log = logging.getLogger(__name__)

_RETRY_AFTER: Final = 20.0
"""Seconds for which a node that failed is passed over."""

_LAST_LEDGER_WINDOW: Final = 20
"""Ledgers for which a wallet signs at most (P§2.2): a node must know all of them."""

RIPPLE_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""From which a ledger counts its seconds."""

_KEPT: Final = ("tx_json", "meta", "hash", "ledger_index", "validated", "close_time_iso")
_META_KEPT: Final = ("TransactionResult", "delivered_amount", "TransactionIndex")


class _RefusedError(Exception):
    """A node that answers with an error of its own; the text is its code."""


class _Node:
    """One node: its address and API version, whether its network was checked, when to try it
    again."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.api = ApiVersion()
        self.on_network: bool | None = None
        self.retry_at = 0.0
        self.client: Any = None
        self.opening = asyncio.Lock()


class LedgerNodes:
    """Ledger nodes with failover; `status` is a line for the window."""

    def __init__(self, urls: Sequence[str], network: Network, *, timeout: float = 10.0) -> None:
        self._nodes = [_Node(url) for url in urls]
        self._network = network
        self._timeout = timeout
        self._library: Any = None
        self.status: str = Message("not asked yet")
        self.index: int | None = None
        self.last_answer_at: float | None = None

    async def close(self) -> None:
        """Close all connections."""
        for node in self._nodes:
            await self._close(node)

    async def transaction(
        self, txid: str, last_ledger: int | None
    ) -> tuple[JsonObject, LedgerTx] | TransactionNotFound | NoNodeAnswer:
        """Look up `txid`. Absence is final only if the validated ledger has passed `last_ledger`
        and the node's history covers the range (P§9.4)."""
        without: list[_Node] = []
        while True:
            # One node's history may begin later, or end earlier, than another's.
            rest = [node for node in self._nodes if node not in without]
            answer = await self._first_answer({"method": "tx", "transaction": txid}, rest)
            if isinstance(answer, str):
                break
            found = _found(answer[1])
            if found is not None:
                return found
            without.append(answer[0])
            if len(without) == len(self._nodes):
                break
        if not without:
            return NoNodeAnswer(answer if isinstance(answer, str) else "")
        for node in without:
            absent = await self._not_found(node, last_ledger)
            if isinstance(absent, TransactionNotFound) and absent.final:
                break
        if last_ledger is None or isinstance(absent, NoNodeAnswer) or not absent.final:
            return absent
        # It may have been included between the two answers, or the first server lags behind the
        # second: only absence seen after its last ledger is final.
        again = await self._first_answer(
            {
                "method": "tx",
                "transaction": txid,
                "min_ledger": max(1, last_ledger - _LAST_LEDGER_WINDOW),
                "max_ledger": last_ledger,
            },
            [node],
        )
        if isinstance(again, str):
            return NoNodeAnswer(again)
        whole = json_fields.bool_at(again[1], "searched_all") is not False
        return _found(again[1]) or TransactionNotFound(absent.validated_index, final=whole)

    async def regular_key(self, account: str) -> RegularKey | NoNodeAnswer:
        """The regular key of `account` in the validated ledger; none for an account that is not on
        the ledger."""
        answer = await self._first_answer(
            {"method": "account_info", "account": account, "ledger_index": "validated"}
        )
        if isinstance(answer, str):
            return NoNodeAnswer(answer)
        result = answer[1]
        error = json_fields.string_at(result, "error")
        if error is not None and meaning("account_info", error) is Meaning.NOT_FOUND:
            return RegularKey(account, None)
        data = json_fields.object_at(result, "account_data")
        if error is not None or json_fields.string_at(data, "Account") != account:
            return NoNodeAnswer(
                Message("the node answered {error}", error=(error or "for another account")[:60])
            )
        if json_fields.bool_at(result, "validated") is not True:
            return NoNodeAnswer(Message("the node's answer is not validated"))
        return RegularKey(account, json_fields.string_at(data, "RegularKey"))

    async def ask(self, request: JsonObject) -> JsonObject | str:
        """The answer of the first node that has one, be it an error; else why there is none."""
        answer = await self._first_answer(request)
        return answer if isinstance(answer, str) else answer[1]

    async def request_from(
        self, request: JsonObject, *, only: str = "", but: Collection[str] = ()
    ) -> tuple[str, JsonObject] | str:
        """The answer of one node and its address: of the node at `only`, else of the first that has
        one and is none of `but`; else why there is none."""
        chosen = [n for n in self._nodes if n.url not in but and only in ("", n.url)]
        answer = await self._first_answer(request, chosen)
        return answer if isinstance(answer, str) else (answer[0].url, answer[1])

    async def _not_found(
        self, node: _Node, last_ledger: int | None
    ) -> TransactionNotFound | NoNodeAnswer:
        answer = await self._first_answer({"method": "server_info"}, [node])
        if isinstance(answer, str):
            return NoNodeAnswer(answer)
        info = json_fields.object_at(answer[1], "info")
        index = json_fields.int_at(json_fields.object_at(info, "validated_ledger"), "seq")
        self._note_answer(index)
        passed = (
            last_ledger is not None
            and index is not None
            and index > last_ledger
            and _history_covers(
                json_fields.string_at(info, "complete_ledgers") or "", last_ledger, index
            )
        )
        return TransactionNotFound(index, final=passed)

    def _note_answer(self, index: int | None) -> None:
        if index is not None:
            self.index = max(self.index or 0, index)
        self.last_answer_at = time.monotonic()

    async def _first_answer(
        self, request: JsonObject, among: Sequence[_Node] | None = None
    ) -> tuple[_Node, JsonObject] | str:
        """The first node that answers, and its result; else why none did."""
        why = Message("no ledger node is set up")
        now = time.monotonic()
        nodes = self._nodes if among is None else among
        candidates = sorted(nodes, key=lambda n: n.retry_at > now)
        for node in candidates:
            if node.on_network is False and node.retry_at > now:
                why = Message("the node is not on {key}", key=self._network.key)
                continue
            try:
                async with asyncio.timeout(self._timeout):
                    if node.on_network is None or node.on_network is False:
                        await self._check(node)
                    if not node.on_network:
                        why = Message("the node is not on {key}", key=self._network.key)
                        continue
                    result = await self._request(node, request)
                    error = json_fields.string_at(result, "error")
                    if error and meaning(str(request["method"]), error) is Meaning.NO_ANSWER:
                        raise _RefusedError(error[:60])
            except _RefusedError as refusal:
                # The connection works, so it is kept; another node may be in a better state.
                why = Message("the node answered {refusal}", refusal=refusal)
                node.retry_at = time.monotonic() + _RETRY_AFTER
                log.info("ledger node %s answered %s", node.url, refusal)
                continue
            except Exception as error:  # noqa: BLE001 - every trouble of a node is "no answer"
                why = Message(
                    "no ledger node answers ({error_type})", error_type=type(error).__name__
                )
                node.retry_at = time.monotonic() + _RETRY_AFTER
                log.info("ledger node %s: %s", node.url, type(error).__name__)
                await self._drop(node)
                continue
            node.retry_at = 0.0
            self.status = "connected"
            self.last_answer_at = time.monotonic()
            return node, result
        self.status = why
        return why

    async def _check(self, node: _Node) -> None:
        """Refuse a node of another network; one that does not name its network is trusted as set
        up."""
        result = await self._request(node, {"method": "server_info"})
        network_id = json_fields.int_at(json_fields.object_at(result, "info"), "network_id")
        node.on_network = network_id is None or network_id == self._network.network_id
        if not node.on_network:
            node.retry_at = time.monotonic() + 10 * _RETRY_AFTER
            log.warning(
                "ledger node %s is on network %s, not on %s",
                node.url,
                network_id,
                self._network.key,
            )

    async def _request(self, node: _Node, request: JsonObject) -> JsonObject:
        client = await self._client(node)
        models = await self._models()
        fields: dict[str, Any] = {k: v for k, v in request.items() if k != "method"}
        model = {
            "tx": models.Tx,
            "account_tx": models.AccountTx,
            "account_info": models.AccountInfo,
            "account_lines": models.AccountLines,
            "ledger_entry": models.LedgerEntry,
            "ledger": models.Ledger,
            "server_info": models.ServerInfo,
            "get_aggregate_price": models.GetAggregatePrice,
            "book_offers": models.BookOffers,
            "amm_info": models.AMMInfo,
        }[str(request["method"])]
        return await node.api.request(client, model, **fields)

    async def _models(self) -> Any:
        """The library's requests, loaded in a thread at the first question."""
        if self._library is None:
            self._library = await asyncio.to_thread(import_xrpl, "xrpl.models.requests")
        return self._library

    async def _client(self, node: _Node) -> Any:
        async with node.opening:
            if node.client is not None and (not node.url.startswith("ws") or node.client.is_open()):
                return node.client
            if node.url.startswith("ws"):
                node.client = await open_websocket(node.url)
            else:
                node.client = JsonRpcClient(node.url)
            return node.client

    async def _drop(self, node: _Node) -> None:
        """Give up the connection on which a question failed. The client of HTTP gives up its own,
        and other questions may be on their way in it."""
        if node.url.startswith("ws"):
            await self._close(node)

    async def _close(self, node: _Node) -> None:
        client, node.client = node.client, None
        if client is not None:
            try:
                async with asyncio.timeout(2):
                    await client.close()
            except Exception as error:  # noqa: BLE001 - it is being thrown away
                log.debug("closing a node: %s", type(error).__name__)


def _found(result: JsonObject) -> tuple[JsonObject, LedgerTx] | NoNodeAnswer | None:
    """The transaction in an answer to `tx`; None where the node does not have it."""
    error = json_fields.string_at(result, "error")
    if error is None:
        kept = trimmed(result)
        return kept, LedgerTx.from_json(kept)
    if meaning("tx", error) is Meaning.NOT_FOUND:
        return None
    return NoNodeAnswer(Message("the node answered {error}", error=error[:60]))


def trimmed(result: JsonObject) -> JsonObject:
    """The fields that are kept of a node's transaction, in the shape of API v2."""
    fields: JsonObject = {k: result[k] for k in _KEPT if k in result}
    if "tx_json" not in fields:  # API v1 keeps the fields at top level
        fields["tx_json"] = {
            k: v for k, v in result.items() if k not in ("meta", "validated", "warnings")
        }
    seconds = json_fields.int_at(json_fields.object_at(fields, "tx_json"), "date")
    if "close_time_iso" not in fields and seconds is not None and 0 <= seconds < 2**32:
        closed = RIPPLE_EPOCH + timedelta(seconds=seconds)  # API v1 has it in this form only
        fields["close_time_iso"] = f"{closed:%Y-%m-%dT%H:%M:%SZ}"
    meta = json_fields.object_at(result, "meta")
    fields["meta"] = {k: meta[k] for k in _META_KEPT if k in meta}
    return fields


def _history_covers(ranges: str, low: int, high: int) -> bool:
    """Whether the node's history ("5-9,12-99") holds every ledger around the deadline; without a
    complete history absence proves nothing."""
    for part in ranges.split(","):
        first, _, last = part.strip().partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            continue
        if int(first) <= low - _LAST_LEDGER_WINDOW and int(last or first) >= high - 1:
            return True
    return False
