-- Sale numbers that this till of the shop alone gives out, by the name of their count, with the next
-- one of each block; and the count of which it wants more.
CREATE TABLE number_blocks (
    name  TEXT NOT NULL,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    next  INTEGER NOT NULL,
    PRIMARY KEY (name, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE number_wish (
    one  INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    name TEXT NOT NULL
) STRICT;
