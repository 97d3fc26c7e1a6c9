"""The dialog that writes requests to a file for bookkeeping, and the choice of its columns.

Start with `export_dialog`; `file_commands` opens it, and the import beside it, from the menu.
"""
