"""Open TCP connections for websockets: directly, or through a proxy (SOCKS 5, or CONNECT of HTTP).

A host may have several addresses, of which the first may be dead, as with an IPv6 route that leads
nowhere: they are raced (RFC 8305). asyncio's own race is not used, since a dial that is cancelled
while it wins leaves its connection to the collector (CPython 3.11).
"""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from .proxies import Proxy

HEAD_START: Final = 0.25
"""Seconds after which the next address is tried beside the one that has not answered."""

_Address: TypeAlias = tuple[socket.AddressFamily, Any]


async def connect(host: str, port: int) -> socket.socket:
    """A connection to the first address of `host` that answers. Raises `OSError`; the caller
    limits the time."""
    return await _race(await _addresses(host, port), _direct)


async def connect_through(proxy: Proxy, host: str, port: int) -> socket.socket:
    """A connection to `host` through `proxy`, which resolves the name. Raises what the network or
    the library raises; the caller limits the time."""

    async def attempt(address: _Address) -> socket.socket:
        from python_socks import ProxyType  # noqa: PLC0415 - few shops have a proxy
        from python_socks.async_.asyncio import Proxy as Library  # noqa: PLC0415

        kind = ProxyType.SOCKS5 if proxy.kind == "socks5h" else ProxyType.HTTP
        library = Library(
            kind,
            str(address[1][0]),
            proxy.port,
            username=proxy.username,
            password=proxy.password,
            rdns=True,
        )
        made: socket.socket = await library.connect(host, port)
        return made

    return await _race(await _addresses(proxy.host, proxy.port), attempt)


async def _addresses(host: str, port: int) -> list[_Address]:
    """All addresses of a host, the two families in turns, the system's first choice first."""
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
        return [(family, (host, port))]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not found:
        raise OSError(f"{host} has no address")
    first = [(family, address) for family, _, _, _, address in found if family == found[0][0]]
    other = [(family, address) for family, _, _, _, address in found if family != found[0][0]]
    pairs = itertools.zip_longest(first, other)
    return [one for pair in pairs for one in pair if one is not None]


async def _direct(address: _Address) -> socket.socket:
    family, place = address
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, place)
    except BaseException:
        made.close()
        raise
    return made


async def _race(
    addresses: list[_Address], attempt: Callable[[_Address], Awaitable[socket.socket]]
) -> socket.socket:
    """The result of the first `attempt` that succeeds. Each is started when the one before it has
    failed, or has not answered for a while. Every other connection, even a later one, is closed."""
    if len(addresses) == 1:
        return await attempt(addresses[0])
    left, errors = list(addresses), list[Exception]()
    running: set[asyncio.Task[socket.socket]] = set()
    try:
        while left or running:
            if left:
                running.add(asyncio.ensure_future(attempt(left.pop(0))))
            done, running = await asyncio.wait(
                running,
                timeout=HEAD_START if left else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            good = [task for task in done if task.exception() is None]
            for loser in good[1:]:
                loser.result().close()
            if good:
                return good[0].result()
            errors += [error for task in done if isinstance(error := task.exception(), Exception)]
    finally:
        for task in running:
            task.add_done_callback(_discard)
            task.cancel()
    if len(errors) == 1 or not all(isinstance(error, OSError) for error in errors):
        raise errors[-1]
    raise OSError("; ".join(dict.fromkeys(map(str, errors))))


def _discard(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()
