"""The benchmark's short form: it works, and every request ends as the server meant it. No figure
is looked at: those belong to a quiet machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from . import plan, report, sampler
from .control import ROOT
from .plan import End

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the benchmark reads /proc"
)


def test_desk_and_plain_asyncio_end_as_the_server_meant(tmp_path: Path) -> None:
    file, picture = tmp_path / "figures.json", tmp_path / "figures.png"
    command = [sys.executable, "-m", "tests.benchmarks", "--quick", "--sockets", "120"]
    command += ["--only", "sockets", "--only", "desk", "--only", "plain asyncio"]
    done = subprocess.run(
        [*command, "--json", str(file), "--plot", str(picture)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(file.read_text())
    assert told["wrong"] == []
    for name in ("desk", "plain asyncio"):
        (figures,) = told["scenarios"]["sockets"][name]["rounds"]
        assert figures["ends"]["shown"] == 120
        assert figures["counts"]["lost"] == 0
    assert "× plain asyncio" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_sales_that_resolve_at_once_are_all_paid(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks", "--quick", "--sockets", "30"]
    command += ["--only", "sales", "--only", "desk"]
    done = subprocess.run(
        [*command, "--json", str(file), "--plot", str(tmp_path / "figures.png")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(file.read_text())
    assert told["wrong"] == []
    (figures,) = told["scenarios"]["sales"]["desk"]["rounds"]
    assert figures["paid"]["shown"] == 30


@pytest.mark.parametrize(
    ("count", "rate", "repeats"), [(10_000, 2000, 1), (40, 8000, 1), (9, 9, 3)]
)
def test_every_request_gets_its_events_in_time(count: int, rate: int, repeats: int) -> None:
    events = plan.steady(count, rate, seed=1, repeats=repeats)
    assert sorted(e.index for e in events if not e.again) == list(range(count))
    assert len(events) == count * repeats
    first: dict[int, int] = {}
    for event in events:
        assert event.after >= first.setdefault(event.index, event.after)
        assert event.again or first[event.index] == event.after
    assert Counter(e.again for e in events)[True] == count * (repeats - 1)


def test_the_page_in_view_changes_while_it_is_in_view() -> None:
    at = {event.index: event.after / 1e9 for event in plan.steady(10_000, 2000, seed=1)}
    for slot in range(plan.slots(10_000, 2000)):
        page = plan.page(slot, 10_000)
        assert [plan.place_of(i, 10_000) for i in reversed(page)] == list(
            range(slot * plan.PAGE, (slot + 1) * plan.PAGE)
        )
        assert all(slot * plan.SLOT < at[i] < (slot + 1) * plan.SLOT for i in page)


def test_names_lead_back_and_all_ends_happen() -> None:
    assert plan.index_of(plan.uuid_of(9_999)) == 9_999
    assert plan.identifier_of(42) != plan.identifier_of(43)
    assert {plan.end_of(index) for index in range(120)} == set(End)


def test_medians_and_ratios() -> None:
    rounds = [{"idle": {"cpu": value}, "wrong": []} for value in (0.1, 0.4, 0.2)]
    told: dict[str, dict[str, Any]] = {
        "plain asyncio": {"median": report.medians([{"idle": {"cpu": 0.1}}])},
        "desk": {"median": report.medians(rounds)},
        "official JavaScript SDK": {"not run": "there is no Node.js on this computer"},
    }
    table = report.tables("sockets", told, 10_000)
    assert "20.0 %" in table
    assert "2.00" in table
    assert "not run: there is no Node.js on this computer" in table


def test_a_flame_graph_names_the_largest_cost(tmp_path: Path) -> None:
    stacks = "slow;Main;run_(loop.py);paint_(cells.py) 9000\nslow;Main;run_(loop.py) 1000\n"
    (tmp_path / "stacks.txt").write_text(stacks)
    made = sampler.flame(tmp_path, tmp_path, "desk")
    assert " 90.0 %  paint_(cells.py)" in Path(made["costs"]).read_text()
    assert "paint (cells.py): 90.0 %" in Path(made["flame"]).read_text()
