"""Decide which proxy leads to a URL: one rule for HTTP calls, status sockets and ledger nodes.

The libraries below each read the environment in a way of their own, so none of them is allowed to.
The rule is curl's: `<scheme>_proxy`, then `all_proxy`, lower case before upper case; `no_proxy`
lists host names, addresses, ranges (10.0.0.0/8) and IPv6 addresses with or without brackets. Where
the environment names no proxy, the settings of Windows and macOS are asked. Names are always
resolved by a SOCKS proxy, since one of the libraries cannot do otherwise.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from xumm_desk.core.message import Message
from xumm_desk.core.wire.api_answers import SettingError
from xumm_desk.net.platform import url_policy

_CACHE_SECONDS: Final = 30.0
"""Seconds for which a decision holds: a laptop may move to another network."""

_WANTED: Final = {
    "https": ("https", "all", "socks"),
    "wss": ("wss", "https", "all", "socks"),
    "http": ("http", "all", "socks"),
    "ws": ("ws", "http", "all", "socks"),
}
"""For each scheme the variables that count (without `_proxy`), first one first."""

_KINDS: Final = {
    "http": ("http", 80),
    "https": ("https", 443),
    "socks": ("socks5h", 1080),  # as GNOME writes it
    "socks5": ("socks5h", 1080),
    "socks5h": ("socks5h", 1080),
}
"""What a proxy's scheme means, and its usual port."""

_SYSTEM: Final = Message("system's proxy setting")


@dataclass(frozen=True, slots=True)
class Proxy:
    """One proxy. `kind` is "http", "https" or "socks5h"; `source` names the variable or setting.
    The password shows itself in no text."""

    kind: str
    host: str
    port: int
    source: str
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """Host and port, for sentences."""
        return f"{_bracketed(self.host)}:{self.port}"

    @property
    def url(self) -> str:
        """The address with its credentials, for a library."""
        user = ""
        if self.username is not None:
            user = f"{quote(self.username, safe='')}:{quote(self.password or '', safe='')}@"
        return f"{self.kind}://{user}{self.place}"


def choose_proxy(url: str, environment: Mapping[str, str] | None = None) -> Proxy | None:
    """The proxy that leads to `url`, None for a direct connection. `environment` is the process's
    own where it is left out, and only then the system's settings count. May block on Windows and
    macOS. Raises `SettingError` naming the variable whose value is no proxy."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if url_policy.is_loopback(host):
        return None  # what stays on this computer never goes through a proxy
    port = parts.port or (443 if parts.scheme in ("https", "wss") else 80)
    found = _variables(os.environ if environment is None else environment)
    if "no" in found and is_bypassed(host, port, found["no"][1]):
        return None
    wanted = _WANTED.get(parts.scheme, ())
    if environment is None and not any(name in found for name in (*wanted, "http", "https")):
        return _system(wanted, host)
    for name in wanted:
        if name in found:
            return _read(*found[name])
    return None


def is_bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Whether `no_proxy`, as the variable holds it, exempts this host and port."""
    entries = [entry for entry in re.split(r"[,\s]+", no_proxy) if entry]
    return any(entry == "*" or _is_exempt(entry, host, port) for entry in entries)


class ProxyChoice:
    """Remembers for a while which proxy leads where: thousands of sockets go to one host."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, Proxy | None]] = {}

    async def for_url(self, url: str) -> Proxy | None:
        """As `choose_proxy`, without holding up the loop."""
        parts = urlsplit(url)
        place, now = (parts.scheme, parts.netloc), self._monotonic()
        known = self._known.get(place)
        if known is not None and now < known[0]:
            return known[1]
        if sys.platform in ("win32", "darwin"):
            made = await asyncio.to_thread(choose_proxy, url)  # may ask the network about the host
        else:
            made = choose_proxy(url)
        self._known[place] = now + _CACHE_SECONDS, made
        return made


def _variables(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Name and value of each proxy variable, by its prefix before `_proxy`. The lower-case one
    wins, also with an empty value, which switches the upper-case one off."""
    found: dict[str, tuple[str, str]] = {}
    for name, value in sorted(environment.items()):  # upper case sorts before lower case
        if not name.lower().endswith("_proxy"):
            continue
        kind = name.lower().removesuffix("_proxy")
        if value.strip():
            found[kind] = name, value.strip()
        elif name == name.lower():
            found.pop(kind, None)
    if "REQUEST_METHOD" in environment:
        found.pop("http", None)  # in a CGI program a client could set it as a header
    return found


def _system(wanted: tuple[str, ...], host: str) -> Proxy | None:
    if sys.platform not in ("win32", "darwin"):
        return None
    import urllib.request  # noqa: PLC0415 - not before the window

    found = urllib.request.getproxies()
    if not found or urllib.request.proxy_bypass(host):
        return None
    for name in wanted:
        if value := found.get(name):
            if name == "socks":  # macOS writes it as http://
                value = f"socks5h://{value.rpartition('://')[2]}"
            return _read(_SYSTEM, value)
    return None


def _read(source: str, value: str) -> Proxy:
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        port, host = parts.port, parts.hostname
    except ValueError:
        host, port, parts = None, None, None
    known = _KINDS.get(parts.scheme) if parts is not None else None
    if parts is None or known is None or not host or port == 0 or not host.isprintable():
        shown = re.sub(r"^(.*://)?.*@", r"\1", value)[:60]
        raise SettingError(
            Message(
                "{shown} is no address of a proxy ({source}). Write it as http://host:port"
                " or socks5://host:port, or remove it.",
                source=source,
                shown=f"{shown!r}",
            )
        )
    kind, usual = known
    user = unquote(parts.username) if parts.username is not None else None
    password = unquote(parts.password) if parts.password is not None else None
    return Proxy(kind, host, port or usual, source, user, password)


def _is_exempt(entry: str, host: str, port: int) -> bool:
    """Whether one entry of `no_proxy` names this host: a name with all below it, an address, or a
    range of them; a port narrows it. What cannot be read names nothing."""
    name = entry.rpartition("://")[2].rstrip("/").lower()
    if bracketed := re.fullmatch(r"\[([^\]]*)\](?::(\d+))?", name):
        name, only = bracketed[1], bracketed[2]
    elif narrowed := re.fullmatch(r"([^:]+):(\d+)", name):
        name, only = narrowed[1], narrowed[2]
    else:
        only = None
    if only is not None and int(only) != port:
        return False
    address = _address(host)
    if address is not None:
        try:
            return address in ipaddress.ip_network(name, strict=False)
        except ValueError:
            return False
    name = name.removeprefix("*").lstrip(".").rstrip(".")
    host = host.lower().rstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
