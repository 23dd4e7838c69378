-- Of the last export that the API accepted under a key: the bare transaction writes rows of the
-- same size.
SELECT json_build_object(
    'vacancy', e.vacancy_id::text, 'vacancy_title', e.vacancy_title,
    'requester', e.requested_by_id, 'requester_name', e.requested_by_name, 'requester_email', e.requested_by_email,
    'payload_bytes', e.payload_bytes::text, 'digest', e.payload_sha256::text, 'body', p.body::text,
    'caller', k.caller, 'operation', k.operation)
FROM (SELECT * FROM idempotency_keys ORDER BY created_at DESC LIMIT 1) k
JOIN exports e ON e.organisation_id = k.organisation_id AND e.id = k.resource_id
JOIN export_payloads p ON p.organisation_id = e.organisation_id AND p.export_id = e.id
