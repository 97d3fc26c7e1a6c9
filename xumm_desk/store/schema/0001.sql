-- Facts only grow: no statement of this program updates or deletes a row of `facts`.
CREATE TABLE requests (
    identifier TEXT PRIMARY KEY NOT NULL,
    uuid       TEXT,
    status     TEXT NOT NULL,
    finished   INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX requests_unfinished ON requests (created_at) WHERE finished = 0;
CREATE INDEX requests_created ON requests (created_at);
CREATE INDEX requests_uuid ON requests (uuid) WHERE uuid IS NOT NULL;

CREATE TABLE facts (
    seq        INTEGER PRIMARY KEY NOT NULL,
    identifier TEXT NOT NULL REFERENCES requests (identifier),
    at         TEXT NOT NULL,
    witness    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    text       TEXT NOT NULL,
    hash       BLOB NOT NULL
) STRICT;
CREATE INDEX facts_request ON facts (identifier, seq);
