"""Widgets that know nothing of requests, and the step line."""
