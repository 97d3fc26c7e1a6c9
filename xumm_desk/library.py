"""The door for programs: create and follow sign requests without a window.

    async with xumm_desk.open_desk() as desk:
        row = await desk.create(order)
        subscription = await desk.subscribe(row, callback)
        value = await subscription.resolved

Knows how to build a desk from options; must not know Qt.
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from xumm_desk.assembly import Assembly
from xumm_desk.configuration import ConfigurationError, resolve
from xumm_desk.engine.book import Row
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.subscription import Callback, Subscription
from xumm_desk.net.platform import Keys, XummPlatform
from xumm_desk.net.status import StatusSockets
from xumm_desk.rehearsal import Rehearsal, at_practice
from xumm_desk.store.vault import Credentials

__all__ = ["open_desk", "subscribe"]


@asynccontextmanager
async def open_desk(
    *,
    api: str | None = None,
    ledger: str | None = None,
    network: str | None = None,
    data_dir: str | None = None,
    key: str | None = None,
    secret: str | None = None,
    practice: bool = False,
    resume: bool = True,
) -> AsyncIterator[Desk]:
    """A running desk; what is left out comes from the environment and the keyring as for the
    commands. `resume=False` leaves unfinished requests of the data folder alone.

    Raises:
        ConfigurationError: an option cannot be used, or keys are missing.
        JournalError: the journal cannot be used.
    """
    options = {"api": api, "ledger": ledger, "network": network, "data_dir": data_dir}
    configuration = resolve(argparse.Namespace(**options, practice=practice))
    credentials = Credentials(key, secret) if key and secret else configuration.credentials
    rehearsal: Rehearsal | None = None
    if credentials is not None and not practice:
        configuration = replace(configuration, credentials=credentials, practice=False)
    elif practice:
        rehearsal = Rehearsal(configuration.folder)
        place = rehearsal.start()
        configuration = at_practice(configuration, place)
        credentials = Credentials(place.key, place.secret)
    else:
        raise ConfigurationError("keys are missing: set XUMM_APIKEY and XUMM_APISECRET")
    assembly = Assembly(configuration, credentials)
    try:
        desk = assembly.open()
        await desk.start(None if resume else ())
        yield desk
    finally:
        await assembly.close()
        if rehearsal is not None:
            rehearsal.stop()


async def subscribe(
    payload: str | Row,
    callback: Callback | None = None,
    *,
    api: str | None = None,
    key: str | None = None,
    secret: str | None = None,
) -> Subscription:
    """Subscribe to one request, by its uuid or row, without a desk or a journal.

    `callback` is called with an `Event` for every message of the status socket and may be a
    coroutine function. The subscription ends by its returning something other than None, or by
    `resolve(value)`; awaiting `resolved` gives that value. `websocket` is the open connection.

    Raises:
        ConfigurationError: the address cannot be used, or keys are missing.
    """
    configuration = resolve(argparse.Namespace(api=api))
    credentials = Credentials(key, secret) if key and secret else configuration.credentials
    if credentials is None:
        raise ConfigurationError("keys are missing: set XUMM_APIKEY and XUMM_APISECRET")
    platform = XummPlatform(configuration.api, Keys(credentials.key, credentials.secret))
    uuid = payload.request.uuid if isinstance(payload, Row) else payload
    if uuid is None:
        await platform.close()
        raise ConfigurationError("this request has not reached the platform yet")
    socket = payload.request.socket if isinstance(payload, Row) else None
    subscription = Subscription(
        uuid, callback, platform=platform, sockets=StatusSockets(), socket=socket
    )
    subscription.on_end(platform.close)
    return subscription
