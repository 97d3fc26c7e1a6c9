"""The window: shows rows, takes orders; knows the engine's desk and core only."""
