INSERT INTO idempotency_keys (organisation_id, caller, operation, key, request_sha256, resource_id)
VALUES (:organisation, :caller, :operation, :export, :digest, :export)
ON CONFLICT DO NOTHING;
