-- Everything that an export is made of, in one look. $1 organisation, $2 webhook, $3 vacancy or null,
-- $4 applications; idempotency key: $5 caller, $6 operation, $7 key, or nulls; $8 most stored bytes
-- of people.
-- Row 0 carries what there is once; then one row for each application in the order of the request,
-- whether it was found or not. Each is looked up by its key, whatever the statistics say: for an
-- organisation that is not in them yet, the planner would take any number of rows for one
-- (OFFSET 0 keeps the look-ups apart).
WITH head AS MATERIALIZED (
    SELECT uuid_v7(now()) AS export_id, date_trunc('milliseconds', now()) AS requested_at,
           o.name AS organisation_name, w.id AS webhook_id, w.name AS webhook_name, w.host,
           w.include, w.url_sealed, l.disabled_at, l.disabled_reason, l.failing_since,
           l.last_delivered_at, v.id AS vacancy_id, v.status AS vacancy_status, v.reference, v.title,
           v.department, v.location, v.url, v.stages, k.request_sha256, k.resource_id
    FROM organisations o
    LEFT JOIN webhooks w ON w.organisation_id = $1 AND w.id = $2 AND w.deleted_at IS NULL
    LEFT JOIN lanes l ON l.organisation_id = $1 AND l.webhook_id = w.id
    LEFT JOIN vacancies v ON v.organisation_id = $1 AND v.id = $3
    LEFT JOIN idempotency_keys k ON k.organisation_id = $1 AND k.caller = $5
        AND k.operation = $6 AND k.key = $7
    WHERE o.id = $1
), asked AS (
    SELECT 0::bigint AS position, NULL::uuid AS id
    UNION ALL
    -- The limit takes nothing away. But for a limit that it does not know Postgres expects few rows,
    -- finds the plan for any request as cheap as one for this request, and plans no more (0.6 ms).
    (SELECT position, id FROM unnest($4::uuid[]) WITH ORDINALITY AS application (id, position)
     LIMIT cardinality($4::uuid[]))
), found AS (
    -- What the webhook does not receive is not read.
    SELECT asked.position, a.id, a.reference, a.status, a.stage, a.stage_entered_at, a.applied_at,
           a.updated_at, a.source, a.rating,
           CASE WHEN 'cover_letter' = ANY (head.include) THEN a.cover_letter END AS cover_letter,
           CASE WHEN 'answers' = ANY (head.include) THEN jsonb_path_query_array(
               a.answers, '$[*] ? (@.sensitive != true)') END AS answers,
           CASE WHEN 'assessments' = ANY (head.include) THEN a.assessments END AS assessments,
           c.id AS candidate_id, c.reference AS candidate_reference, c.first_name, c.last_name,
           c.full_name, c.email, c.phone, c.can_contact, c.consent_expires_at, c.restricted,
           CASE WHEN 'contact' = ANY (head.include) THEN c.contact END AS contact,
           CASE WHEN 'qualifications' = ANY (head.include) THEN c.qualifications END AS qualifications,
           CASE WHEN 'experience' = ANY (head.include) THEN c.experience END AS experience,
           CASE WHEN 'skills' = ANY (head.include) THEN c.skills END AS skills,
           CASE WHEN 'tags' = ANY (head.include) THEN c.tags END AS tags,
           CASE WHEN 'attachments' = ANY (head.include) THEN c.attachments END AS attachments,
           earlier.id AS earlier_id, earlier.requested_at AS earlier_at,
           earlier.requested_by_type AS earlier_type, earlier.requested_by_id AS earlier_by,
           earlier.requested_by_name AS earlier_name, earlier.requested_by_email AS earlier_email
    FROM head CROSS JOIN asked
    LEFT JOIN LATERAL (
        SELECT * FROM applications
        WHERE organisation_id = $1 AND id = asked.id AND counts OFFSET 0
    ) a ON a.vacancy_id = head.vacancy_id
    LEFT JOIN LATERAL (
        SELECT * FROM candidates WHERE organisation_id = $1 AND id = a.candidate_id OFFSET 0
    ) c ON true
    -- The newest export of the person that this webhook got, may have got or is about to get: one of
    -- the last few, so that the look stays short.
    LEFT JOIN LATERAL (
        SELECT e.id, e.requested_at, e.requested_by_type, e.requested_by_id, e.requested_by_name,
               e.requested_by_email
        FROM (
            SELECT p.export_id FROM export_applications p
            WHERE p.organisation_id = $1 AND p.candidate_id = c.id AND p.webhook_id = $2
            ORDER BY p.export_id DESC LIMIT 10
        ) p
        CROSS JOIN LATERAL (
            SELECT * FROM exports WHERE organisation_id = $1 AND id = p.export_id OFFSET 0
        ) e
        WHERE e.end_state IS NULL OR e.end_state = 'delivered'
           OR e.first_accepted_at IS NOT NULL OR e.ambiguous
        ORDER BY p.export_id DESC LIMIT 1
    ) earlier ON true
), measured AS (
    -- As they are stored, compressed perhaps: what is too large even so need not be read. The rest is
    -- bounded by who reads it.
    SELECT found.*,
           sum(coalesce(pg_column_size(cover_letter), 0) + coalesce(pg_column_size(answers), 0)
               + coalesce(pg_column_size(assessments), 0) + coalesce(pg_column_size(contact), 0)
               + coalesce(pg_column_size(qualifications), 0)
               + coalesce(pg_column_size(experience), 0) + coalesce(pg_column_size(skills), 0)
               + coalesce(pg_column_size(tags), 0) + coalesce(pg_column_size(attachments), 0))
           OVER ()::bigint AS stored_bytes
    FROM found
)
SELECT head.export_id, head.requested_at, head.organisation_name,
       head.webhook_id, head.webhook_name, head.host, head.include, head.url_sealed,
       head.disabled_at, head.disabled_reason, head.failing_since, head.last_delivered_at,
       head.vacancy_status,
       head.vacancy_id, head.reference, head.title, head.department, head.location, head.url,
       head.stages,
       head.request_sha256, head.resource_id,
       person.stored_bytes,
       person.id, person.reference, person.status, person.stage, person.stage_entered_at,
       person.applied_at, person.updated_at, person.source, person.cover_letter, person.answers,
       person.rating, person.assessments,
       person.candidate_id, person.candidate_reference, person.first_name, person.last_name,
       person.full_name, person.email, person.phone, person.can_contact,
       person.consent_expires_at, person.restricted, person.contact, person.qualifications,
       person.experience, person.skills, person.tags, person.attachments,
       person.earlier_id, person.earlier_at, person.earlier_type, person.earlier_by,
       person.earlier_name, person.earlier_email
FROM measured person
LEFT JOIN head ON person.position = 0
WHERE person.position = 0 OR person.stored_bytes <= $8
ORDER BY person.position
