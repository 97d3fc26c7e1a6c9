"""The live table of requests. Start with `table_model` (rows by line) and `table_view`."""
