-- What a person said about payments of nobody: put aside because no sale waits for them, or brought
-- back. Rows only grow; the newest one of a payment holds.
CREATE TABLE set_aside (
    seq   INTEGER PRIMARY KEY NOT NULL,
    txid  TEXT NOT NULL REFERENCES unmatched (txid),
    aside INTEGER NOT NULL,
    at    TEXT NOT NULL
) STRICT;
CREATE INDEX set_aside_txid ON set_aside (txid, seq);
