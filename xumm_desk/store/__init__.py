"""What outlives the program: the journal, settings, and where keys are kept."""
