-- An export that carries on another one with fewer people. $1 organisation, $2 the other export, $3 its
-- own id, $4 when, $5 payload, $6 digest, $7 applications and $8 candidates in the order of the payload,
-- $9 people left out; its job: $10 when it is due, $11 tries that count and $12 ambiguous ones. What was
-- accepted of the other one stays so of these people. $13 another webhook, or null for the same one: it
-- has accepted nothing yet, and its lane is notified after the commit. The lane is locked, or the webhook
-- against deletion.
WITH given AS MATERIALIZED (
    -- A parameter that is named twice is sent twice.
    SELECT $5::bytea AS body
), target AS MATERIALIZED (
    SELECT id, name, host FROM webhooks WHERE organisation_id = $1 AND id = $13
), export AS (
    INSERT INTO exports (
        organisation_id, id, type, webhook_id, webhook_name, host, vacancy_id, vacancy_title,
        requested_by_type, requested_by_id, requested_by_name, requested_by_email, requested_at,
        candidate_count, payload_bytes, payload_sha256, resent_from, left_out,
        first_accepted_at)
    SELECT $1, $3, type, coalesce(target.id, webhook_id), coalesce(target.name, webhook_name),
           coalesce(target.host, exports.host), vacancy_id, vacancy_title,
           requested_by_type, requested_by_id, requested_by_name, requested_by_email, $4,
           cardinality($7::uuid[]), octet_length(given.body), $6, exports.id, $9,
           CASE WHEN target.id IS NULL THEN coalesce(
               first_accepted_at, CASE WHEN end_state = 'delivered' THEN finished_at END) END
    FROM exports CROSS JOIN given LEFT JOIN target ON true
    WHERE exports.organisation_id = $1 AND exports.id = $2
    RETURNING webhook_id
), people AS (
    INSERT INTO export_applications (
        organisation_id, export_id, sequence, application_id, candidate_id)
    SELECT $1, $3, person.sequence, person.application_id, person.candidate_id
    FROM unnest($7::uuid[], $8::uuid[])
        WITH ORDINALITY AS person (application_id, candidate_id, sequence)
), payload AS (
    INSERT INTO export_payloads (organisation_id, export_id, body) SELECT $1, $3, body FROM given
), job AS (
    INSERT INTO export_jobs (
        organisation_id, export_id, webhook_id, run_at, schedule_position, ambiguous_count,
        payload_bytes)
    SELECT $1, $3, webhook_id, $10, $11, $12, octet_length(given.body)
    FROM export CROSS JOIN given
), lane AS (
    UPDATE lanes l
    SET next_run_at = least(l.next_run_at, greatest($10, now())),
        due_from = least(l.due_from, $10)
    FROM export
    WHERE l.organisation_id = $1 AND l.webhook_id = export.webhook_id AND $13 IS NULL
)
UPDATE exports SET continued_as = $3 WHERE organisation_id = $1 AND id = $2
