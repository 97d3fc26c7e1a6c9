-- Facts about the receiving accounts of a shop (`store/replication/account_facts.py`): they are told
-- to the other tills, and the tables `unmatched` and `set_aside` are made to agree with all of them.

-- Finds all that is said of a payment.
CREATE INDEX facts_transaction ON facts (
    CASE WHEN json_valid(text) THEN upper(coalesce(
        json_extract(text, '$.hash'), json_extract(text, '$.tx_json.hash'))) END
) WHERE kind IN ('payment', 'unmatched', 'dismissed');
CREATE INDEX facts_of_accounts ON facts (at)
    WHERE identifier = 'receiving-accounts-of-the-shop-and-their-payments';

-- Payments of which facts have come since the tables were made to agree with them.
CREATE TABLE payments_to_settle (
    txid TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER facts_to_settle AFTER INSERT ON facts
WHEN new.kind IN ('payment', 'unmatched', 'dismissed') AND json_valid(new.text)
BEGIN
    INSERT OR IGNORE INTO payments_to_settle (txid)
    SELECT upper(coalesce(
        json_extract(new.text, '$.hash'), json_extract(new.text, '$.tx_json.hash'))) AS txid
    WHERE txid IS NOT NULL;
END;
-- An older program has kept what newer ones told.
INSERT OR IGNORE INTO payments_to_settle (txid)
    SELECT upper(coalesce(json_extract(text, '$.hash'), json_extract(text, '$.tx_json.hash')))
        AS found
    FROM facts WHERE kind IN ('unmatched', 'dismissed') AND json_valid(text)
        AND found IS NOT NULL;

-- Rows of this till of which no fact tells yet.
CREATE TABLE untold_payments (
    txid TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER unmatched_untold AFTER INSERT ON unmatched
BEGIN
    INSERT OR IGNORE INTO untold_payments (txid) VALUES (new.txid);
END;
INSERT INTO untold_payments (txid) SELECT txid FROM unmatched;

CREATE TABLE untold_dismissals (
    seq INTEGER PRIMARY KEY NOT NULL
) STRICT;
CREATE TRIGGER set_aside_untold AFTER INSERT ON set_aside
BEGIN
    INSERT OR IGNORE INTO untold_dismissals (seq) VALUES (new.seq);
END;
INSERT INTO untold_dismissals (seq) SELECT seq FROM set_aside;

-- The ledgers after `first` up to `last` in which this till has read the history of an account, and
-- up to which of them the shop was told, -1 for never; what an older program read has no known beginning.
CREATE TABLE ledgers_read_here (
    account TEXT PRIMARY KEY NOT NULL,
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    told    INTEGER NOT NULL
) STRICT;
INSERT INTO ledgers_read_here (account, first, last, told)
    SELECT account, ledger_index, ledger_index, -1 FROM seen;

-- The same of all tills, ranges that touch as one.
CREATE TABLE ledgers_read_by_all (
    account TEXT NOT NULL,
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    PRIMARY KEY (account, first)
) STRICT, WITHOUT ROWID;
