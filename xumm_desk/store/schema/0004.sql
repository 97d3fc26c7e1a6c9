-- Where the chain of facts ends, written with every group: rows cut off its end are missed.
CREATE TABLE chain_end (
    one  INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO chain_end (one, seq, hash) SELECT 1, seq, hash FROM facts ORDER BY seq DESC LIMIT 1;

-- What the other tables did not take, as it came: one row must not keep all others from the disk,
-- and no word about money may be lost.
CREATE TABLE refused (
    seq        INTEGER PRIMARY KEY NOT NULL,
    identifier TEXT NOT NULL,
    at         TEXT NOT NULL,
    kind       TEXT NOT NULL,
    text       TEXT NOT NULL,
    why        TEXT NOT NULL
) STRICT;
