"""Tests of what outlives the program: journal, settings, keys."""
