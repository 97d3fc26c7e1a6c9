-- Until when each destination tag rests, in seconds since 1970, so that a free one is found by
-- index whatever the journal holds. 4611686018427387904 (2^62) says: while its request is open.
ALTER TABLE requests ADD COLUMN tag INTEGER;
ALTER TABLE requests ADD COLUMN tag_rests_until INTEGER;
UPDATE requests SET tag = (
    SELECT CASE WHEN json_valid(text) THEN json_extract(text, '$.txjson.DestinationTag') END
    FROM facts WHERE facts.identifier = requests.identifier AND kind = 'intent'
    AND typeof(CASE WHEN json_valid(text) THEN json_extract(text, '$.txjson.DestinationTag') END)
        = 'integer'
    ORDER BY seq LIMIT 1
);
UPDATE requests SET tag = NULL WHERE tag < 0 OR tag > 4294967295;
UPDATE requests SET tag_rests_until = CASE
    WHEN finished = 0 AND status <> 'check' THEN 4611686018427387904
    ELSE coalesce(
        (SELECT CAST(strftime('%s', l.at) AS INTEGER) FROM facts l
         WHERE l.identifier = requests.identifier ORDER BY l.seq DESC LIMIT 1), 0)
        + CASE WHEN status IN ('paid', 'paid_late', 'signed') THEN 86400 ELSE 2592000 END
END WHERE tag IS NOT NULL;
CREATE INDEX requests_tag ON requests (tag, tag_rests_until) WHERE tag IS NOT NULL;

CREATE TABLE tag_rests (
    tag         INTEGER PRIMARY KEY NOT NULL,
    rests_until INTEGER NOT NULL
) STRICT;
INSERT INTO tag_rests (tag, rests_until)
    SELECT tag, max(until) FROM (
        SELECT tag, tag_rests_until AS until FROM requests WHERE tag IS NOT NULL
        UNION ALL
        SELECT tag, coalesce(CAST(strftime('%s', at) AS INTEGER), 0) + 86400 FROM tags
    ) GROUP BY tag;
CREATE INDEX tag_rests_until ON tag_rests (rests_until);
CREATE INDEX tags_at ON tags (at, tag);
