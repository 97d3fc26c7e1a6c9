"""Facts between the tills of a shop, by way of a PostgreSQL database (psycopg 3).

Start with `shop_database`: what one till or monitor does there, over one connection. Behind it are
`shop_connection` (TLS, deadlines, sentences for errors) and `postgres_schema` (tables, rights and
functions, which enforce who may do what). `shop_owner` makes schema, roles and one-time codes;
`joining` turns such a code into a login. `shop_erasure` erases here what another till has erased.
Nothing that needs psycopg is loaded before a shop is configured.
"""
