-- An export that carries on another one with fewer people. $1 organisation, $2 the other export, $3 its
-- own id, $4 when, $5 payload, $6 digest, $7 applications and $8 candidates in the order of the payload,
-- $9 people left out (withdrawn, restricted, erased); its job: $10 when it is due, $11 tries that count and
-- $12 ambiguous ones. What was accepted of the other one stays so of these people. $13 another webhook, or
-- null for the same one: it has accepted nothing yet, and its lane is notified after the commit. The lane
-- is locked, or the webhook against deletion.
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
        left_out_withdrawn, left_out_restricted, left_out_erased, first_accepted_at, held_until)
    SELECT $1, $3, type, coalesce(target.id, webhook_id), coalesce(target.name, webhook_name),
           coalesce(target.host, exports.host), vacancy_id, vacancy_title,
           requested_by_type, requested_by_id, requested_by_name, requested_by_email, $4,
           cardinality($7::uuid[]), octet_length(given.body), $6, exports.id,
           reason.withdrawn + reason.restricted + reason.erased, reason.withdrawn, reason.restricted,
           reason.erased,
           CASE WHEN target.id IS NULL THEN coalesce(
               first_accepted_at, CASE WHEN end_state = 'delivered' THEN finished_at END) END,
           -- Who could still take it back when its webhook was replaced can so here.
           CASE WHEN target.id IS NULL
                  OR (ended_by = 'webhook_deleted' AND held_until > now()) THEN held_until END
    FROM exports CROSS JOIN given
    CROSS JOIN (
        SELECT counts[1] AS withdrawn, counts[2] AS restricted, counts[3] AS erased
        FROM (SELECT $9::integer[] AS counts OFFSET 0) given
    ) reason
    LEFT JOIN target ON true
    WHERE exports.organisation_id = $1 AND exports.id = $2
    RETURNING webhook_id, held_until
), people AS (
    INSERT INTO export_applications (
        organisation_id, export_id, sequence, application_id, candidate_id, webhook_id)
    SELECT $1, $3, person.sequence, person.application_id, person.candidate_id, export.webhook_id
    FROM export CROSS JOIN unnest($7::uuid[], $8::uuid[])
        WITH ORDINALITY AS person (application_id, candidate_id, sequence)
), payload AS (
    INSERT INTO export_payloads (organisation_id, export_id, body) SELECT $1, $3, body FROM given
), job AS (
    INSERT INTO export_jobs (
        organisation_id, export_id, webhook_id, run_at, schedule_position, ambiguous_count,
        payload_bytes)
    SELECT $1, $3, webhook_id, CASE WHEN $13 IS NULL THEN $10 ELSE greatest($10, held_until) END, $11, $12,
           octet_length(given.body)
    FROM export CROSS JOIN given
), lane AS (
    UPDATE lanes l
    SET next_run_at = least(l.next_run_at, greatest($10, now())),
        due_from = least(l.due_from, $10)
    FROM export
    WHERE l.organisation_id = $1 AND l.webhook_id = export.webhook_id AND $13 IS NULL
)
UPDATE exports SET continued_as = $3 WHERE organisation_id = $1 AND id = $2
