"""The operating system's keyring: the application's keys and the customers' tokens."""
