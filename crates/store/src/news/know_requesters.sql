-- $1 organisations and $2 ids of news. Who asked for an export is a member, also where their call could
-- not be noted; as what, it does not say. They were seen when they asked.
INSERT INTO members (organisation_id, id, name, email, role, last_seen_at)
SELECT DISTINCT ON (e.organisation_id, e.requested_by_id)
       e.organisation_id, e.requested_by_id, e.requested_by_name, e.requested_by_email, 'recruiter',
       e.requested_at
FROM unnest($1::uuid[], $2::uuid[]) AS taken (organisation_id, id)
JOIN news n ON n.organisation_id = taken.organisation_id AND n.id = taken.id
JOIN exports e ON e.organisation_id = n.organisation_id AND e.id = n.object_id
WHERE n.action = 'export.failed' AND e.requested_by_type = 'member'
ORDER BY e.organisation_id, e.requested_by_id, e.id DESC
ON CONFLICT DO NOTHING
