"""The dialog that creates requests from a CSV file: choose it, look at it, create.

Start with `import_dialog`; `line_table` shows errors, rows and results line by line.
"""
