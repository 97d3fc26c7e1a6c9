"""Exports written to files: requests read one at a time from the journal, and the kinds of file.

`journal_export` runs a job; `record_writers` writes records as text, `workbook` as XLSX. Start with
`journal_export`.
"""
