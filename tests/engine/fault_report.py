"""Write what each fault of a test run ended as, one file a fault, for tests/README.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from xumm_desk.core.status import Status

from .engine_fixture import EngineUnderTest

FOLDER: Final = Path(__file__).parent.parent / "output" / "faults"
"""One JSON object a file; `tests/fault_table.py` reads them."""

GETS: Final = 14
"""GETs that one request may cost, whatever goes wrong, unless its test says why it may be more."""


class FaultReport:
    """The rows of one test file; `part` is its name."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __call__(
        self,
        engine: EngineUnderTest,
        fault: str,
        injected: str,
        *ended: Status | str,
        gets: int = GETS,
        since: int = 0,
    ) -> None:
        """Count the GETs of requests since there were `since`, hold them against `gets`, and write
        down the row; `ended` are statuses or words."""
        used = engine.gets() - since
        assert used <= gets, f"{fault}: {used} GETs, and {gets} are the most"
        words = ", ".join(one.value if isinstance(one, Status) else one for one in ended)
        words = words.replace(", then, ", ", then ")
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{self._part}--{re.sub('[^a-z0-9]+', '-', fault.lower())[:80]}.json"
        row = {"fault": fault, "injected": injected, "ended": words, "gets": used, "most": gets}
        if path.exists():  # the same fault over another way: the dearer one counts
            row["gets"] = max(used, json.loads(path.read_text(encoding="utf-8"))["gets"])
        path.write_text(json.dumps({"part": self._part, **row}), encoding="utf-8")
