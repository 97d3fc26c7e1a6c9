"""What a day, a week or a month brought: exact figures, beside those of the period before.

Read `periods` (which time is asked for), `figures` (what is summed), then `report_lines` (what is
shown, and which requests are behind each figure). May import `core/history` and everything below
it.
"""
