"""Try the wheel as a stranger installs it: `pipx install` in a fresh account, then a sale.

    .venv/bin/python packaging/installers/try_pipx.py [WHEEL] [--pipx PATH]

As root, with pipx on this computer. The account gets no variable but those with which pip finds its
packages here (PIP_…). Then `try_program.py` does what it does with every program.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import try_program
from build_environments import DIST

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


def install(who: try_program.Account, wheel: Path, pipx: str) -> Path:
    """Install the wheel for this account; returns the program."""
    own = who.home / wheel.name
    own.write_bytes(wheel.read_bytes())
    own.chmod(0o644)
    package = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("PIP_")]
    print(who.run("/usr/bin/env", *package, pipx, "install", own, path=SYSTEM_PATH).strip())
    return who.home / ".local/bin/xumm-desk"


def main() -> int:
    """Install and try it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("wheel", type=Path, nargs="?", help="else the one in dist/")
    parser.add_argument("--pipx", default="/usr/bin/pipx")
    given = parser.parse_args()
    wheels = [given.wheel] if given.wheel else sorted(DIST.glob("xumm_desk-*.whl"))
    if not wheels:
        print("No wheel in dist/. packaging/installers/freeze.py makes one.", file=sys.stderr)
        return 2
    try:
        with try_program.account("xumm-desk-pipx") as who:
            program = install(who, wheels[-1], given.pipx)
            try_program.try_program(program, who, SYSTEM_PATH)
    except try_program.AccountError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
