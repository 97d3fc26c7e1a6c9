"""Read account histories from ledger nodes (`account_tx`), and subscribe to accounts (P§9.4).

Whatever goes wrong is "no answer"; nothing raises.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from xumm_desk.core.message import Message
from xumm_desk.core.money.networks import Network
from xumm_desk.core.state.evidence import AccountHistory, LedgerTx, NoNodeAnswer
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject

from .api_version import ApiVersion
from .ledger_errors import Meaning, meaning
from .ledger_nodes import RIPPLE_EPOCH, LedgerNodes, trimmed
from .xrpl_import import import_xrpl, open_websocket

log = logging.getLogger(__name__)

_PAGE: Final = 200
_MAX_PAGES: Final = 50
_LAG: Final = 20
"""Ledgers by which nodes may lag behind the last ledger that another node has answered for."""


@dataclass(frozen=True, slots=True)
class _FirstPage:
    """The first page of a history: the node that answered, and the first ledger it looked at."""

    node: str
    page: JsonObject
    first: int


class AccountReader:
    """Ledger nodes asked for the history of accounts, and one websocket that says when to ask.

    `silence` is the seconds without a ledger after which a socket counts as dead; ledgers close
    every few seconds.
    """

    def __init__(
        self, nodes: LedgerNodes, urls: Sequence[str], network: Network, *, silence: float = 30.0
    ) -> None:
        self._nodes = nodes
        self._sockets = [url for url in urls if url.startswith("ws")]
        self._api = {url: ApiVersion() for url in self._sockets}
        self._node_index = itertools.count()
        self._network = network
        self._silence = silence

    @property
    def can_subscribe(self) -> bool:
        """Whether a node is set up that can be subscribed to."""
        return bool(self._sockets)

    async def history(
        self, account: str, after: int | None, since: datetime
    ) -> AccountHistory | NoNodeAnswer:
        """Validated transactions of `account`, oldest first: those after ledger `after`, or where
        that is None all that closed after `since` (UTC)."""
        if after is None:
            return await self._read_back(account, since)
        begun = await self._first_page(account, after)
        if not isinstance(begun, _FirstPage):
            return begun
        page, found, top = begun.page, list[JsonObject](), -1
        missing = (after + 1, begun.first - 1) if begun.first > after + 1 else None
        for _ in range(_MAX_PAGES):
            if (error := json_fields.string_at(page, "error")) is not None:
                break
            found += _listed(page)
            top = json_fields.int_at(page, "ledger_index_max") or top
            marker = page.get("marker")
            if marker is None:
                whole = max(after, top)
                return (
                    AccountHistory(tuple(found), whole, missing) if top > 0 else _unreadable_entry()
                )
            # A marker means something to the node that gave it only.
            asked = self._request(account, begun.first, top, marker, forward=True)
            answer = await self._nodes.request_from(asked, only=begun.node)
            if isinstance(answer, str):
                error = answer
                break
            page = answer[1]
        # So long a history, or one whose node fails in the middle, is read in parts: all but the
        # last ledger that was listed is whole.
        last = LedgerTx.from_json(found[-1]).ledger_index if found else None
        if last is None or last - 1 < begun.first:
            return _refused(error or Message("too many pages"))
        return AccountHistory(tuple(found), max(after, last - 1), missing)

    async def _first_page(
        self, account: str, after: int
    ) -> _FirstPage | AccountHistory | NoNodeAnswer:
        """The first page from a node whose history reaches back to `after`; if none does, from the
        one that reaches back furthest. An empty history if no node has come further than `after`.

        With API 2 a node refuses ledgers outside its own history, before it and (Clio) after it, so
        it is then asked for the part that it has.
        """
        best: _FirstPage | None = None
        furthest: int | None = None
        passed: set[str] = set()
        asked = self._request(account, after + 1, -1, None, forward=True)
        while True:
            answer = await self._nodes.request_from(asked, but=passed)
            if isinstance(answer, str):
                break
            node, page = answer
            passed.add(node)
            first = after + 1
            if (error := json_fields.string_at(page, "error")) is not None:
                if meaning("account_tx", error) is not Meaning.OUT_OF_RANGE:
                    return _refused(error)
                span = await self._span(account, node)
                if span is None:
                    continue
                furthest = max(furthest or 0, span[1])
                if span[1] <= after:
                    continue  # nothing new there, or it lags behind another one
                first = max(first, span[0])
                again = self._request(account, first, -1, None, forward=True)
                second = await self._nodes.request_from(again, only=node)
                if isinstance(second, str) or json_fields.string_at(second[1], "error") is not None:
                    continue
                page = second[1]
            low = json_fields.int_at(page, "ledger_index_min")
            first = first if low is None else max(first, low)
            if first <= after + 1:
                return _FirstPage(node, page, after + 1)
            log.warning("the history of %s begins at %s, not after %s", node, first, after)
            if best is None or first < best.first:
                best = _FirstPage(node, page, first)
        if best is not None:
            return best
        if furthest is None:
            return NoNodeAnswer(answer)
        if furthest < after - _LAG:
            return NoNodeAnswer(
                Message("no ledger node has come to ledger {after} yet", after=after)
            )
        return AccountHistory((), after)

    async def _span(self, account: str, node: str) -> tuple[int, int] | None:
        """The first and the last ledger of the node's own history; None if it does not say."""
        asked = self._request(account, -1, -1, None, forward=True, limit=1)
        answer = await self._nodes.request_from(asked, only=node)
        if isinstance(answer, str) or json_fields.string_at(answer[1], "error") is not None:
            return None
        low = json_fields.int_at(answer[1], "ledger_index_min")
        high = json_fields.int_at(answer[1], "ledger_index_max")
        return None if low is None or high is None else (low, high)

    async def _read_back(self, account: str, since: datetime) -> AccountHistory | NoNodeAnswer:
        """Read by a node whose history reaches back to `since`; where none does, by the one that
        reaches back furthest."""
        best: AccountHistory | None = None
        passed: set[str] = set()
        while True:
            asked = self._request(account, -1, -1, None, forward=False)
            answer = await self._nodes.request_from(asked, but=passed)
            if isinstance(answer, str):
                return best or NoNodeAnswer(answer)
            node, page = answer
            read = await self._read_back_from(account, since, node, page)
            if isinstance(read, NoNodeAnswer):
                return best or read
            if read.first_ledger is None:
                return read
            if (
                best is None
                or best.first_ledger is None
                or read.first_ledger[0] < best.first_ledger[0]
            ):
                best = read
            passed.add(node)

    async def _read_back_from(
        self, account: str, since: datetime, node: str, page: JsonObject
    ) -> AccountHistory | NoNodeAnswer:
        found: list[JsonObject] = []
        top = json_fields.int_at(page, "ledger_index_max")
        begins: tuple[int, datetime] | None = None
        for number in range(_MAX_PAGES):
            if (error := json_fields.string_at(page, "error")) is not None:
                return _refused(error)
            listed = _listed(page)
            young = [raw for raw in listed if _closed(raw) >= since]
            found += young
            marker = page.get("marker")
            if len(young) < len(listed):
                break
            if marker is None:
                beginning = await self._first_ledger(node, page)
                if isinstance(beginning, NoNodeAnswer):
                    return beginning
                begins = beginning if beginning and beginning[1] > since else None
                break
            if number == _MAX_PAGES - 1:
                last = LedgerTx.from_json(found[-1]).ledger_index if found else None
                begins = (last, _closed(found[-1])) if last else None
                break
            # A marker means something to the node that gave it only.
            asked = self._request(account, -1, -1 if top is None else top, marker, forward=False)
            answer = await self._nodes.request_from(asked, only=node)
            if isinstance(answer, str):
                return NoNodeAnswer(answer)
            page = answer[1]
        if top is None or top < 0:
            return _unreadable_entry()
        return AccountHistory(tuple(reversed(found)), top, first_ledger=begins)

    async def _first_ledger(
        self, node: str, page: JsonObject
    ) -> tuple[int, datetime] | NoNodeAnswer | None:
        """The first ledger that the node looked at for `page`, and when it closed; None if it does
        not say."""
        low = json_fields.int_at(page, "ledger_index_min")
        if low is None:
            return None
        answer = await self._nodes.request_from(
            {"method": "ledger", "ledger_index": low}, only=node
        )
        if isinstance(answer, str):
            return NoNodeAnswer(answer)
        header = json_fields.object_at(answer[1], "ledger")
        closed = json_fields.time_at(header, "close_time_iso")
        seconds = json_fields.int_at(header, "close_time")
        if closed is None and seconds is not None and 0 <= seconds < 2**32:
            closed = RIPPLE_EPOCH + timedelta(seconds=seconds)
        return None if closed is None else (low, closed)

    @staticmethod
    def _request(
        account: str, low: int, high: int, marker: Any, *, forward: bool, limit: int = 0
    ) -> JsonObject:
        request: JsonObject = {
            "method": "account_tx",
            "account": account,
            "ledger_index_min": low,
            "ledger_index_max": high,
            "forward": forward,
            "limit": limit or _PAGE,
        }
        if marker is not None:
            request["marker"] = marker
        return request

    async def subscribe(
        self, accounts: Sequence[str], on_event: Callable[[bool, str], None]
    ) -> str:
        """Subscribe to `accounts` and to closing ledgers until the socket is lost; returns why.
        `on_event(True, txid)` is called for every transaction, with "" once subscribed, and
        `on_event(False, "")` for every closed ledger (P§9.5)."""
        url = self._sockets[next(self._node_index) % len(self._sockets)]
        client: Any = None
        try:
            async with asyncio.timeout(10):
                client = await open_websocket(url, iterated=True)
                why = await self._subscribe(client, self._api[url], accounts)
            if why:
                return why
            on_event(True, "")
            return await self._until_lost(client, on_event)
        except Exception as error:  # noqa: BLE001 - every trouble of a node is a lost socket
            return type(error).__name__
        finally:
            await _close(client)

    async def _subscribe(self, client: Any, api: ApiVersion, accounts: Sequence[str]) -> str:
        models = await asyncio.to_thread(import_xrpl, "xrpl.models.requests")
        info = await api.request(client, models.ServerInfo)
        network = json_fields.int_at(json_fields.object_at(info, "info"), "network_id")
        if network not in (None, self._network.network_id):
            return Message(
                "the node is on network {network}, not on {key}",
                network=network,
                key=self._network.key,
            )
        streams = [models.StreamParameter.LEDGER]
        answer = await api.request(
            client, models.Subscribe, streams=streams, accounts=list(accounts)
        )
        return Message("the node refused the subscription") if "error" in answer else ""

    async def _until_lost(self, client: Any, on_event: Callable[[bool, str], None]) -> str:
        """The client's own iterator never ends when its socket is lost, so the reader task is
        watched too."""
        loop = asyncio.get_running_loop()
        heard_at = loop.time()

        async def read() -> None:
            nonlocal heard_at
            async for message in client:
                heard_at = loop.time()
                kind = message.get("type") if isinstance(message, dict) else None
                if kind == "transaction":
                    on_event(True, _txid(message))
                elif kind == "ledgerClosed":
                    on_event(False, "")

        reading = loop.create_task(read(), name="ledger stream")
        try:
            while client.is_open():
                done, _ = await asyncio.wait({reading}, timeout=min(0.5, self._silence / 4))
                if done:
                    reading.result()
                    break
                if loop.time() - heard_at > self._silence:
                    return Message("the node fell silent")
            return Message("the node's socket closed")
        finally:
            reading.cancel()
            await asyncio.wait({reading})


