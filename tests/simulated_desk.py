"""A desk that a program opens at a simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import xumm_desk
from xumm_desk.engine.desk import Desk
from xumm_desk.simulator import Simulator


@asynccontextmanager
async def desk_at(sim: Simulator, folder: Path, **options: Any) -> AsyncIterator[Desk]:
    """A desk with the simulator's keys and its journal in `folder`; `options` of `open_desk` go
    before."""
    given: dict[str, Any] = {
        "api": sim.api,
        "ledger": sim.ledger_ws,
        "network": "TESTNET",
        "data_dir": str(folder),
        "key": sim.key,
        "secret": sim.secret,
        **options,
    }
    async with xumm_desk.open_desk(**given) as desk:
        yield desk
