"""The benchmark's command:

    .venv/bin/python -m tests.benchmarks                 # everything, three rounds
    .venv/bin/python -m tests.benchmarks --quick         # a minute, no figures worth keeping
    .venv/bin/python -m tests.benchmarks --only desk --sockets 3000 --rounds 1

Ends with 1 when any request did not end as the server meant it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from . import live
from .bench import Bench, Options, conditions


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--budget", type=int, default=60)
    parser.add_argument("--profile", action="store_true")
    o = parser.parse_args()
    options = Options(o.sockets, o.rounds, o.quick, tuple(o.only), o.budget, o.profile, 1000)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(options, Path(scratch), Path("tests/output"))
        sys.stdout.write(json.dumps(conditions(), indent=1) + "\n")
        for who in (live.DESK, live.PLAIN, live.STOCK):
            if options.only and who.name not in options.only:
                continue
            for _ in range(options.rounds):
                figures = live.run(bench, who)
                wrong += figures["wrong"]
                sys.stdout.write(json.dumps({who.name: figures}, indent=1) + "\n")
                sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
