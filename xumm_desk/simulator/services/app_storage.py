"""Documents that applications keep on the platform: ``app-storage`` and ``userdata`` (P§1.5)."""

from __future__ import annotations

import json
import re
from typing import Any

from xumm_desk.simulator.platform.create_validation import NO_BODY, TOO_LONG, RefusedError
from xumm_desk.simulator.platform.payload import Application, Body
from xumm_desk.simulator.runtime.document_store import DocumentStore

LIMIT_BYTES = 60_000
_KEY = re.compile(r"[a-z0-9]{3,}")


class AppStorage:
    """One JSON object or list for each application; the last writer wins."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def read(self, application: Application) -> Body:
        """The answer to GET; ``data`` is None when nothing is stored."""
        kept = self._store.get("app-storage", application.key)
        return _of(application) | {"data": kept["data"] if kept else None}

    def write(self, application: Application, data: object) -> Body:
        """The answer to POST; RefusedError when the data cannot be stored."""
        self._store.put("app-storage", application.key, {"data": _storable(data)})
        return _of(application) | {"stored": True, "data": data}

    def clear(self, application: Application) -> Body:
        """The answer to DELETE: the same whether something was stored or not."""
        self._store.drop("app-storage", application.key)
        return _of(application) | {"stored": True, "data": None}


class UserData:
    """JSON values by key for each user of each application; signed-in users only."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def keys(self, application: str, user: str) -> Body:
        """The answer to ``GET userdata``."""
        keys = sorted(self._values(application, user))
        return {"operation": "LIST", "keys": keys, "count": len(keys)}

    def read(self, application: str, user: str, keys: list[str]) -> Body:
        """The answer to ``GET userdata/{key},{key}``: what exists of the keys."""
        values = self._values(application, user)
        data = {key: values[key] for key in map(_valid, keys) if key in values}
        return {"operation": "RETRIEVE", "data": data, "keys": list(data), "count": len(data)}

    def write(self, application: str, user: str, key: str, data: object) -> Body:
        """The answer to ``POST userdata/{key}``."""
        values = self._values(application, user) | {_valid(key): _storable(data)}
        self._store.put("userdata", f"{application} {user}", values)
        return {"operation": "PERSIST", "persisted": True}

    def remove(self, application: str, user: str, key: str) -> Body:
        """The answer to ``DELETE userdata/{key}``; ``persisted`` says whether there was one."""
        values = self._values(application, user)
        found = values.pop(_valid(key), None) is not None
        self._store.put("userdata", f"{application} {user}", values)
        return {"operation": "REMOVE", "persisted": found}

    def _values(self, application: str, user: str) -> dict[str, Any]:
        return self._store.get("userdata", f"{application} {user}") or {}


def _of(application: Application) -> Body:
    return {"application": {"name": application.name, "uuidv4": application.key}}


def _storable(data: object) -> object:
    if not isinstance(data, dict | list):
        raise RefusedError(NO_BODY)
    if len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()) > LIMIT_BYTES:
        raise RefusedError(TOO_LONG)
    return data


def _valid(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise RefusedError(NO_BODY)
    return key
