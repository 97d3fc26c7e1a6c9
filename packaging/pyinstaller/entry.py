"""Where the frozen program starts; the same as `python -m xumm_desk`.

The desk starts its practice platform as `<this program> -m xumm_desk.simulator`. A frozen program
has no `-m` of its own, so it is understood here, for the desk's own packages and no others.
"""

import multiprocessing
import runpy
import sys


def main() -> None:
    multiprocessing.freeze_support()
    module = "xumm_desk"
    if sys.argv[1:2] == ["-m"] and "".join(sys.argv[2:3]).partition(".")[0] == module:
        module = sys.argv[2]
        del sys.argv[1:3]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
