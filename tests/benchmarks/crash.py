"""Scenario: thousands of requests were unfinished when the program was killed; it starts again.

Measures the time until every one has its socket, and counts every GET against the budget.
"""

from __future__ import annotations

import time
from typing import Any, Final

from .bench import Bench, scene
from .contenders import DESK

_LIMIT: Final = 60


def run(bench: Bench) -> dict[str, Any]:
    """One round."""
    quick = bench.options.quick
    count = min(bench.options.sockets, 3000)
    with scene(bench, "crash", count, limit=_LIMIT) as stage:
        with DESK.start(stage, profile=False) as child:
            child.hear()
            child.ask("begin", phase="dial", heartbeat=True)
            started = child.ask("dial")["at"]
            reached = stage.server.ask("connected", 300, number=count, patience=240)
            beats = child.ask("end")
            passed = (reached["at"] - started) / 1e9
            # The budget is one of a minute: look at a whole one.
            time.sleep(3.0 if quick else max(0.0, 65.0 - passed))
            counts = stage.server.ask("counts")
        wrong = []
        if reached["welcomed"] < count:
            wrong.append(f"only {reached['welcomed']} of {count} sockets opened")
        if counts["most_in_a_minute"] > _LIMIT:
            wrong.append(f"{counts['most_in_a_minute']} GETs in a minute, {_LIMIT} are allowed")
        return {
            "sockets": count,
            "seconds": passed,
            **beats,
            "gets": counts["reads"],
            "gets_in_a_minute": counts["most_in_a_minute"],
            "budget": _LIMIT,
            "wrong": wrong,
        }
