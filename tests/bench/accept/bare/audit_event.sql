-- Only where the schema has the table: an older binary under test has none.
INSERT INTO audit_events (organisation_id, actor_type, actor_id, actor_name, actor_email, actor_role,
    action, object_type, object_id, details, request_id)
VALUES (:organisation, 'member', :requester, :requester_name, :requester_email, 'recruiter',
    'export.requested', 'export', :export, '{"candidate_count": 1}', :export);
