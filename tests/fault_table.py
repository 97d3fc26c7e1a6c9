"""Runs the fault tests and writes what each fault ended as into tests/README.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
START, END = "<!-- faults -->", "<!-- /faults -->"


def main() -> int:
    """The command; its exit code is pytest's."""
    kept = HERE / "output" / "faults"
    for old in kept.glob("*.json"):
        old.unlink()
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(HERE / "engine" / "test_faults.py")],
        check=False,
        cwd=HERE.parent,
    )
    if ran.returncode:
        return ran.returncode
    lines = [json.loads(path.read_text()) for path in sorted(kept.glob("*.json"))]
    table = ["| fault | injected | the row ended as | GETs |", "|---|---|---|---|"]
    table += [
        f"| {one['fault']} | `{one['injected']}` | **{one['ended']}** | {one['gets']} |"
        for one in lines
    ]
    page = HERE / "README.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n{chr(10).join(table)}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
