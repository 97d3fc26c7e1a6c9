"""Tests of `xumm_desk.core.report`."""
