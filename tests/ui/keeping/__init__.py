"""Tests of `xumm_desk.ui.keeping`."""
