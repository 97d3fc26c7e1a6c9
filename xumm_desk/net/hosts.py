"""Decides which addresses may be talked to; knows URLs only, opens nothing.

TLS everywhere; plain http and ws on loopback only. A websocket address from the platform's answer
is followed only to the platform's own host.
"""

from __future__ import annotations

import functools
import ipaddress
from typing import Final
from urllib.parse import urlsplit, urlunsplit

DEFAULT_API: Final = "https://xumm.app/api/v1/platform"
_API_PATH: Final = "/api/v1/platform"
_OWN_HOSTS: Final = frozenset({"xumm.app", "xaman.app"})
"""The platform's two names; answers of one may point to the other (P§11-14)."""


@functools.lru_cache(maxsize=64)
def is_loopback(host: str | None) -> bool:
    """Whether `host` is this machine and nothing else."""
    if host is None:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def api_base(text: str) -> str | None:
    """The REST base from what a person set; a bare host gets the documented path. None when it is
    no https address (or http on loopback)."""
    try:
        parts = urlsplit(text.strip())
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:
        return None
    if not parts.hostname or not port_is_sane or parts.username or parts.query or parts.fragment:
        return None
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        return None
    path = parts.path.rstrip("/") or _API_PATH
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def node_url(text: str) -> str | None:
    """A ledger node's address, http(s) or ws(s); None unless it is safe to use."""
    try:
        parts = urlsplit(text.strip())
        if not parts.hostname or (parts.port is not None and parts.port <= 0):
            return None
    except ValueError:
        return None
    plain = parts.scheme in ("http", "ws") and is_loopback(parts.hostname)
    return text.strip() if plain or parts.scheme in ("https", "wss") else None


def socket_of(api: str, uuid: str, given: str | None) -> str:
    """The status socket of a request: `given` if it leads to the platform that answered, else the
    documented place beside the API (P§1.1)."""
    base = urlsplit(api)
    derived = urlunsplit(
        ("wss" if base.scheme == "https" else "ws", base.netloc, f"/sign/{uuid}", "", "")
    )
    if given is None:
        return derived
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        return derived
    if is_loopback(base.hostname):
        # A local platform may have its sockets at another port than its calls.
        return given if is_loopback(parts.hostname) and parts.scheme == "ws" else derived
    same = parts.hostname == base.hostname or {parts.hostname, base.hostname} <= _OWN_HOSTS
    return given if parts.scheme == "wss" and same and port in (None, base.port, 443) else derived


def link_of(api: str, uuid: str) -> str:
    """The QR's content, where the answer that held it was lost (P§8)."""
    base = urlsplit(api)
    return urlunsplit((base.scheme, base.netloc, f"/sign/{uuid}", "", ""))
