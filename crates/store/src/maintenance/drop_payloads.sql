-- $1 the shortest time in seconds that any payload is kept, $2 most payloads of each organisation. Ids carry their time and payloads go
-- when their time is over: so the due ones are at the start of each organisation's, and no index
-- on payload_kept_until has to be written at the end of every export.
WITH over AS MATERIALIZED (
    SELECT due.organisation_id, due.id
    FROM organisations o CROSS JOIN LATERAL (
        SELECT e.organisation_id, e.id
        FROM export_payloads p
        JOIN exports e ON e.organisation_id = p.organisation_id AND e.id = p.export_id
        WHERE p.organisation_id = o.id
          AND p.export_id < uuid_v7_floor(now() - make_interval(secs => $1))
          AND e.payload_kept_until <= now()
        ORDER BY p.export_id
        LIMIT $2
        FOR NO KEY UPDATE OF e SKIP LOCKED
    ) due
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
