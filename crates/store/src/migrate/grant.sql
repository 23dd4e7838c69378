-- The role that api and worker take: it reads and writes rows, but makes, changes and empties no
-- table, and neither changes nor deletes what the audit was told. Where the login role of
-- `talentats migrate` may not make roles, the operator makes it (NOLOGIN) and grants it to the login
-- roles of api and worker.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talentats_app') THEN
        CREATE ROLE talentats_app NOLOGIN;
        -- Who makes a role may not take it by that alone (from Postgres 16 on).
        EXECUTE format('GRANT talentats_app TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RETURN;
    -- Another database of this cluster was faster.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
DO $$
DECLARE
    place text := current_schema();
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talentats_app') THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO talentats_app', place);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO talentats_app', place);
    REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM talentats_app;
    -- Its months, too: a row must not be reached beside their parent.
    EXECUTE (
        SELECT string_agg(format('REVOKE UPDATE, DELETE ON %I.%I FROM talentats_app', place, relname), '; ')
        FROM pg_class
        WHERE relnamespace = place::regnamespace AND relkind IN ('r', 'p')
          AND (relname = 'audit_events' OR relname ~ '^audit_events_[0-9]{4}_[0-9]{2}$'));
    REVOKE EXECUTE ON FUNCTION make_partitions() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION make_partitions() TO talentats_app;
END
$$;
