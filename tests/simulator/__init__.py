"""Tests of the practice platform over real loopback connections."""
