"""The load benchmark. Linux only; everything stays on this computer, but for `npm install` of the
official JavaScript SDK into a scratch folder.

    .venv/bin/python -m tests.benchmarks      everything, three rounds (one of stock qasync)
    .venv/bin/python -m tests.benchmarks --quick                   does it work? no figures to keep
    .venv/bin/python -m tests.benchmarks --only sockets --only desk --rounds 1
    .venv/bin/python -m tests.benchmarks --only sockets --only desk --profile

Ends with 1 when a request did not end as the server meant it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from . import code, crash, facts, live, plot, report, sales, startup
from .bench import Bench, Options, conditions
from .contenders import (
    DESK,
    JAVASCRIPT,
    JAVASCRIPT_SALES,
    JAVASCRIPT_SDK,
    PLAIN,
    PYTHON_SDK,
    STOCK,
    THIN,
    Contender,
    NotHereError,
)
from .control import ROOT, ChildError

OUTPUT: Final = ROOT / "tests" / "output"


@dataclass(frozen=True)
class Race:
    """A course that several contenders run, each in processes of its own."""

    name: str
    about: str
    course: Callable[[Options], live.Plan]
    contenders: tuple[Contender, ...]
    run: Callable[[Bench, Contender, live.Plan], dict[str, Any]] = live.run


@dataclass(frozen=True)
class Solo:
    """A scenario of the desk alone."""

    name: str
    about: str
    run: Callable[[Bench], dict[str, Any]]


RACES: Final = (
    Race(
        "sockets",
        "one socket a request, dialled, idle, under events, all changing at once",
        lambda options: live.live(options.sockets),
        (PLAIN, THIN, DESK, STOCK),
    ),
    Race(
        "tls",
        "the same under TLS, weighed only",
        lambda options: live.secure(min(options.sockets, 100 if options.quick else 3000)),
        (PLAIN, DESK),
    ),
    Race(
        "subscriptions",
        "what the official JavaScript SDK is asked to do, most events repeated",
        lambda options: live.subscriptions(options.subscriptions, 2000),
        (PLAIN, THIN, DESK, JAVASCRIPT),
    ),
    Race(
        "few events",
        "what the official Python SDK is asked to do, half of the events repeated",
        lambda options: live.subscriptions(options.subscriptions, 500),
        (PLAIN, THIN, DESK, PYTHON_SDK),
    ),
    Race(
        "sales",
        "sales resolved at one instant: GET, blob, ledger, until the last is paid",
        lambda options: sales.sales(options.subscriptions),
        (DESK, JAVASCRIPT_SALES),
        sales.run,
    ),
)
SOLOS: Final = (
    Solo("crash", "3,000 unfinished requests after a crash, 60 calls a minute", crash.run),
    Solo("start", "process start to a window in which one can work, warm", startup.run),
    Solo("code", "from the platform's answer to the painted QR code", code.run),
    Solo("journal", "the journal alone, on this disk", facts.run),
)


def main() -> int:
    """The command."""
    options, arguments = _options()
    kept: dict[str, Any] = {
        "conditions": {**conditions(), "official JavaScript SDK": JAVASCRIPT_SDK},
        "options": vars(arguments),
        "scenarios": {},
    }
    with tempfile.TemporaryDirectory(prefix="xumm-desk-benchmark-") as scratch:
        bench = Bench(options, Path(scratch), OUTPUT)
        _print(_header(kept))
        for race in RACES:
            chosen = _chosen(options, race)
            if chosen:
                bench.say(f"{race.name}: {race.about}")
                told = _race(bench, race, chosen)
                kept["scenarios"][race.name] = told
                _print(f"\n== {race.name}: {race.about}\n")
                _print(report.tables(race.name, told, race.course(options).count))
        for solo in SOLOS:
            if not options.only or solo.name in options.only:
                bench.say(f"{solo.name}: {solo.about}")
                entry = _rounds(bench, {solo.name: partial(solo.run, bench)})[solo.name]
                kept["scenarios"][solo.name] = {"desk": entry}
                _print(f"\n== {solo.name}: {solo.about}\n")
                _print(report.lines(entry["median"], entry))
    wrong = _wrong(kept["scenarios"])
    kept["wrong"] = wrong
    _print("\n== every request as the server meant it\n")
    _print("\n".join(f"  WRONG  {one}" for one in wrong) or "  yes")
    _save(kept, arguments)
    return 1 if wrong else 0


def _options() -> tuple[Options, argparse.Namespace]:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [one.name for one in (*RACES, *SOLOS)]
    names += list(dict.fromkeys(who.name for race in RACES for who in race.contenders))
    parser.add_argument("--sockets", type=int, metavar="N", help="10,000; 300 with --quick")
    parser.add_argument("--rounds", type=int, metavar="N", help="3; 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="short and small")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=names,
        metavar="NAME",
        help=f"a scenario or a contender, any number of times: {', '.join(names)}",
    )
    parser.add_argument(
        "--budget", type=int, default=60, help="calls a minute that the server tells of (60)"
    )
    parser.add_argument("--profile", action="store_true", help="what the desk's processor time is")
    parser.add_argument("--json", type=Path, metavar="FILE", default=OUTPUT / "benchmark.json")
    parser.add_argument("--plot", type=Path, metavar="FILE", default=OUTPUT / "benchmark.png")
    given = parser.parse_args()
    sockets = given.sockets or (300 if given.quick else 10_000)
    options = Options(
        sockets=sockets,
        rounds=given.rounds or (1 if given.quick else 3),
        quick=given.quick,
        only=tuple(given.only),
        budget=given.budget,
        profile=given.profile,
        subscriptions=min(sockets, 1000),
    )
    return options, given


def _chosen(options: Options, race: Race) -> tuple[Contender, ...]:
    """Who runs: names of scenarios and of contenders each narrow down, together both."""
    races = {one.name for one in RACES} | {one.name for one in SOLOS}
    named_races = [name for name in options.only if name in races]
    named = [name for name in options.only if name not in races]
    if named_races and race.name not in named_races:
        return ()
    return tuple(who for who in race.contenders if not named or who.name in named)


def _race(bench: Bench, race: Race, chosen: tuple[Contender, ...]) -> dict[str, Any]:
    course = race.course(bench.options)
    runs = {who.name: partial(race.run, bench, who, course) for who in chosen}
    return _rounds(bench, runs, once={who.name for who in chosen if who.once})


def _rounds(
    bench: Bench, runs: Mapping[str, Callable[[], dict[str, Any]]], once: Collection[str] = ()
) -> dict[str, Any]:
    """All of them in each round, for a computer is not as fast in one minute as in the next."""
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in runs}
    absent: dict[str, str] = {}
    for number in range(bench.options.rounds):
        for name, run in runs.items():
            if name in absent or (number and name in once):
                continue
            bench.say(f"  {name}, round {number + 1} of {bench.options.rounds}")
            try:
                rounds[name].append(run())
            except NotHereError as error:
                absent[name] = str(error)
            except ChildError as error:
                bench.say(f"  {error}")
                rounds[name].append({"wrong": [str(error).partition("\n")[0]]})
    told = {n: {"median": report.medians(each), "rounds": each} for n, each in rounds.items()}
    return {**told, **{name: {"not run": why} for name, why in absent.items()}}


def _wrong(scenarios: dict[str, dict[str, Any]]) -> list[str]:
    return [
        f"{scenario}, {name}: {one}"
        for scenario, contenders in scenarios.items()
        for name, entry in contenders.items()
        for round_ in entry.get("rounds", [])
        for one in round_["wrong"]
    ]


def _header(kept: dict[str, Any]) -> str:
    told = [f"  {name}: {value}" for name, value in kept["conditions"].items()]
    used = {k: v for k, v in kept["options"].items() if k not in ("json", "plot") and v}
    return "\n".join(["conditions", *told, f"  options: {used}"])


def _save(kept: dict[str, Any], arguments: argparse.Namespace) -> None:
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(kept, indent=1, default=str) + "\n")
    _print(f"\nfigures: {arguments.json}")
    races = {race.name for race in RACES}
    drawn = {name: told for name, told in kept["scenarios"].items() if name in races}
    if drawn:
        told = kept["conditions"]
        words = f"Xumm Desk benchmark, {told['date']}, {told['processor']}, Python {told['Python']}"
        plot.draw(arguments.plot, drawn, words)
        _print(f"plot: {arguments.plot}")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
