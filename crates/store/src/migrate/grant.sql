-- The role that api and worker take: it reads and writes rows, but makes, changes and empties no
-- table of ours, and neither changes nor deletes what the audit was told. Where the login role of
-- `talentats migrate` may not make roles, the operator makes it (NOLOGIN) and grants it to the login
-- roles of api and worker.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talentats_app') THEN
        CREATE ROLE talentats_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN NULL;
    -- Another database of this cluster was faster.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
DO $$
BEGIN
    -- Who makes a role may not take it by that alone (from Postgres 16 on), nor may who finds it.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'talentats_app')
       AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper)
       AND NOT pg_has_role('talentats_app', 'MEMBER') THEN
        EXECUTE format('GRANT talentats_app TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN NULL;
    WHEN OTHERS THEN
        -- Two grants to one role at once, of two databases.
        IF SQLERRM <> 'tuple concurrently updated' THEN RAISE; END IF;
END
$$;
DO $$
DECLARE
    place text := current_schema();
    ours text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talentats_app') THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO talentats_app', place);
    FOREACH ours IN ARRAY ARRAY[
        'organisations', 'webhooks', 'webhook_secrets', 'lanes', 'vacancies', 'candidates',
        'applications', 'exports', 'export_applications', 'export_payloads', 'payload_ends',
        'export_jobs', 'attempts', 'idempotency_keys', 'payload_parts', 'export_ends',
        'stage_counts', 'api_keys', 'carry_overs', 'webhook_reviews', 'attempt_days', 'export_days',
        'days_counted', 'days_to_recount',
        'members', 'news', 'notifications', 'mails',
        'export_flags', 'flag_rounds', 'member_days', 'export_hours', 'requesters', 'url_marks',
        'erasures', 'erasure_cuts', 'reference_keys',
        'erased_references']
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I.%I TO talentats_app', place, ours);
    END LOOP;
    GRANT SELECT, INSERT ON audit_events TO talentats_app;
    GRANT SELECT, INSERT ON receipt_keys TO talentats_app;
    GRANT SELECT ON __diesel_schema_migrations TO talentats_app;
    -- It runs as its owner: nobody's temporary table may stand in for one of ours.
    EXECUTE format('ALTER FUNCTION make_partitions() SET search_path = %I, pg_temp', place);
    REVOKE EXECUTE ON FUNCTION make_partitions() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION make_partitions() TO talentats_app;
END
$$;
