-- Facts whose text was replaced since a customer's data was erased. Their hashes stay as they were,
-- and those of the facts after them. Only the owner replaces a text (`shop_owner.py`); a till that
-- brings its facts to a database made anew says which of them were erased, and readers believe none
-- without a till's order to erase it (core/replication/erasure_order.py).
--
-- Programs of before take such a fact for a changed one, so they must not go on once there is one.

ALTER TABLE xumm_desk.facts ADD COLUMN erased boolean NOT NULL DEFAULT false;

CREATE INDEX facts_erasures ON xumm_desk.facts (identifier) WHERE kind = 'erasure'::bytea;

CREATE FUNCTION xumm_desk.require_erasures() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE xumm_desk.schema_version SET minimum_version = 3
    WHERE version = (SELECT max(version) FROM xumm_desk.schema_version) AND minimum_version < 3
$$;

CREATE OR REPLACE FUNCTION xumm_desk.extend_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_till uuid;
    others bigint;
    lowest bigint;
    highest bigint;
    how_many bigint;
    were_erased bigint;
    chain_end xumm_desk.chain_ends;
    wrong bigint;
    new_hash bytea;
BEGIN
    SELECT till INTO of_till FROM added LIMIT 1;
    IF of_till IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) FILTER (WHERE till <> of_till), min(number), max(number), count(*),
            count(*) FILTER (WHERE erased)
        INTO others, lowest, highest, how_many, were_erased FROM added;
    SELECT * INTO chain_end FROM xumm_desk.chain_ends WHERE till = of_till FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no till %', of_till USING ERRCODE = 'XD006';
    END IF;
    IF others > 0 OR lowest <> chain_end.number + 1 OR highest - lowest + 1 <> how_many THEN
        RAISE EXCEPTION 'numbers % to % do not follow %', lowest, highest, chain_end.number
            USING ERRCODE = 'XD001';
    END IF;
    SELECT min(number) INTO wrong FROM (
        SELECT number, hash, erased, sha256(
            lag(hash, 1, chain_end.hash) OVER (ORDER BY number) || int8send(number)
            || int8send(length(identifier)) || identifier || int8send(length(at)) || at
            || int8send(length(source)) || source || int8send(length(kind)) || kind
            || int8send(length(text)) || text
        ) AS right_hash FROM added
    ) AS checked
    WHERE hash <> right_hash AND (NOT erased OR length(hash) <> 32);
    IF wrong = lowest THEN
        RAISE EXCEPTION 'number % follows another fact than number %', wrong, chain_end.number
            USING ERRCODE = 'XD002';
    ELSIF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the hash of number % does not fit', wrong USING ERRCODE = 'XD003';
    END IF;
    IF were_erased > 0 THEN
        PERFORM xumm_desk.require_erasures();
    END IF;
    SELECT hash INTO new_hash FROM added WHERE number = highest;
    UPDATE xumm_desk.chain_ends SET number = highest, hash = new_hash WHERE till = of_till;
    RETURN NULL;
END
$$;

-- As those of before, with which of the facts were erased.
CREATE FUNCTION xumm_desk.add_facts(
    of_till uuid, first bigint, identifiers bytea[], ats bytea[], sources bytea[], kinds bytea[],
    texts bytea[], hashes bytea[], were_erased boolean[]
) RETURNS void
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known bigint := xumm_desk.lock_chain(of_till);
    forked bigint;
BEGIN
    IF first > known + 1 THEN
        RAISE EXCEPTION 'number % does not follow %', first, known USING ERRCODE = 'XD001';
    END IF;
    IF first <= known THEN
        SELECT min(f.number) INTO forked
        FROM unnest(hashes) WITH ORDINALITY AS sent (hash, place)
        JOIN xumm_desk.facts f ON f.till = of_till AND f.number = first + sent.place - 1
        WHERE f.hash <> sent.hash;
        IF forked IS NOT NULL THEN
            RAISE EXCEPTION 'number % is another fact here', forked USING ERRCODE = 'XD002';
        END IF;
    END IF;
    INSERT INTO xumm_desk.facts (till, number, identifier, at, source, kind, text, hash, erased)
    SELECT of_till, first + place - 1, s.identifier, s.at, s.source, s.kind, s.text, s.hash,
        s.erased
    FROM unnest(identifiers, ats, sources, kinds, texts, hashes, were_erased)
        WITH ORDINALITY AS s (identifier, at, source, kind, text, hash, erased, place)
    WHERE first + place - 1 > known;
END
$$;

CREATE PROCEDURE xumm_desk.ship(
    of_till uuid, first bigint, identifiers bytea[], ats bytea[], sources bytea[], kinds bytea[],
    texts bytea[], hashes bytea[], were_erased boolean[]
)
LANGUAGE plpgsql AS $$  -- with a setting of its own it could not commit: all names are in full
BEGIN
    PERFORM xumm_desk.add_facts(
        of_till, first, identifiers, ats, sources, kinds, texts, hashes, were_erased);
    COMMIT;
    PERFORM pg_catalog.pg_notify(
        'xumm_desk_facts',
        pg_catalog.format('%s %s', of_till, first OPERATOR(pg_catalog.+)
            pg_catalog.cardinality(hashes) OPERATOR(pg_catalog.-) 1)
    );
END
$$;

REVOKE ALL ON FUNCTION xumm_desk.require_erasures(), xumm_desk.add_facts(
    uuid, bigint, bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], boolean[]) FROM PUBLIC;
REVOKE ALL ON PROCEDURE xumm_desk.ship(
    uuid, bigint, bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], boolean[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION xumm_desk.add_facts(
    uuid, bigint, bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], boolean[]) TO "shop_tills";
GRANT EXECUTE ON PROCEDURE xumm_desk.ship(
    uuid, bigint, bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], boolean[]) TO "shop_tills";

INSERT INTO xumm_desk.schema_version (version, minimum_version) VALUES (3, 1);
