"""The hooks before a commit are the checks of the test command, and nothing that downloads."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from packaging_program import load_program

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")


def hooks() -> dict[str, str]:
    """The command of each hook, by the name that the checks have too."""
    pairs = re.findall(r"name: (.+)\n\s+entry: (.+)\n", CONFIGURATION)
    return dict(pairs)


def test_each_check_of_the_test_command_is_a_hook() -> None:
    places = {sys.executable: ".venv/bin/python", str(Path(sys.executable).parent): ".venv/bin"}
    wanted = {}
    for step, command in load_program("checks").static_checks():
        words = []
        for part in map(str, command):
            name = part.removeprefix(f"{ROOT}/")
            for place, short in places.items():
                name = name.replace(place, short)
            words.append(name)
        wanted[step] = " ".join(words)
    found = hooks()
    assert found.pop("all checks and tests") == "python3 packaging/bootstrap.py test"
    assert found == wanted


def test_no_hook_is_downloaded() -> None:
    assert re.findall(r"repo: (.+)", CONFIGURATION) == ["local"]
    assert set(re.findall(r"language: (.+)", CONFIGURATION)) == {"system"}
