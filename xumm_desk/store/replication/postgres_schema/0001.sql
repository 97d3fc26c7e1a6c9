-- The schema of a shop. The owner runs it, who needs CREATE on the database and CREATEROLE, and no
-- superuser. "shop_tills" and "shop_monitors" stand for the two roles of this database that logins
-- are members of; `shop_schema.py` puts their names in.
--
-- What a login may do is decided here and not in the program: rights and row-level security on the
-- tables, and functions that run as the owner where a right on a table would say too much. All of
-- these have a pinned search path and find the till by `session_user`, which no login can change.
--
-- Texts of facts are bytes: UTF-8, where a lone surrogate is its three bytes and NUL is 0, both of
-- which the type `text` refuses. Read them with convert_from(kind, 'UTF8').
--
-- Errors of these functions: XD001 a gap, XD002 a fork, XD003 a hash that does not fit, XD004 no
-- number left, XD005 the code was used, XD006 not a till of this shop.

CREATE SCHEMA xumm_desk;

CREATE TABLE xumm_desk.schema_version (
    version integer PRIMARY KEY,
    minimum_version integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE xumm_desk.shop (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    name text NOT NULL,
    hosts text[] NOT NULL,
    ports integer[] NOT NULL,
    root_certificate text NOT NULL DEFAULT ''
);

CREATE TABLE xumm_desk.tills (
    till uuid PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('till', 'monitor', 'owner')),
    login name NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    joined_at timestamptz,
    left_at timestamptz
);

CREATE INDEX tills_login ON xumm_desk.tills (login);

-- Where the chain of each till ends. Its row is locked while facts are added, so that the writers
-- of one till come one after the other; nobody else can lock it.
CREATE TABLE xumm_desk.chain_ends (
    till uuid PRIMARY KEY REFERENCES xumm_desk.tills,
    number bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
) WITH (fillfactor = 50);

CREATE TABLE xumm_desk.facts (
    till uuid NOT NULL,
    number bigint NOT NULL,
    identifier bytea NOT NULL,
    at bytea NOT NULL,
    source bytea NOT NULL,
    kind bytea NOT NULL,
    text bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (till, number)
);

CREATE TABLE xumm_desk.leases (
    name text PRIMARY KEY,
    holder uuid NOT NULL REFERENCES xumm_desk.tills,
    instance text NOT NULL,
    until timestamptz NOT NULL
);

CREATE TABLE xumm_desk.blocks (
    kind text NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL CHECK (last >= first),
    till uuid NOT NULL REFERENCES xumm_desk.tills,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, first)
);

CREATE TABLE xumm_desk.till_states (
    till uuid PRIMARY KEY REFERENCES xumm_desk.tills,
    seen_at timestamptz NOT NULL,
    facts_behind bigint NOT NULL,
    version text NOT NULL
) WITH (fillfactor = 50);

-- The ids of this login, the first one first. One whose journal was restored from a copy, or was
-- copied, has several: under each one journal writes.
CREATE FUNCTION xumm_desk.own_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT till FROM xumm_desk.tills WHERE login = session_user AND left_at IS NULL
    ORDER BY made_at, till
$$;

-- The till or monitor behind this connection: that of the setting `xumm_desk.till`, which is only
-- one of the login's own, or the first. Null for one that left, and for the owner.
CREATE FUNCTION xumm_desk.own_member() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT id FROM xumm_desk.own_ids() AS ids (id)
    WHERE coalesce(current_setting('xumm_desk.till', true), '') IN ('', id::text)
    LIMIT 1
$$;

-- The same; null for a monitor.
CREATE FUNCTION xumm_desk.own_till() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT till FROM xumm_desk.tills WHERE till = xumm_desk.own_member() AND role = 'till'
$$;

-- Another id for the till behind this connection.
CREATE FUNCTION xumm_desk.add_id() RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made uuid := gen_random_uuid();
    first uuid := (SELECT id FROM xumm_desk.own_ids() AS ids (id) LIMIT 1);
    known bigint := (SELECT count(*) FROM xumm_desk.own_ids());
