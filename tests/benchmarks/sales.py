"""Scenario: many sales resolved at one instant; each needs a GET, a check of its signed blob, and
the ledger's word, until the last is paid on disk and in the table.

The ledger has validated all of them when the platform announces the first.
"""

from __future__ import annotations

import time
from typing import Any, Final

from . import fill
from .bench import Bench, Scene, scene
from .contenders import Contender
from .control import Child, python
from .live import Plan
from .meter import Arrivals, Watch, quantile, stamps
from .plan import Kind
from .sampler import flame

_SETTLED: Final = 2.0
"""Seconds without a call after which a contender has caught up."""

_PATIENCE: Final = 300.0


def sales(count: int) -> Plan:
    """So many open sales, all resolved at once."""
    return Plan(count, ())


def run(bench: Bench, who: Contender, course: Plan) -> dict[str, Any]:
    """One round of one contender."""
    count, figures = course.count, dict[str, Any]()
    signed = bench.scratch / f"sales-{count}.json"
    if not signed.exists():
        fill.save_signatures(signed, range(count))
    log = bench.place("ledger-node") / "node.log"
    with (
        Child(python("ledger_node", "--signed", str(signed)), "ledger node", log, {}) as node,
        scene(bench, who.name, count, limit=0, sales=signed) as stage,
    ):
        stage.ledger = node.hear()["url"]
        with who.start(stage, profile=bench.options.profile) as child:
            child.hear()
            figures = {"sales": count, "wrong": []}
            _measure(stage, node, child, figures)
            _finish(stage, child, who, figures)
            child.close()
        if bench.options.profile and who.journal:
            figures["profile"] = flame(stage.folder, bench.output, f"{who.name} sales")
    return figures


def _measure(stage: Scene, node: Child, child: Child, figures: dict[str, Any]) -> None:
    child.ask("begin", phase="dial", heartbeat=False)
    child.ask("dial")
    reached = stage.server.ask("connected", 300, number=stage.count, patience=240)
    child.ask("end")
    if reached["welcomed"] < stage.count:
        figures["wrong"].append(f"dial: only {reached['welcomed']} sockets opened")
    _settle(stage)
    if node.ask("close")["validated"] != stage.count:
        figures["wrong"].append("the ledger did not validate all payments")
    child.ask("begin", phase="sales", heartbeat=True)
    watch = Watch(child.pid)
    stage.server.ask("burst", kind=Kind.END)
    answer = child.ask(
        "reached", _PATIENCE + 60, kind=Kind.END, number=stage.count, patience=_PATIENCE
    )
    usage = watch.stop()
    figures["paid"] = {
        "shown": answer["number"],
        "cpu_seconds": usage.cpu * usage.wall,
        **child.ask("end"),
    }


def _settle(stage: Scene) -> None:
    """Wait until the contender has read what it reads after connecting."""
    known, since = -1, time.monotonic()
    while time.monotonic() - since < _SETTLED:
        reads = stage.server.ask("counts")["reads"]
        if reads != known:
            known, since = reads, time.monotonic()
        time.sleep(0.1)


def _finish(stage: Scene, child: Child, who: Contender, figures: dict[str, Any]) -> None:
    file = stage.folder / "arrived.bin"
    told = child.ask("finish", file=str(file))
    sent_file, figures["counts"] = stage.finish()
    sent = stamps(sent_file, stage.count)[Kind.END]
    taken = Arrivals.load(file, stage.count).taken[Kind.END]
    late = sorted((at - sent[0]) / 1e6 for at in taken if at)
    figures["paid"] |= {"p50_ms": quantile(late, 0.5), "last_ms": quantile(late, 1.0)}
    found = [f"an error of the program: {name}" for name in told.get("broken", [])]
    unpaid = sum(end != "paid" for end in told["ends"])
    if unpaid:
        found.append(f"{unpaid} of {stage.count} sales are not paid")
    figures["wrong" if who.judged else "noted"] = [*figures["wrong"], *found]
