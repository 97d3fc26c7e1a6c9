-- Payments that the ledger told about and that belong to no request for sure. The text never
-- changes; `assigned_to` is set once, together with the fact that carries the payment.
CREATE TABLE unmatched (
    txid         TEXT PRIMARY KEY NOT NULL,
    ledger_index INTEGER NOT NULL,
    account      TEXT NOT NULL,
    sender       TEXT NOT NULL,
    amount       TEXT NOT NULL,
    tag          INTEGER,
    why          TEXT NOT NULL,
    text         TEXT NOT NULL,
    assigned_to  TEXT REFERENCES requests (identifier),
    at           TEXT NOT NULL
) STRICT;
CREATE INDEX unmatched_open ON unmatched (ledger_index) WHERE assigned_to IS NULL;

-- How far the ledger was read for each receiving account.
CREATE TABLE seen (
    account      TEXT PRIMARY KEY NOT NULL,
    ledger_index INTEGER NOT NULL
) STRICT;

-- Destination tags handed out, whether or not a request came of it.
CREATE TABLE tags (
    tag INTEGER PRIMARY KEY NOT NULL,
    at  TEXT NOT NULL
) STRICT;

-- A payment names a request by tag, invoice id or transaction: these find it among all that ever
-- were. A damaged text is no reason to refuse a row, so it is looked at before it is read.
CREATE INDEX facts_tag ON facts (
    CASE WHEN json_valid(text) THEN json_extract(text, '$.txjson.DestinationTag') END
) WHERE kind = 'intent';
CREATE INDEX facts_invoice ON facts (
    CASE WHEN json_valid(text) THEN upper(json_extract(text, '$.txjson.InvoiceID')) END
) WHERE kind = 'intent';
CREATE INDEX facts_txid ON facts (
    CASE WHEN json_valid(text) THEN upper(json_extract(text, '$.response.txid')) END
) WHERE kind = 'answer';