BEGIN
    IF (SELECT role FROM xumm_desk.tills WHERE till = first) IS DISTINCT FROM 'till' THEN
        RAISE EXCEPTION 'this login is no till of the shop' USING ERRCODE = 'XD006';
    ELSIF known >= 1000 THEN
        RAISE EXCEPTION 'this login has a thousand ids' USING ERRCODE = 'XD004';
    END IF;
    INSERT INTO xumm_desk.tills (till, name, role, login, joined_at)
    SELECT made, name || ' #' || known + 1, role, login, clock_timestamp()
    FROM xumm_desk.tills WHERE till = first;
    INSERT INTO xumm_desk.chain_ends (till) VALUES (made);
    RETURN made;
END
$$;

CREATE FUNCTION xumm_desk.own_till_or_error() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own uuid := xumm_desk.own_till();
BEGIN
    IF own IS NULL THEN
        RAISE EXCEPTION 'this login is no till of the shop' USING ERRCODE = 'XD006';
    END IF;
    RETURN own;
END
$$;

-- Facts are only added, at the end of the chain of one till, each with the hash that covers all
-- before it (core/replication/replicated_fact.py: link).
CREATE FUNCTION xumm_desk.extend_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_till uuid;
    others bigint;
    lowest bigint;
    highest bigint;
    how_many bigint;
    chain_end xumm_desk.chain_ends;
    wrong bigint;
    new_hash bytea;
BEGIN
    SELECT till INTO of_till FROM added LIMIT 1;
    IF of_till IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) FILTER (WHERE till <> of_till), min(number), max(number), count(*)
        INTO others, lowest, highest, how_many FROM added;
    SELECT * INTO chain_end FROM xumm_desk.chain_ends WHERE till = of_till FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no till %', of_till USING ERRCODE = 'XD006';
    END IF;
    IF others > 0 OR lowest <> chain_end.number + 1 OR highest - lowest + 1 <> how_many THEN
        RAISE EXCEPTION 'numbers % to % do not follow %', lowest, highest, chain_end.number
            USING ERRCODE = 'XD001';
    END IF;
    SELECT min(number) INTO wrong FROM (
        SELECT number, hash, sha256(
            lag(hash, 1, chain_end.hash) OVER (ORDER BY number) || int8send(number)
            || int8send(length(identifier)) || identifier || int8send(length(at)) || at
            || int8send(length(source)) || source || int8send(length(kind)) || kind
            || int8send(length(text)) || text
        ) AS right_hash FROM added
    ) AS checked WHERE hash <> right_hash;
    IF wrong = lowest THEN
        RAISE EXCEPTION 'number % follows another fact than number %', wrong, chain_end.number
            USING ERRCODE = 'XD002';
    ELSIF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the hash of number % does not fit', wrong USING ERRCODE = 'XD003';
    END IF;
    SELECT hash INTO new_hash FROM added WHERE number = highest;
    UPDATE xumm_desk.chain_ends SET number = highest, hash = new_hash WHERE till = of_till;
    RETURN NULL;
END
$$;

CREATE TRIGGER extend_chain AFTER INSERT ON xumm_desk.facts
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION xumm_desk.extend_chain();

