"""What a signed statement of the newest version says, and what follows from it.

`envelope.py` reads the signed file, `statement.py` what was signed, `notice.py` decides whether it
is believed and what is shown, `release_keys.py` holds the public keys. Signatures are checked in
`net/updates`. Everything here is total: it reads what a server sends.
"""
