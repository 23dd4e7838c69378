-- Opens an ended export again, or writes nothing. $1 organisation, $2 export; idempotency key:
-- $3 caller, $4 operation, $5 key, $6 digest of the request, or nulls; the audit: $7 type, $8 id,
-- $9 name, $10 e-mail and $11 role of the actor, $12 action, $13 type of the object, $14 request.
-- Nobody in it may have changed their mind: then lock_to_derive.sql is asked.
, whole AS MATERIALIZED (
    -- What an erasure has cut never goes out under its id again: it may have been cut while its lock was
    -- waited for.
    SELECT * FROM ended
    WHERE bodies_dropped_at IS NULL AND NOT EXISTS (SELECT FROM people_of_export($1, $2) WHERE NOT may_go)
), remembered AS (
    INSERT INTO idempotency_keys (
        organisation_id, caller, operation, key, request_sha256, resource_id)
    SELECT $1, $3, $4, $5, $6, id FROM whole WHERE $5::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
), accepted AS MATERIALIZED (
    SELECT * FROM whole WHERE $5::text IS NULL OR EXISTS (SELECT FROM remembered)
), reopened AS (
    UPDATE exports e
    SET end_state = NULL, ended_by = NULL, outcome = NULL, finished_at = NULL,
        payload_kept_until = NULL,
        -- What another one carried on was another try of it: this one fails, or goes on, anew.
        continued_as = NULL,
        first_accepted_at = coalesce(
            e.first_accepted_at, CASE WHEN e.end_state = 'delivered' THEN e.finished_at END)
    FROM accepted
    WHERE e.organisation_id = $1 AND e.id = accepted.id
), job AS (
    INSERT INTO export_jobs (
        organisation_id, export_id, webhook_id, run_at, attempt_number, payload_bytes)
    SELECT $1, id, webhook_id, now(), attempt_count, payload_bytes FROM accepted
    RETURNING run_at, webhook_id
), event AS (
    INSERT INTO audit_events (
        organisation_id, actor_type, actor_id, actor_name, actor_email, actor_role, action,
        object_type, object_id, request_id)
    SELECT $1, $7, $8, $9, $10, $11, $12, $13, id, $14 FROM accepted
)
SELECT job.run_at,
       (SELECT blocked_until FROM lanes
         WHERE organisation_id = $1 AND webhook_id = job.webhook_id AND disabled_at IS NULL
           AND (blocked_until > now() OR cap = 1)) AS paused_until,
       (SELECT asked_until >= blocked_until AND asked_until > now() FROM lanes
         WHERE organisation_id = $1 AND webhook_id = job.webhook_id) AS asked_to_wait
FROM job
