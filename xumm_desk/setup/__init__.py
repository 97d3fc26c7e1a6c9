"""From options, environment and keyring to a running engine; shared by window, commands and `api`.

Start with `config` and `composition`.
"""
