"""Run the tests of faults and write what each fault ended as into tests/README.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE = Path(__file__).resolve().parent
START, END = "<!-- faults -->", "<!-- /faults -->"

PARTS: Final = {
    "scenarios/test_faults": "Between phone, platform and ledger",
    "payloads/test_creation": "While a request is created",
    "scenarios/test_cancel_races": "While it is cancelled",
    "scenarios/test_long_days": "Long and odd days",
    "scenarios/test_platform_down": "Ten minutes without a platform",
    "scenarios/test_short_connections": "Sockets that are welcomed and closed at once",
    "scenarios/test_outage_codes": "Outage codes",
    "ledger/test_account_watch": "Reported by the ledger alone",
    "scenarios/test_txid_reuse": "One payment reported twice",
    "scenarios/test_not_found": "Requests that the platform forgets",
    "scenarios/test_catch_up": "While the desk was closed",
    "scenarios/test_webhooks": "Webhooks",
    "test_subscription": "A program that subscribes",
}
"""The test files in `tests/engine` whose faults are listed, in the order of the page."""


def main() -> int:
    """The command; its exit code is pytest's."""
    kept = HERE / "output" / "faults"
    for old in kept.glob("*.json"):
        old.unlink()
    files = [str(HERE / "engine" / f"{part}.py") for part in PARTS]
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
            if one["part"] == part.rpartition("/")[2].removeprefix("test_")
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
