"""The command `shop`: several tills that share their sales through a PostgreSQL database.

Start with `shop_command` (a till or monitor: join, status, leave); `shop_owner_command` and
`fill_command` are what only the owner of the database does. Loads psycopg; `shop_options` does not.
"""
