"""Receive the platform's webhooks behind a proxy, and take them as a reason to look.

    python webhook.py FOLDER PORT

Follows what is unfinished in the data folder, such as the requests that `charge.py` or a window
made and left, and prints each change. The developer console gets the public address of the proxy.
The proxy ends TLS and hands the body on as it came, since the signature is over its bytes; with
nginx:

    location /xumm-webhook {
        proxy_pass http://127.0.0.1:8790;
        client_max_body_size 64k;
    }

with Caddy:

    pos.example.com {
        handle /xumm-webhook {
            reverse_proxy 127.0.0.1:8790
        }
    }

A call without a good signature is answered 401 and changes nothing. One that is genuine makes the
desk ask the platform and the ledger; what the call itself says is not believed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import xumm_desk
from xumm_desk.engine.runtime.registry import RequestRow


def show(rows: Sequence[RequestRow]) -> None:
    """Print what has changed."""
    for row in rows:
        print(row.identifier, row.verdict.status.value, row.request.txid or "", flush=True)


async def serve(folder: str, port: int) -> None:
    """Follow and listen until Ctrl+C."""
    async with xumm_desk.open_desk(data_dir=folder, webhook_port=port) as desk:
        desk.on_rows(show)
        show(desk.rows())
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
    except KeyboardInterrupt:
        sys.exit(130)
