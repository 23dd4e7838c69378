WITH over AS MATERIALIZED (
    SELECT organisation_id, id
    FROM exports
    WHERE payload_kept_until <= now()
    ORDER BY payload_kept_until
    LIMIT 1000
    FOR NO KEY UPDATE SKIP LOCKED
), payloads AS (
    DELETE FROM export_payloads p USING over
    WHERE p.organisation_id = over.organisation_id AND p.export_id = over.id
), bodies AS (
    UPDATE attempts a SET response_body = NULL FROM over
    WHERE a.organisation_id = over.organisation_id AND a.export_id = over.id
      AND a.response_body IS NOT NULL
)
UPDATE exports e SET payload_kept_until = NULL FROM over
WHERE e.organisation_id = over.organisation_id AND e.id = over.id
