"""Follow requests that another system made, such as a web shop with an official SDK.

    python follow.py UUID [UUID…]

Prints every event, and at last how each request ended. It needs the keys of the application that
made the requests (XUMM_APIKEY and XUMM_APISECRET, or the system's keyring), and keeps nothing on
disk.

An event is the platform's word. Before goods are handed over, the transaction must be looked up
on the ledger; a desk (`charge.py`) does that by itself.
"""

from __future__ import annotations

import asyncio
import sys

import xumm_desk
from xumm_desk.engine.subscription import Event


def on_event(event: Event) -> str | None:
    """Print an event. What is returned ends the subscription, unless it is None."""
    missed = " (missed on the socket, read afterwards)" if event.recovered else ""
    print(f"{event.uuid[:8]} {event.data}{missed}", flush=True)
    if "signed" in event.data:
        return f"signed, {event.data['txid']}" if event.data["signed"] else "declined"
    return "expired" if event.data.get("expired") else None


async def follow(uuid: str) -> None:
    """Follow one request to its end."""
    subscription = await xumm_desk.subscribe(uuid, on_event)
    print(f"{uuid}: {await subscription.resolved}", flush=True)


async def follow_all(uuids: list[str]) -> None:
    """Follow all of them at once."""
    async with asyncio.TaskGroup() as tasks:
        for uuid in uuids:
            tasks.create_task(follow(uuid))


if __name__ == "__main__":
    asyncio.run(follow_all(sys.argv[1:]))
