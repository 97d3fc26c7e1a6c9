"""What a day, a week or a month brought: figures summed over the lines of the history.

Read `periods` (which time is asked for), then `figures` (what is summed). May import
`core/history` and everything below it.
"""
