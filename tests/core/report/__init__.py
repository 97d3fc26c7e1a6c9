"""Tests of `xumm_desk.core.history`."""
