"""Tests of `xumm_desk.store.history`."""
