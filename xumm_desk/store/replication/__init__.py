"""Replicate the facts of a till through the shop's database, and take in those of the others."""
