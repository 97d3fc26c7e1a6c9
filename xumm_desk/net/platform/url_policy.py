"""Which URLs may be used: TLS everywhere, plain http and ws on loopback only.

A websocket URL from the platform's answer is followed only to the host of the API: no other name,
port or scheme. On loopback the port may differ, since a local platform may have its sockets at a
port of their own.
"""

from __future__ import annotations

import functools
import ipaddress
from typing import Final
from urllib.parse import urlsplit, urlunsplit

DEFAULT_API: Final = "https://xumm.app/api/v1/platform"
_API_PATH: Final = "/api/v1/platform"


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
    """The REST base URL from what a person set; a bare host gets the documented path. None if it is
    no https URL (or http on loopback)."""
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


def status_socket_url(api: str, uuid: str, given: str | None) -> str:
    """The status socket of a payload: `given` if it is on the API's own host, else the documented
    address beside the API (P§1.1)."""
    base = urlsplit(api)
    scheme, usual = ("wss", 443) if base.scheme == "https" else ("ws", 80)
    derived = urlunsplit((scheme, base.netloc, f"/sign/{uuid}", "", ""))
    if given is None:
        return derived
    try:
        parts = urlsplit(given)
        port = parts.port or usual
    except ValueError:
        return derived
    same = parts.scheme == scheme and parts.hostname == base.hostname and "@" not in parts.netloc
    if not same or (port != (base.port or usual) and not is_loopback(base.hostname)):
        return derived
    # Rebuilt, so that the library connects to the same host as was checked here.
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    place = host if port == usual else f"{host}:{port}"
    return urlunsplit((scheme, place, parts.path, parts.query, ""))


def payload_url(api: str, uuid: str) -> str:
    """The QR's content, where the answer that held it was lost (P§8)."""
    base = urlsplit(api)
    return urlunsplit((base.scheme, base.netloc, f"/sign/{uuid}", "", ""))
