-- $1 organisations and $2 ids of news that are locked; rules, one array a column: $3 actions, $4 kinds,
-- $5 how a member is told who has not said; seconds from $6 the first notification and $7 the last mail
-- to the next mail, $8 for which who was not seen is mailed.
WITH gone AS (
    DELETE FROM news n
    USING unnest($1::uuid[], $2::uuid[]) AS taken (organisation_id, id)
    WHERE n.organisation_id = taken.organisation_id AND n.id = taken.id
    RETURNING n.organisation_id, n.at, n.action, n.object_id, n.details
), ruled AS (
    SELECT gone.*, rule.kind, rule.channel
    FROM gone
    JOIN unnest($3::text[], $4::text[], $5::text[]) AS rule (action, kind, channel)
        ON rule.action = gone.action
), told AS (
    SELECT r.*, e.requested_by_id AS member_id, e.id AS export_id, e.webhook_id
    FROM ruled r
    JOIN exports e ON e.organisation_id = r.organisation_id AND e.id = r.object_id
    WHERE r.kind = 'export_failed' AND e.requested_by_type = 'member'
    UNION ALL
    -- What a program asked for is told to who made its key.
    SELECT r.*, k.created_by_id, e.id, e.webhook_id
    FROM ruled r
    JOIN exports e ON e.organisation_id = r.organisation_id AND e.id = r.object_id
    JOIN api_keys k ON k.organisation_id = e.organisation_id AND k.id = CASE
        WHEN e.requested_by_type = 'api_key' THEN e.requested_by_id::uuid END
    WHERE r.kind = 'export_failed'
    UNION ALL
    SELECT r.*, m.id, e.id, e.webhook_id
    FROM ruled r
    JOIN exports e ON e.organisation_id = r.organisation_id AND e.id = r.object_id
    JOIN members m ON m.organisation_id = r.organisation_id AND m.role = 'org_admin'
    WHERE r.kind = 'export_flagged'
    UNION ALL
    SELECT r.*, m.id, NULL, w.id
    FROM ruled r
    JOIN webhooks w ON w.organisation_id = r.organisation_id AND w.id = r.object_id
    JOIN members m ON m.organisation_id = r.organisation_id
        AND (m.role = 'org_admin' OR w.created_by_type = 'member' AND m.id = w.created_by_id)
    WHERE r.action LIKE 'webhook.%'
), made AS (
    INSERT INTO notifications (
        organisation_id, member_id, kind, at, export_id, webhook_id, facts, unresolved, to_mail)
    SELECT told.organisation_id, told.member_id, told.kind, told.at, told.export_id,
           told.webhook_id, told.details, told.kind = 'export_failed',
           wish.channel = 'email' AND m.email <> ''
               AND m.last_seen_at > now() - make_interval(secs => $8)
    FROM told
    JOIN members m ON m.organisation_id = told.organisation_id AND m.id = told.member_id
    CROSS JOIN LATERAL (
        SELECT coalesce(m.preferences ->> told.kind, told.channel) AS channel
    ) wish
    WHERE wish.channel <> 'off'
    RETURNING organisation_id, member_id, to_mail
), waiting AS MATERIALIZED (
    SELECT m.organisation_id, m.id
    FROM members m
    WHERE (m.organisation_id, m.id) IN (
        SELECT organisation_id, member_id FROM made WHERE to_mail)
    ORDER BY m.organisation_id, m.id
    FOR NO KEY UPDATE
), due AS (
    UPDATE members m
    SET mail_due_at = coalesce(m.mail_due_at, greatest(
        now() + make_interval(secs => $6), m.mailed_at + make_interval(secs => $7)))
    FROM waiting
    WHERE m.organisation_id = waiting.organisation_id AND m.id = waiting.id
)
SELECT count(*) FROM made
