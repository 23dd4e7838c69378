-- The write that accepts exports, all that is asked for at once: each whole, or nothing of it. One element
-- of each array an export: $1 organisation, $2 export, $3 webhook, $4 type, $5 vacancy, $6 its title;
-- the requester: $7 type, $8 id, $9 name and $10 e-mail, if any; $11 when, $12 people, $13 bytes, $14 digest,
-- $15 payload, or its last part, $16 whether there are parts before that; idempotency key: $17 caller,
-- $18 operation, $19 key, $20 digest of the request, or nulls; the audit: $21 type and $22 role of the
-- actor, $23 action, $24 type and $25 id of the object, $26 details, $27 request; $28 seconds for which it
-- is held back, or 0; people left out: $29 who withdrew, $30 who are restricted.
-- One element a person: $31 number of the export, from 1, $32 position in its payload, $33 application,
-- $34 candidate. $35 longest that a lock is waited for, or null for as long as the session has it: who
-- is in one write with others keeps them waiting.
-- What can have changed since the first look is looked at again. Of an export whose webhook is gone, disabled
-- or locked by its deletion, or whose key another request has taken, there is no row: the caller sees to it.
-- A deletion takes the webhook FOR UPDATE, which keeps this out, or waits for the commit. A lane that is
-- disabled at this very moment is not waited for: its sweep ends the export.
WITH asked AS (
    -- Element by element: thirty functions side by side would each keep a table of their own.
    SELECT ($1::uuid[])[position] AS organisation_id, ($2::uuid[])[position] AS export_id,
           ($3::uuid[])[position] AS webhook_id, ($4::text[])[position] AS type,
           ($5::uuid[])[position] AS vacancy_id, ($6::text[])[position] AS vacancy_title,
           ($7::text[])[position] AS requester_type, ($8::text[])[position] AS requester_id,
           ($9::text[])[position] AS requester_name, ($10::text[])[position] AS requester_email,
           ($11::timestamptz[])[position] AS requested_at,
           ($12::integer[])[position] AS candidate_count, ($13::integer[])[position] AS payload_bytes,
           ($14::bytea[])[position] AS payload_sha256, ($15::bytea[])[position] AS body,
           ($16::boolean[])[position] AS has_parts, ($17::text[])[position] AS caller,
           ($18::text[])[position] AS operation, ($19::text[])[position] AS key,
           ($20::bytea[])[position] AS request_sha256, ($21::text[])[position] AS actor_type,
           ($22::text[])[position] AS actor_role, ($23::text[])[position] AS action,
           ($24::text[])[position] AS object_type, ($25::uuid[])[position] AS object_id,
           ($26::text[])[position] AS details, ($27::uuid[])[position] AS request_id,
           ($28::float8[])[position] AS hold_s, ($29::integer[])[position] AS withdrawn,
           ($30::integer[])[position] AS restricted, position
    FROM generate_series(1, cardinality($2::uuid[])) AS position
), here AS MATERIALIZED (
    SELECT asked.*, w.name AS webhook_name, w.host, now() + make_interval(secs => hold_s) AS run_at,
           l.disabled_at, l.blocked_until, l.asked_until, l.cap,
           -- Until the end of this transaction, and before the first lock that is waited for.
           (SELECT set_config('lock_timeout', $35, true) WHERE $35 IS NOT NULL) AS patience
    FROM asked
    JOIN webhooks w ON w.organisation_id = asked.organisation_id AND w.id = asked.webhook_id
        AND w.deleted_at IS NULL
    JOIN lanes l ON l.organisation_id = asked.organisation_id AND l.webhook_id = asked.webhook_id
        AND (l.disabled_at IS NULL OR asked.type = 'test')
    FOR KEY SHARE OF w SKIP LOCKED
), remembered AS (
    -- Waits for a request under the same key that is still running: after its commit this one makes
    -- nothing, after its rollback it is the first. In the order of the keys, so that nobody waits in a circle.
    INSERT INTO idempotency_keys (
        organisation_id, caller, operation, key, request_sha256, resource_id)
    SELECT organisation_id, caller, operation, key, request_sha256, export_id
    FROM here WHERE key IS NOT NULL
    ORDER BY organisation_id, caller, operation, key
    ON CONFLICT DO NOTHING
    RETURNING resource_id
), accepted AS MATERIALIZED (
    SELECT * FROM here WHERE key IS NULL OR export_id IN (SELECT resource_id FROM remembered)
), export AS (
    INSERT INTO exports (
        organisation_id, id, type, webhook_id, webhook_name, host, vacancy_id, vacancy_title,
        requested_by_type, requested_by_id, requested_by_name, requested_by_email, requested_at,
        candidate_count, payload_bytes, payload_sha256, held_until, left_out,
        left_out_withdrawn, left_out_restricted)
    SELECT organisation_id, export_id, type, webhook_id, webhook_name, host, vacancy_id, vacancy_title,
           requester_type, requester_id, coalesce(requester_name, ''), coalesce(requester_email, ''),
           requested_at, candidate_count, payload_bytes, payload_sha256,
           CASE WHEN hold_s > 0 THEN run_at END, withdrawn + restricted, withdrawn, restricted
    FROM accepted
), people AS (
    INSERT INTO export_applications (
        organisation_id, export_id, sequence, application_id, candidate_id, webhook_id)
    SELECT accepted.organisation_id, accepted.export_id, person.sequence, person.application_id,
           person.candidate_id, accepted.webhook_id
    FROM unnest($31::bigint[], $32::integer[], $33::uuid[], $34::uuid[])
        AS person (export, sequence, application_id, candidate_id)
    JOIN accepted ON accepted.position = person.export
), payload AS (
    INSERT INTO export_payloads (organisation_id, export_id, body)
    SELECT organisation_id, export_id, CASE WHEN has_parts THEN (
        SELECT string_agg(bytes, ''::bytea ORDER BY part) FROM payload_parts p
        WHERE p.organisation_id = accepted.organisation_id AND p.export_id = accepted.export_id
        ) || body ELSE body END
    FROM accepted
), job AS (
    INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
    SELECT organisation_id, export_id, webhook_id, run_at, payload_bytes FROM accepted
), event AS (
    INSERT INTO audit_events (
        organisation_id, actor_type, actor_id, actor_name, actor_email, actor_role, action,
        object_type, object_id, details, request_id)
    SELECT organisation_id, actor_type, requester_id, requester_name, requester_email, actor_role, action,
           object_type, object_id, details::jsonb, request_id
    FROM accepted
)
SELECT position::bigint AS position, run_at,
       CASE WHEN disabled_at IS NULL AND (blocked_until > now() OR cap = 1)
            THEN blocked_until END AS paused_until,
       asked_until >= blocked_until AND asked_until > now() AS asked_to_wait
FROM accepted
