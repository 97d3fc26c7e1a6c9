"""The hooks before a commit are the checks of the test command, and nothing that downloads."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")


def load_checks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("checks", ROOT / "packaging" / "checks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def hooks() -> dict[str, str]:
    """The command of each hook, by the name that the checks have too."""
    pairs = re.findall(r"name: (.+)\n\s+entry: (.+)\n", CONFIGURATION)
    return dict(pairs)


def test_each_check_of_the_test_command_is_a_hook() -> None:
    places = {sys.executable: ".venv/bin/python", str(Path(sys.executable).parent): ".venv/bin"}
    wanted = {}
    for step, command in load_checks().static_checks():
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
