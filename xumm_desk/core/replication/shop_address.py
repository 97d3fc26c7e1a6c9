"""Where the database of a shop is, and as whom a till logs in there; never the password."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.wire.json_fields import Json, JsonObject, compact_json, parse_object

from .shop_state import TillRole

DEFAULT_PORT: Final = 5432
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class ShopAddress:
    """`hosts` and `ports` belong together, in the order in which they are tried; a host that begins
    with "/" is the folder of a Unix socket. `root_certificate` is PEM text of the authority that
    signed the server's certificate; "" stands for the authorities that the computer trusts.
    `monitor` is whether the login only reads; what it may do is the database's to say."""

    hosts: tuple[str, ...]
    ports: tuple[int, ...]
    database: str
    login: str
    till: str
    shop: str
    root_certificate: str = ""
    monitor: bool = False

    @property
    def is_local(self) -> bool:
        """Whether no host is another computer, so that nobody can listen between."""
        return all(is_local(host) for host in self.hosts)


def is_local(host: str) -> bool:
    """Whether this is the folder of a Unix socket or an address of the computer itself."""
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def format_address(address: ShopAddress) -> str:
    """The address as text, for a file."""
    return compact_json(as_json(address))


def parse_address(text: str) -> ShopAddress | None:
    """The address that `format_address` wrote; None if it is none."""
    found = parse_object(text)
    return None if isinstance(found, str) else from_json(found)


def as_json(address: ShopAddress) -> JsonObject:
    """The address as a JSON object."""
    made: JsonObject = {
        "hosts": list(address.hosts),
        "ports": list(address.ports),
        "database": address.database,
        "login": address.login,
        "till": address.till,
        "shop": address.shop,
    }
    if address.root_certificate:
        made["root_certificate"] = address.root_certificate
    if address.monitor:
        made["role"] = TillRole.MONITOR.value
    return made


def from_json(value: JsonObject) -> ShopAddress | None:
    """The address in a JSON object; None if anything is missing or impossible."""
    texts = [_text(value.get(key)) for key in ("database", "login", "till")]
    hosts, ports = _hosts(value.get("hosts")), _ports(value.get("ports"))
    if not hosts or len(hosts) != len(ports) or not all(texts):
        return None
    database, login, till = texts
    shop, certificate = _text(value.get("shop")), _text(value.get("root_certificate"))
    # Absent in what older versions wrote, where only the database knew.
    monitor = value.get("role") == TillRole.MONITOR.value
    return ShopAddress(hosts, ports, database, login, till, shop, certificate, monitor)


def parse_hosts(text: str) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """The hosts and ports of "db1.example:5432, db2.example", as a person writes them; None if one
    of them cannot be meant. IPv6 addresses with a port stand in brackets."""
    hosts, ports = [], []
    for part in text.split(","):
        host, port = _host_and_port(part.strip())
        if not _hosts([host]) or not _ports([port]):
            return None
        hosts.append(host)
        ports.append(port)
    return tuple(hosts), tuple(ports)


def _host_and_port(text: str) -> tuple[str, int]:
    """A host and its port, -1 for what is no port."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        rest = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, rest = text.partition(":")
        rest = rest or "?"
    else:
        host, rest = text, ""
    if not rest:
        return host, DEFAULT_PORT
    return host, int(rest) if rest.isascii() and rest.isdigit() and len(rest) <= 5 else -1


def _text(value: Json) -> str:
    return value if isinstance(value, str) and "\0" not in value else ""


def _hosts(value: Json) -> tuple[str, ...]:
    """Host names; a comma would divide one into two where libpq reads it."""
    if not isinstance(value, list):
        return ()
    good = [one for one in value if isinstance(one, str) and one and not set(one) & set(", \0")]
    return tuple(good) if len(good) == len(value) else ()


def _ports(value: Json) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    good = [
        one
        for one in value
        if isinstance(one, int) and not isinstance(one, bool) and 0 < one <= _HIGHEST_PORT
    ]
    return tuple(good) if len(good) == len(value) else ()
