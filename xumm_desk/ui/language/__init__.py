"""The language of the window: which one, exchanged while it is open, and fonts that can write it.

`window_language` chooses, `shown_words` exchanges what is on the screen; start with the first. May
import `core` and `locale`.
"""
