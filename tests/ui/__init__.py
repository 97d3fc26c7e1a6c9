"""The window, part by part, without a screen."""
