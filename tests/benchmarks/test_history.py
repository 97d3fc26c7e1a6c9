"""The short form of the history's benchmark: every figure is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_history_of_a_few_requests_is_measured() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.history", "--requests", "2000"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2000 requests")
    assert "memory above the empty table" in done.stdout
