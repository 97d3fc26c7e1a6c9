-- The last sale number of each count: one count for a till, or for a till and a day.
CREATE TABLE sale_numbers (
    name        TEXT PRIMARY KEY NOT NULL,
    last_number INTEGER NOT NULL
) STRICT;
