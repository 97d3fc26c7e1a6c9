"""Where the frozen program starts; the same as `python -m xumm_desk`."""

import multiprocessing
import runpy

if __name__ == "__main__":
    multiprocessing.freeze_support()
    runpy.run_module("xumm_desk", run_name="__main__", alter_sys=True)
