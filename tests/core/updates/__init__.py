"""Tests of `xumm_desk.core.updates`."""
