-- A till that crashed while it held a lease goes on with it: its next run holds the lease of the
-- till's life, which says that no other run is under the same id, and so may take and give back
-- what earlier runs held. That lease itself stays with one run, by which a copied data folder is
-- noticed. Programs of before ask in the same words.

CREATE OR REPLACE FUNCTION xumm_desk.take_lease(
    lease_name text, run text, seconds double precision
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own uuid := xumm_desk.own_till_or_error();
    life text := 'till:' || own;
    lives boolean;
BEGIN
    IF NOT seconds > 0 OR NOT seconds <= 86400 THEN
        RAISE EXCEPTION 'a lease lasts up to a day' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    lives := lease_name <> life AND EXISTS (
        SELECT 1 FROM xumm_desk.leases
        WHERE name = life AND holder = own AND instance = run AND until > clock_timestamp()
    );
    INSERT INTO xumm_desk.leases AS held (name, holder, instance, until)
    VALUES (lease_name, own, run, clock_timestamp() + make_interval(secs => seconds))
    ON CONFLICT (name) DO UPDATE
        SET holder = own, instance = run,
            until = clock_timestamp() + make_interval(secs => seconds)
        WHERE held.until <= clock_timestamp()
            OR (held.holder = own AND (held.instance = run OR lives));
    RETURN FOUND;
END
$$;

INSERT INTO xumm_desk.schema_version (version, minimum_version) VALUES (2, 1);
