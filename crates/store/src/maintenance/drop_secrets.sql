-- $1 most secrets. Earlier ones that sign along no more. Who rotates one just now is passed by.
DELETE FROM webhook_secrets s
USING (
    SELECT organisation_id, webhook_id, id FROM webhook_secrets
    WHERE signs_until <= now()
    ORDER BY signs_until
    LIMIT $1
    FOR UPDATE SKIP LOCKED
) past
WHERE s.organisation_id = past.organisation_id AND s.webhook_id = past.webhook_id AND s.id = past.id
