"""What tells of the program itself: the report of unhandled errors, and the log."""
