"""Customers who scan and decide by a script, with delays and odd behaviours."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

from xumm_desk.simulator.platform.payload import Payload
from xumm_desk.simulator.runtime.clock import Clock
from xumm_desk.simulator.runtime.document_store import DocumentStore

from .behaviours import BEHAVIOURS
from .phone import Phone, PhoneAction, PhoneRefusedError

AFTER_EXPIRY_SECONDS = 2.0


@dataclass(slots=True)
class Delays:
    """How long customers take, in practice seconds: to scan, then to decide."""

    scan_min: float = 2.0
    scan_max: float = 5.0
    decide_min: float = 3.0
    decide_max: float = 8.0

    def __post_init__(self) -> None:
        if not 0 <= self.scan_min <= self.scan_max:
            raise ValueError("scan_min and scan_max are seconds, the smaller first")
        if not 0 <= self.decide_min <= self.decide_max:
            raise ValueError("decide_min and decide_max are seconds, the smaller first")


NO_DELAYS = Delays(0, 0, 0, 0)
ACTS_KEPT = 200
_DONE = {"decline": "declined", "leave": "walked away with"}


@dataclass(slots=True)
class Script:
    """What customers do by themselves: nothing (manual), one behaviour, or a weighted mix."""

    mode: str = "manual"
    behaviour: str = "pays"
    mix: dict[str, float] = field(default_factory=dict)
    delays: Delays = field(default_factory=Delays)

    @classmethod
    def read(cls, document: dict[str, Any]) -> Script:
        """From JSON; ValueError or TypeError says what is wrong with it."""
        mode = document.get("mode", "manual")
        if mode not in ("manual", "auto"):
            raise ValueError("mode is manual or auto")
        mix = document.get("mix") or {}
        behaviour = document.get("behaviour", "pays")
        for name in (behaviour, *mix):
            if name not in BEHAVIOURS:
                raise ValueError(f"there is no behaviour {name!r}")
        if mix and (any(w < 0 for w in mix.values()) or sum(mix.values()) <= 0):
            raise ValueError("the weights of a mix are positive")
        delays = document.get("delays") or {}
        return cls(mode, behaviour, dict(mix), Delays(**delays))

    @classmethod
    def named(cls, name: str, delays: Delays | None = None) -> Script:
        """``manual``, ``auto`` (mostly paying customers) or a behaviour's name."""
        if name == "manual":
            return cls(delays=delays or Delays())
        if name == "auto":
            mix = {"pays": 0.8, "declines": 0.1, "walks_off": 0.05, "never": 0.05}
            return cls("auto", "pays", mix, delays or Delays())
        return cls.read({"mode": "auto", "behaviour": name, "delays": asdict(delays or Delays())})

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def choose(self, dice: random.Random) -> str:
        """The next customer's behaviour."""
        if not self.mix:
            return self.behaviour
        return dice.choices(list(self.mix), list(self.mix.values()))[0]


class ScriptedCustomers:
    """Sends customers to requests, by the default script or by a command for one request."""

    def __init__(self, phone: Phone, clock: Clock, store: DocumentStore, seed: int | None) -> None:
        self._phone = phone
        self._clock = clock
        self._store = store
        self._dice = random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()
        self.script = Script()
        self.progress: dict[str, str] = {}
        self._acts: deque[dict[str, Any]] = deque(maxlen=ACTS_KEPT)
        self._count = 0

    def acts_after(self, number: int) -> list[dict[str, Any]]:
        """What customers did by themselves after the act of this number, oldest first."""
        return [act for act in self._acts if act["number"] > number]

    @property
    def count(self) -> int:
        """The number of the last act."""
        return self._count

    def _log_act(self, payload: Payload, what: str) -> None:
        self._count += 1
        reference = payload.custom_meta.get("identifier") or payload.uuid[:8]
        self._acts.append({"number": self._count, "what": what, "reference": reference})

    def load(self, wanted: Script | None) -> None:
        """Begin with the wanted script, else with the one in the state file."""
        kept = self._store.get("customers", "script")
        if wanted is not None:
            self.script = wanted
        elif kept is not None:
            self.script = Script.read(kept)

    def set_script(self, script: Script) -> None:
        """Use another default script for requests that come from now on."""
        self.script = script
        self._store.put("customers", "script", script.as_dict())

    def on_created(self, payload: Payload) -> None:
        """A new request is shown: a customer may come."""
        if self.script.mode != "auto":
            return
        # What the shop itself has to sign, as a refund, is nothing that a customer plays with.
        own = self._phone.is_for_shop(payload.uuid)
        behaviour = "pays" if own else self.script.choose(self._dice)
        self.send(payload, behaviour, self.script.delays)

    def resume(self, payloads: list[Payload]) -> None:
        """After a restart: send a customer to every request that still waits for one."""
        now = self._clock.now()
        for payload in payloads:
            if not (payload.resolved or payload.cancelled or payload.expired(now)):
                self.on_created(payload)

    def send(self, payload: Payload, behaviour: str, delays: Delays) -> None:
        """Send one customer to a request; KeyError for an unknown behaviour."""
        BEHAVIOURS[behaviour]
        story = self._play(payload, behaviour, delays)
        task = asyncio.get_running_loop().create_task(story)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until every customer is done (the clock must be moving)."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Send everybody home."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _play(self, payload: Payload, behaviour: str, delays: Delays) -> None:
        uuid, way = payload.uuid, BEHAVIOURS[behaviour]
        self.progress[uuid] = f"{behaviour}: on the way"
        await self._clock.sleep(self._dice.uniform(delays.scan_min, delays.scan_max))
        if way.ending == "never":
            self.progress[uuid] = f"{behaviour}: never came"
            return
        try:
            await self._phone.scan(uuid)
            self.progress[uuid] = f"{behaviour}: has scanned"
            self._log_act(payload, "scanned")
            await self._clock.sleep(self._dice.uniform(delays.decide_min, delays.decide_max))
            if way.after_expiry:
                late = payload.expires - self._clock.now() + AFTER_EXPIRY_SECONDS
                await self._clock.sleep(late)
            await self._decide(uuid, behaviour)
            self.progress[uuid] = f"{behaviour}: done"
            self._log_act(payload, _DONE.get(BEHAVIOURS[behaviour].ending, "signed"))
        except PhoneRefusedError as refusal:
            self.progress[uuid] = f"{behaviour}: {refusal.reason}"
            self._log_act(payload, f"was refused ({refusal.reason})")

    async def _decide(self, uuid: str, behaviour: str) -> PhoneAction | None:
        ending = BEHAVIOURS[behaviour].ending
        if ending == "decline":
            await self._phone.decline(uuid)
        elif ending == "leave":
            await self._phone.walk_off(uuid)
        else:
            return await self._phone.sign(uuid, behaviour)
        return None
