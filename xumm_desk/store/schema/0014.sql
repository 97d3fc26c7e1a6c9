-- Erasing in a shop of several tills (`store/replication/erasure_orders.py`).

-- The hash of a till's chain at a fact whose text was replaced: it is of the text that is gone, and
-- what follows is linked to it.
CREATE TABLE erased_links (
    till   INTEGER NOT NULL REFERENCES tills (place),
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (till, number)
) STRICT, WITHOUT ROWID;

-- Which requests are to be erased.
CREATE INDEX facts_erasures ON facts (identifier) WHERE kind = 'erasure';
