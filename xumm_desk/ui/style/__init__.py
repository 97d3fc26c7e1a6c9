"""Theme, colours, status shapes and time formats."""
