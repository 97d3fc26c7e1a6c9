"""Dialogs about the journal's file: copies, restoring, salvaging, archiving, erasing.

Start with `keeping_dialogs`. What they do is done by a `JournalKeeper` (`context`), which `setup`
implements.
"""