-- Lock the end of a till's chain until the transaction ends, and return its number. Whoever may
-- not add facts of that till may not lock it either.
CREATE FUNCTION xumm_desk.lock_chain(of_till uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known bigint;
BEGIN
    IF of_till IS DISTINCT FROM xumm_desk.own_till()
        AND NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
        RAISE EXCEPTION 'this login is not the till %', of_till USING ERRCODE = 'XD006';
    END IF;
    SELECT number INTO known FROM xumm_desk.chain_ends WHERE till = of_till FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no till %', of_till USING ERRCODE = 'XD006';
    END IF;
    RETURN known;
END
$$;

-- Add the facts of a till from number `first` on; those that are there already are left out. It
-- runs with the rights of the caller, so row-level security decides whose facts these may be.
CREATE FUNCTION xumm_desk.add_facts(
    of_till uuid, first bigint, identifiers bytea[], ats bytea[], sources bytea[], kinds bytea[],
    texts bytea[], hashes bytea[]
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
    INSERT INTO xumm_desk.facts (till, number, identifier, at, source, kind, text, hash)
    SELECT of_till, first + place - 1, s.identifier, s.at, s.source, s.kind, s.text, s.hash
    FROM unnest(identifiers, ats, sources, kinds, texts, hashes)
        WITH ORDINALITY AS s (identifier, at, source, kind, text, hash, place)
    WHERE first + place - 1 > known;
END
$$;

-- Add facts, and then tell whoever listens, once for all of them. A transaction that notifies holds
-- a lock of the whole server until it is on disk, so the facts are committed before, by many tills
-- at once, and the notification by itself waits for no disk. What is lost between the two is read
-- at the next look, as readers look from time to time anyway.
CREATE PROCEDURE xumm_desk.ship(
    of_till uuid, first bigint, identifiers bytea[], ats bytea[], sources bytea[], kinds bytea[],
    texts bytea[], hashes bytea[]
)
LANGUAGE plpgsql AS $$  -- with a setting of its own it could not commit: all names are in full
BEGIN
    PERFORM xumm_desk.add_facts(of_till, first, identifiers, ats, sources, kinds, texts, hashes);
    COMMIT;
    PERFORM pg_catalog.pg_notify(
        'xumm_desk_facts',
        pg_catalog.format('%s %s', of_till, first OPERATOR(pg_catalog.+)
            pg_catalog.cardinality(hashes) OPERATOR(pg_catalog.-) 1)
    );
END
$$;

-- Get or prolong a lease: free, expired, or held by this very run of the program.
CREATE FUNCTION xumm_desk.take_lease(
    lease_name text, run text, seconds double precision
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own uuid := xumm_desk.own_till_or_error();
BEGIN
    IF NOT seconds > 0 OR NOT seconds <= 86400 THEN
        RAISE EXCEPTION 'a lease lasts up to a day' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO xumm_desk.leases AS held (name, holder, instance, until)
    VALUES (lease_name, own, run, clock_timestamp() + make_interval(secs => seconds))
    ON CONFLICT (name) DO UPDATE
        SET holder = own, instance = run,
            until = clock_timestamp() + make_interval(secs => seconds)
        WHERE held.until <= clock_timestamp() OR (held.holder = own AND held.instance = run);
    RETURN FOUND;
END
$$;

CREATE FUNCTION xumm_desk.give_back_lease(lease_name text, run text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM xumm_desk.leases
    WHERE name = lease_name AND holder = xumm_desk.own_till() AND instance = run
$$;

-- Reserve up to `size` numbers for ever: those after the last reserved one, else the first that
-- were left between. Fewer only where so few are left together.
CREATE FUNCTION xumm_desk.reserve_block(
    block_kind text, size bigint, lowest bigint, highest bigint,
    OUT block_first bigint, OUT block_last bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own uuid := xumm_desk.own_till_or_error();
    next_first bigint;
BEGIN
    IF size < 1 OR size > 1000000 OR lowest > highest THEN
        RAISE EXCEPTION 'no block of this size' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    LOCK TABLE xumm_desk.blocks IN SHARE ROW EXCLUSIVE MODE;
    SELECT greatest(lowest, max(last) + 1) INTO block_first FROM xumm_desk.blocks
        WHERE kind = block_kind AND first <= highest;
    IF block_first > highest THEN
        SELECT min(free) INTO block_first FROM (
            SELECT lowest AS free
            UNION ALL
            SELECT last + 1 FROM xumm_desk.blocks
                WHERE kind = block_kind AND last + 1 BETWEEN lowest AND highest
        ) AS candidates
        WHERE NOT EXISTS (
            SELECT 1 FROM xumm_desk.blocks b
            WHERE b.kind = block_kind AND free BETWEEN b.first AND b.last
        );
    END IF;
    IF block_first IS NULL THEN
        RAISE EXCEPTION 'no number is left' USING ERRCODE = 'XD004';
    END IF;
    SELECT min(first) INTO next_first FROM xumm_desk.blocks
        WHERE kind = block_kind AND first > block_first;
    block_last := least(block_first + size - 1, highest, next_first - 1);
    INSERT INTO xumm_desk.blocks (kind, first, last, till)
    VALUES (block_kind, block_first, block_last, own);
END
$$;

-- Say that this till or monitor lives, and how far behind it is; returns the oldest version of a
-- program that may still be used.
CREATE FUNCTION xumm_desk.report_state(behind bigint, program_version text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own uuid := xumm_desk.own_member();
BEGIN
    IF own IS NULL THEN
        RAISE EXCEPTION 'this login is no till of the shop' USING ERRCODE = 'XD006';
    END IF;
    INSERT INTO xumm_desk.till_states (till, seen_at, facts_behind, version)
    VALUES (own, clock_timestamp(), behind, left(program_version, 100))
    ON CONFLICT (till) DO UPDATE SET seen_at = excluded.seen_at,
        facts_behind = excluded.facts_behind, version = excluded.version;
    RETURN (SELECT minimum_version FROM xumm_desk.schema_version ORDER BY version DESC LIMIT 1);
END
$$;

-- Replace the one-time password of this login by its own one, of which only the SCRAM verifier
-- comes here. It works once.
CREATE FUNCTION xumm_desk.finish_joining(verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF verifier IS NULL OR verifier NOT LIKE 'SCRAM-SHA-256$%' THEN
        RAISE EXCEPTION 'no SCRAM verifier' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE xumm_desk.tills SET joined_at = clock_timestamp()
    WHERE login = session_user AND joined_at IS NULL AND left_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the code was used' USING ERRCODE = 'XD005';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L VALID UNTIL ''infinity''', session_user, verifier);
END
$$;

ALTER TABLE xumm_desk.facts ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_all ON xumm_desk.facts FOR SELECT TO "shop_tills", "shop_monitors" USING (true);
CREATE POLICY add_own ON xumm_desk.facts FOR INSERT TO "shop_tills"
    WITH CHECK (till = (SELECT xumm_desk.own_till()));

REVOKE ALL ON ALL ROUTINES IN SCHEMA xumm_desk FROM PUBLIC;
GRANT USAGE ON SCHEMA xumm_desk TO "shop_tills", "shop_monitors";
GRANT SELECT ON ALL TABLES IN SCHEMA xumm_desk TO "shop_tills", "shop_monitors";
GRANT INSERT ON xumm_desk.facts TO "shop_tills";
GRANT EXECUTE ON FUNCTION
    xumm_desk.own_ids(), xumm_desk.own_till(), xumm_desk.own_member(),
    xumm_desk.report_state(bigint, text), xumm_desk.finish_joining(text)
    TO "shop_tills", "shop_monitors";
GRANT EXECUTE ON FUNCTION
    xumm_desk.add_id(), xumm_desk.own_till_or_error(), xumm_desk.lock_chain(uuid),
    xumm_desk.add_facts(uuid, bigint, bytea[], bytea[], bytea[], bytea[], bytea[], bytea[]),
    xumm_desk.take_lease(text, text, double precision), xumm_desk.give_back_lease(text, text),
    xumm_desk.reserve_block(text, bigint, bigint, bigint)
    TO "shop_tills";
GRANT EXECUTE ON PROCEDURE
    xumm_desk.ship(uuid, bigint, bytea[], bytea[], bytea[], bytea[], bytea[], bytea[])
    TO "shop_tills";

INSERT INTO xumm_desk.schema_version (version, minimum_version) VALUES (1, 1);