async def _close(client: Any) -> None:
    if client is None:
        return
    try:
        async with asyncio.timeout(2):
            await client.close()
    except Exception as error:  # noqa: BLE001 - it is being thrown away
        log.debug("closing a node: %s", type(error).__name__)


def _listed(page: JsonObject) -> list[JsonObject]:
    """The transactions of one page, reduced, in the shape of API v2."""
    entries = page.get("transactions")
    found = []
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        whole = dict(entry)
        old = whole.pop("tx", None)
        if isinstance(old, dict):  # API v1
            whole["tx_json"] = old
            whole.setdefault("hash", old.get("hash"))
            whole.setdefault("ledger_index", old.get("ledger_index"))
        found.append(trimmed(whole))
    return found


def _txid(message: JsonObject) -> str:
    """The transaction of a stream's message: beside it in API v2, within it in v1."""
    within = json_fields.object_at(message, "transaction")
    return json_fields.string_at(message, "hash") or json_fields.string_at(within, "hash") or ""


def _closed(raw: JsonObject) -> datetime:
    return json_fields.time_at(raw, "close_time_iso") or datetime.max.replace(tzinfo=UTC)


def _refused(error: str) -> NoNodeAnswer:
    if meaning("account_tx", error) is not Meaning.NO_ANSWER:
        return NoNodeAnswer(Message("the account is not on the ledger yet"))
    return NoNodeAnswer(Message("the node answered {error}", error=error[:60]))


def _unreadable_entry() -> NoNodeAnswer:
    return NoNodeAnswer(Message("the node's answer names no ledgers"))
