"""The short form of the measurement from Enter to a code: every painted code can be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_two_sales_are_measured() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.till_code", "--sales", "2"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 sales, Enter to a scannable code")
