-- One line for each request, for history, search and reports. It is made of the facts, which stay
-- the truth: it may be dropped and made again. Times are microseconds since 1970 (UTC).
CREATE TABLE request_index (
    key          INTEGER PRIMARY KEY NOT NULL,
    identifier   TEXT NOT NULL UNIQUE,
    created      INTEGER NOT NULL,
    status       TEXT NOT NULL,
    status_rank  INTEGER NOT NULL,
    finished     INTEGER NOT NULL,
    attention    INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    network      TEXT NOT NULL,
    tx_type      TEXT NOT NULL,
    asset        TEXT NOT NULL,
    amount_key   TEXT NOT NULL,
    asked        TEXT NOT NULL,
    delivered    TEXT NOT NULL,
    currency     TEXT NOT NULL,
    price        INTEGER,
    tip          INTEGER,
    till         TEXT NOT NULL,
    cashier      TEXT NOT NULL,
    number       INTEGER,
    reference    TEXT NOT NULL,
    note         TEXT NOT NULL,
    instruction  TEXT NOT NULL,
    payer        TEXT NOT NULL,
    tag          INTEGER,
    uuid         TEXT NOT NULL,
    txid         TEXT NOT NULL,
    refund_of    TEXT NOT NULL,
    refunded     INTEGER NOT NULL,
    signed       INTEGER NOT NULL,
    outage       INTEGER NOT NULL,
    step         INTEGER NOT NULL,
    opened_at    INTEGER,
    signed_at    INTEGER,
    proven_at    INTEGER,
    ledger_index INTEGER,
    amount_text  TEXT NOT NULL,
    price_text   TEXT NOT NULL
) STRICT;
-- Each holds the keys of one value in order, which is the order of time.
CREATE INDEX request_index_attention ON request_index (attention) WHERE attention = 1;
CREATE INDEX request_index_status ON request_index (status);
CREATE INDEX request_index_kind ON request_index (kind);
CREATE INDEX request_index_network ON request_index (network);
CREATE INDEX request_index_asset ON request_index (asset);
CREATE INDEX request_index_till ON request_index (till);
CREATE INDEX request_index_cashier ON request_index (cashier);
CREATE INDEX request_index_created ON request_index (created);
CREATE INDEX request_index_proven ON request_index (proven_at) WHERE proven_at IS NOT NULL;

CREATE VIRTUAL TABLE request_text USING fts5 (
    identifier, number, uuid, txid, payer, reference, note, instruction, amount_text, price_text,
    till, cashier, tag,
    content = 'request_index', content_rowid = 'key',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
CREATE TRIGGER request_index_added AFTER INSERT ON request_index BEGIN
    INSERT INTO request_text (
        rowid, identifier, number, uuid, txid, payer, reference, note, instruction, amount_text,
        price_text, till, cashier, tag
    ) VALUES (
        new.key, new.identifier, new.number, new.uuid, new.txid, new.payer, new.reference,
        new.note, new.instruction, new.amount_text, new.price_text, new.till, new.cashier, new.tag
    );
    INSERT INTO request_counts (status, attention, requests)
        VALUES (new.status, new.attention, 1)
        ON CONFLICT (status, attention) DO UPDATE SET requests = requests + 1;
END;
CREATE TRIGGER request_index_removed AFTER DELETE ON request_index BEGIN
    INSERT INTO request_text (
        request_text, rowid, identifier, number, uuid, txid, payer, reference, note, instruction,
        amount_text, price_text, till, cashier, tag
    ) VALUES (
        'delete', old.key, old.identifier, old.number, old.uuid, old.txid, old.payer,
        old.reference, old.note, old.instruction, old.amount_text, old.price_text, old.till,
        old.cashier, old.tag
    );
    UPDATE request_counts SET requests = requests - 1
        WHERE status = old.status AND attention = old.attention;
END;
CREATE TRIGGER request_index_changed AFTER UPDATE ON request_index
WHEN (old.uuid, old.txid, old.payer, old.note, old.reference, old.instruction, old.amount_text,
      old.price_text)
    <> (new.uuid, new.txid, new.payer, new.note, new.reference, new.instruction, new.amount_text,
        new.price_text)
BEGIN
    INSERT INTO request_text (
        request_text, rowid, identifier, number, uuid, txid, payer, reference, note, instruction,
        amount_text, price_text, till, cashier, tag
    ) VALUES (
        'delete', old.key, old.identifier, old.number, old.uuid, old.txid, old.payer,
        old.reference, old.note, old.instruction, old.amount_text, old.price_text, old.till,
        old.cashier, old.tag
    );
    INSERT INTO request_text (
        rowid, identifier, number, uuid, txid, payer, reference, note, instruction, amount_text,
        price_text, till, cashier, tag
    ) VALUES (
        new.key, new.identifier, new.number, new.uuid, new.txid, new.payer, new.reference,
        new.note, new.instruction, new.amount_text, new.price_text, new.till, new.cashier, new.tag
    );
END;
CREATE TRIGGER request_index_moved AFTER UPDATE ON request_index
WHEN (old.status, old.attention) <> (new.status, new.attention)
BEGIN
    UPDATE request_counts SET requests = requests - 1
        WHERE status = old.status AND attention = old.attention;
    INSERT INTO request_counts (status, attention, requests)
        VALUES (new.status, new.attention, 1)
        ON CONFLICT (status, attention) DO UPDATE SET requests = requests + 1;
END;

-- How many requests of the index have each status.
CREATE TABLE request_counts (
    status    TEXT NOT NULL,
    attention INTEGER NOT NULL,
    requests  INTEGER NOT NULL,
    PRIMARY KEY (status, attention)
) STRICT, WITHOUT ROWID;

-- Requests whose line is missing or out of date. The older ones of a journal that an older program
-- wrote are those up to `index_backlog.upto` (rows of `requests`), which are worked off downwards.
CREATE TABLE index_todo (
    identifier TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE index_backlog (
    one   INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    upto  INTEGER NOT NULL,
    whole INTEGER NOT NULL
) STRICT;
INSERT INTO index_backlog (one, upto, whole)
    SELECT 1, coalesce(max(rowid), 0), coalesce(max(rowid), 0) FROM requests;
