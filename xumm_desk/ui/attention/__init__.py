"""The work list: what needs a person, one line of text and one button for each.

Its entries are made in `core/attention`. Start with `work_list_view`.
"""
