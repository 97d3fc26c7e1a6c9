"""Entry point: run the command that the arguments name, the self-test, or the window."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    # Objects made by imports stay; `GarbageCollectorPolicy` and long commands switch it on again.
    gc.disable()
    from xumm_desk.cli import parser  # noqa: PLC0415 - keeps `import xumm_desk.__main__` free

    code = parser.run(sys.argv[1:])
    if code is not None:
        return code
    options = parser.self_test_options(sys.argv[1:])
    if options is not None:
        from xumm_desk.self_test import runner  # noqa: PLC0415 - seldom asked for

        return runner.main(options)
    from xumm_desk.qt import pyside_import  # noqa: PLC0415 - commands must not need Qt

    pyside_import.import_pyside()
    from xumm_desk.app import main as open_window  # noqa: PLC0415 - see above

    return open_window(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
