-- What persons did at the desk: unlocked it, refunded, typed a wrong PIN. Rows only grow.
CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY NOT NULL,
    at     TEXT NOT NULL,
    kind   TEXT NOT NULL,
    who    TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
