-- Shifts that persons closed: each with its whole document, which is all that a reprint needs. The
-- facts of a shift are those after `from_seq` up to `to_seq`; `hash` is that of the document, which
-- names the hash of the shift before. `lines` are the payments of the shift, whose hash is in the
-- document; `dismissals_to` is the last entry of `set_aside` that it has counted.
CREATE TABLE shifts (
    number        INTEGER PRIMARY KEY NOT NULL,
    from_seq      INTEGER NOT NULL,
    to_seq        INTEGER NOT NULL CHECK (to_seq >= from_seq),
    closed_at     TEXT NOT NULL,
    operator      TEXT NOT NULL,
    document      TEXT NOT NULL,
    lines         TEXT NOT NULL,
    hash          TEXT NOT NULL,
    dismissals_to INTEGER NOT NULL
) STRICT;
CREATE TRIGGER shifts_follow BEFORE INSERT ON shifts
WHEN new.number <> (SELECT coalesce(max(number), 0) + 1 FROM shifts)
    OR new.from_seq <> (SELECT coalesce(max(to_seq), 0) FROM shifts)
BEGIN
    SELECT RAISE(ABORT, 'not the next shift');
END;
CREATE TRIGGER shifts_kept BEFORE UPDATE ON shifts BEGIN
    SELECT RAISE(ABORT, 'a closed shift never changes');
END;
CREATE TRIGGER shifts_not_deleted BEFORE DELETE ON shifts BEGIN
    SELECT RAISE(ABORT, 'a closed shift never changes');
END;

-- For which request the money of a transaction counts: set by the shift that counted it first.
CREATE TABLE shift_transactions (
    txid       TEXT PRIMARY KEY NOT NULL,
    identifier TEXT NOT NULL,
    shift      INTEGER NOT NULL REFERENCES shifts (number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER shift_transactions_kept BEFORE UPDATE ON shift_transactions BEGIN
    SELECT RAISE(ABORT, 'a closed shift never changes');
END;
