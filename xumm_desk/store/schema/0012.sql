-- The tills of the shop whose facts are in this journal, each with how far its facts are known and
-- the hash of their chain; of the own one, how far the shop's database has them. Facts of this
-- journal up to the number `looked_at` have names, its own ones those of the row with `own`.
CREATE TABLE tills (
    place     INTEGER PRIMARY KEY NOT NULL,
    till      TEXT NOT NULL UNIQUE,
    own       INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    looked_at INTEGER NOT NULL
) STRICT;

-- Which fact has which name: the place of its till above, and its number there.
CREATE TABLE replicated (
    till   INTEGER NOT NULL REFERENCES tills (place),
    number INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (till, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX replicated_seq ON replicated (seq);

-- Requests that another till has made, with its id; that till follows them while it lives.
CREATE TABLE remote_requests (
    identifier TEXT PRIMARY KEY NOT NULL,
    till       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_requests_till ON remote_requests (till);

-- Destination tags that this till of the shop alone hands out, and of which range it wants more.
CREATE TABLE tag_blocks (
    first INTEGER PRIMARY KEY NOT NULL,
    last  INTEGER NOT NULL
) STRICT;
CREATE TABLE tag_wish (
    one   INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL
) STRICT;
