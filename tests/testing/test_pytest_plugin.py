"""The fixture in somebody else's project: it is there, and costs nothing where it is not used."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "resources" / "examples" / "test_your_shop.py"
PLUGIN = "xumm_desk.testing.pytest_plugin"


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of a project that has none of our settings."""
    command = [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:randomly"]
    command += ["--strict-markers", "-q", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=500
    )


def test_the_example_is_a_project_of_its_own_that_passes(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    run = run_pytest(tmp_path, "-W", "error")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "5 passed" in run.stdout


def test_the_wheel_names_the_plugin_by_its_module() -> None:
    """Under its own name it is not loaded twice where a project lists it too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}


def test_it_loads_nothing_before_its_first_use() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules)\n"
        f"import {PLUGIN}\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [
        "xumm_desk",
        "xumm_desk.testing",
        PLUGIN,
        "xumm_desk.version",
    ]


def test_without_a_test_that_uses_it_no_process_is_started(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import sys\ndef test_nothing():\n"
        "    assert 'xumm_desk.testing.running_simulator' not in sys.modules\n",
        "utf-8",
    )
    run = run_pytest(tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
