-- What was taken out of the chain of facts, and on whose word: `store/keeping/chain.py` says how.
CREATE TABLE chain_records (
    seq  INTEGER PRIMARY KEY NOT NULL,
    at   TEXT NOT NULL,
    who  TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- Runs of facts that are not there any more. `hash` is that of the last one, NULL where it is lost.
CREATE TABLE chain_gaps (
    first_seq INTEGER PRIMARY KEY NOT NULL,
    last_seq  INTEGER NOT NULL,
    hash      BLOB,
    record    INTEGER NOT NULL
) STRICT;

-- Facts whose text was replaced, or before which facts are lost: a digest of them as they are.
CREATE TABLE chain_anchors (
    seq    INTEGER NOT NULL,
    record INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (seq, record)
) STRICT;

-- The transactions of requests that were archived: a payment must never count for two sales.
CREATE TABLE archived_txids (
    txid       TEXT NOT NULL,
    identifier TEXT NOT NULL,
    record     INTEGER NOT NULL,
    PRIMARY KEY (txid, identifier)
) STRICT;
