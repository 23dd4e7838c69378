CREATE TABLE audit_events (
    id uuid NOT NULL DEFAULT uuid_v7(),
    organisation_id uuid,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    actor_name text,
    actor_email text,
    actor_role text,
    action text NOT NULL,
    object_type text NOT NULL,
    object_id uuid,
    details jsonb NOT NULL DEFAULT '{}',
    request_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_actor_type_known CHECK (actor_type IN ('member', 'api_key', 'support', 'system')),
    CONSTRAINT audit_events_actor_role_known CHECK (actor_role IN ('org_admin', 'recruiter', 'support')),
    CONSTRAINT audit_events_details_object CHECK (jsonb_typeof(details) = 'object')
) PARTITION BY RANGE (id);
CREATE INDEX audit_events_organisation_idx ON audit_events (organisation_id, id);
COMMENT ON TABLE audit_events IS 'Who did what, written in the transaction of what they did. Append-only: the role talentats_app may insert and select. Partitioned by month on the time inside its id; no foreign keys, since it outlives what it tells of; kept three years';
COMMENT ON COLUMN audit_events.organisation_id IS 'Whose data it is about; null where support was refused, which belongs to no organisation';
COMMENT ON COLUMN audit_events.actor_type IS 'member, api_key, support or system';
COMMENT ON COLUMN audit_events.actor_id IS 'Subject of the token, id of the API key, or name of the process';
COMMENT ON COLUMN audit_events.actor_name IS 'A copy: the identity provider may forget the person';
COMMENT ON COLUMN audit_events.actor_role IS 'Role of the actor then; null for system';
COMMENT ON COLUMN audit_events.action IS 'What was done, as object.verb: webhook.created, export.requested';
COMMENT ON COLUMN audit_events.object_type IS 'What kind of thing it was done to';
COMMENT ON COLUMN audit_events.object_id IS 'Its id; null where it is about several';
COMMENT ON COLUMN audit_events.details IS 'Ids, counts and words of closed sets; never content';
COMMENT ON COLUMN audit_events.request_id IS 'The x-request-id of the answer; null outside of a request';

-- One partition a month (UTC) of each table that is partitioned by its UUIDv7 ids, from this month
-- to three ahead. A table is made apart and attached, because CREATE TABLE … PARTITION OF would
-- lock out readers and writers. As its owner, so that the application's role needs no DDL.
CREATE FUNCTION make_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    this_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    month timestamp;
    parent text;
    partition text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('attempts partitions'));
    FOREACH parent IN ARRAY ARRAY['attempts', 'audit_events'] LOOP
        FOR ahead IN 0..3 LOOP
            month := this_month + make_interval(months => ahead);
            partition := parent || '_' || to_char(month, 'YYYY_MM');
            IF to_regclass(partition) IS NULL THEN
                EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', partition, parent);
                EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, partition,
                    uuid_v7_floor(month AT TIME ZONE 'UTC'),
                    uuid_v7_floor((month + interval '1 month') AT TIME ZONE 'UTC'));
            END IF;
        END LOOP;
    END LOOP;
END
$$;
COMMENT ON FUNCTION make_partitions() IS 'Makes the partitions of attempts and audit_events for this month and the next three';
