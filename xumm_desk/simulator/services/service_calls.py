"""Answer the developer calls that concern no payload: transactions, hooks, storage, accounts and
xApps (P§1.5). ``developer_api`` has the credentials, the limits and the error shapes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from xumm_desk.simulator.ledger.transaction_lookup import TransactionLookup
from xumm_desk.simulator.platform.create_validation import RefusedError
from xumm_desk.simulator.platform.http_shapes import read_json
from xumm_desk.simulator.platform.payload import Application
from xumm_desk.simulator.platform.platform import Platform

from .account_profiles import AccountProfiles
from .app_storage import AppStorage
from .hooks import HOOKS
from .xapps import XApps

Call = Callable[[web.Request, Application, list[str], str], Awaitable[Any]]
_HEX64 = re.compile(r"[0-9A-Fa-f]{64}")


class ServiceCalls:
    """The handlers, found by method and path."""

    def __init__(
        self,
        platform: Platform,
        transactions: TransactionLookup,
        storage: AppStorage,
        profiles: AccountProfiles,
        xapps: XApps,
    ) -> None:
        self._platform = platform
        self._transactions = transactions
        self._storage = storage
        self._profiles = profiles
        self._xapps = xapps

    def route(self, method: str, parts: list[str]) -> Call | None:
        """The handler of a call, None when there is none."""
        match method, parts:
            case "GET", ["xrpl-tx", txid] if _HEX64.fullmatch(txid):
                return self._transaction
            # The JavaScript SDK asks for the list under the name of the single one.
            case "GET", ["hookhash"] | ["hookhashes"]:
                return self._hooks
            case "GET", ["hookhash", hash_] if _HEX64.fullmatch(hash_):
                return self._hook
            case "GET" | "POST" | "DELETE", ["app-storage"]:
                return self._app_storage
            case "GET", ["account-meta", _]:
                return self._account_meta
            case "POST", ["kyc-status"]:
                return self._kyc_status
            case "GET", ["xapp", "ott", _]:
                return self._one_time_token
            case "POST", ["xapp", "push" | "event"]:
                return self._push
        return None

    def kyc_of_account(self, account: str) -> Any:
        """``GET kyc-status/{account}``, which needs no credentials."""
        return self._profiles.kyc_of_account(account)

    async def _transaction(
        self, _: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del app, call
        return await self._transactions.find(parts[1])

    async def _hooks(self, _: web.Request, app: Application, parts: list[str], call: str) -> Any:
        del app, parts, call
        return HOOKS

    async def _hook(self, _: web.Request, app: Application, parts: list[str], call: str) -> Any:
        del app, call
        known = HOOKS.get(parts[1].upper())
        if known is None:
            raise RefusedError(404, 404)
        return known

    async def _app_storage(
        self, request: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del parts, call
        if request.method == "GET":
            return self._storage.read(app)
        if request.method == "DELETE":
            return self._storage.clear(app)
        return self._storage.write(app, await read_json(request))

    async def _account_meta(
        self, _: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del app, call
        return self._profiles.account_meta(parts[1])

    async def _kyc_status(
        self, request: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del parts, call
        body = await read_json(request)
        token = self._platform.tokens.get(
            str(body.get("user_token")) if isinstance(body, dict) else ""
        )
        own = token is not None and token.application == app.key
        return self._profiles.kyc_of_user(token.user if own and token is not None else None)

    async def _one_time_token(
        self, _: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del call
        return self._xapps.take(app, parts[2])

    async def _push(
        self, request: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del call
        return self._xapps.push(app, await read_json(request), parts[1])
