"""Runs the tests of faults and writes what each fault ended as into tests/README.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE = Path(__file__).resolve().parent
START, END = "<!-- faults -->", "<!-- /faults -->"

PARTS: Final = {
    "faults": "Between phone, platform and ledger",
    "creation": "While a request is created",
    "cancel_races": "While it is cancelled",
    "hard_days": "Long and odd days",
    "ten_minutes": "Ten minutes without a platform",
    "short_connections": "Sockets that are welcomed and closed at once",
    "outage": "Outage codes",
    "safety_net": "Told by the ledger alone",
    "replayed": "One payment told twice",
    "missing": "Requests that the platform forgets",
    "earlier": "While nobody looked",
    "webhook": "Webhooks",
    "subscription": "A program that listens for itself",
}
"""The test files whose faults are listed, in the order of the page, with their headings."""


def main() -> int:
    """The command; its exit code is pytest's."""
    kept = HERE / "output" / "faults"
    for old in kept.glob("*.json"):
        old.unlink()
    files = [str(HERE / "engine" / f"test_{part}.py") for part in PARTS]
    files = [f for f in files if Path(f).exists()]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *files, *sys.argv[1:]], check=False, cwd=HERE.parent
    )
    if ran.returncode:
        return ran.returncode
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in kept.glob("*.json")]
    lines: list[str] = []
    for part, heading in PARTS.items():
        lines += [f"### {heading}", ""]
        lines += ["| fault | injected | the row ended as | GETs (at most) |", "|---|---|---|---|"]
        lines += [
            f"| {one['fault']} | {one['injected']} | **{one['ended']}** |"
            f" {one['gets']} ({one['most']}) |"
            for one in sorted(rows, key=lambda one: str(one["fault"]))
            if one["part"] == part
        ]
        lines.append("")
    page = HERE / "README.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    table = "\n".join(lines).rstrip()
    page.write_text(f"{before}{START}\n{table}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
