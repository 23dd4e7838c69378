-- The write that accepts an export: all of it, or nothing. $1 organisation, $2 export, $3 webhook;
-- the export: $4 type, $5 name and $6 host of the webhook, $7 vacancy, $8 its title, $9 type, $10 id,
-- $11 name and $12 e-mail of the requester, $13 when, $14 people, $15 bytes, $16 digest, $17 payload, or its last part;
-- $18 applications and $19 candidates in the order of the payload; idempotency key: $20 caller,
-- $21 operation, $22 key, $23 digest of the request, or nulls; the audit: $24 type, $25 name,
-- $26 e-mail and $27 role of the actor, $28 action, $29 type and $30 id of the object, $31 details,
-- $32 request; $33 whether there are parts before the last one; $34 seconds for which it is held back, or 0;
-- people left out: $35 who withdrew, $36 who are restricted.
-- What can have changed since the first look is looked at again: no row, and the caller begins anew.
-- A deletion takes the webhook FOR UPDATE, which this lock waits for or keeps out until the commit. A
-- lane that is disabled at this very moment is not waited for: its sweep ends the export.
WITH webhook AS MATERIALIZED (
    SELECT w.id
    FROM webhooks w
    WHERE w.organisation_id = $1 AND w.id = $3 AND w.deleted_at IS NULL
      AND EXISTS (
          SELECT FROM lanes l
          WHERE l.organisation_id = $1 AND l.webhook_id = $3
            AND (l.disabled_at IS NULL OR $4 = 'test'))
    FOR KEY SHARE OF w
), remembered AS (
    -- Waits for a request under the same key that is still running: after its commit this one makes
    -- nothing, after its rollback it is the first.
    INSERT INTO idempotency_keys (
        organisation_id, caller, operation, key, request_sha256, resource_id)
    SELECT $1, $20, $21, $22, $23, $2 FROM webhook WHERE $22::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
), accepted AS MATERIALIZED (
    SELECT id FROM webhook WHERE $22::text IS NULL OR EXISTS (SELECT FROM remembered)
), export AS (
    INSERT INTO exports (
        organisation_id, id, type, webhook_id, webhook_name, host, vacancy_id, vacancy_title,
        requested_by_type, requested_by_id, requested_by_name, requested_by_email, requested_at,
        candidate_count, payload_bytes, payload_sha256, held_until, left_out,
        left_out_withdrawn, left_out_restricted)
    SELECT $1, $2, $4, id, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
           CASE WHEN $34::float8 > 0 THEN now() + make_interval(secs => $34) END,
           $35::integer + $36::integer, $35, $36
    FROM accepted
), people AS (
    INSERT INTO export_applications (
        organisation_id, export_id, sequence, application_id, candidate_id, webhook_id)
    SELECT $1, $2, person.sequence, person.application_id, person.candidate_id, accepted.id
    FROM accepted CROSS JOIN unnest($18::uuid[], $19::uuid[])
        WITH ORDINALITY AS person (application_id, candidate_id, sequence)
), payload AS (
    INSERT INTO export_payloads (organisation_id, export_id, body)
    SELECT $1, $2, CASE WHEN $33 THEN (
        SELECT string_agg(bytes, ''::bytea ORDER BY part) FROM payload_parts
        WHERE organisation_id = $1 AND export_id = $2) || last.part ELSE last.part END
    FROM accepted CROSS JOIN (SELECT $17::bytea AS part OFFSET 0) last
), job AS (
    INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
    SELECT $1, $2, id, now() + make_interval(secs => $34), $15 FROM accepted
    RETURNING run_at
), event AS (
    INSERT INTO audit_events (
        organisation_id, actor_type, actor_id, actor_name, actor_email, actor_role, action,
        object_type, object_id, details, request_id)
    SELECT $1, $24, $10, $25, $26, $27, $28, $29, $30, $31::text::jsonb, $32 FROM accepted
)
SELECT job.run_at,
       (SELECT blocked_until FROM lanes
         WHERE organisation_id = $1 AND webhook_id = $3 AND disabled_at IS NULL
           AND (blocked_until > now() OR cap = 1)) AS paused_until,
       (SELECT asked_until >= blocked_until AND asked_until > now() FROM lanes
         WHERE organisation_id = $1 AND webhook_id = $3) AS asked_to_wait
FROM job
