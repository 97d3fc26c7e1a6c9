"""Tests of `xumm_desk.ui.report`."""
