-- $1 most hints. What a hint says holds only where the export says so, too: a resend opened it again, or
-- it is gone. Who resends an export just now keeps its lock: its hint stays for another time.
WITH due AS MATERIALIZED (
    SELECT organisation_id, export_id, kept_until
    FROM payload_ends
    WHERE kept_until <= now()
    ORDER BY kept_until
    LIMIT $1
    FOR UPDATE SKIP LOCKED
), over AS MATERIALIZED (
    SELECT e.organisation_id, e.id
    FROM due JOIN exports e ON e.organisation_id = due.organisation_id AND e.id = due.export_id
    WHERE e.payload_kept_until <= now()
    FOR NO KEY UPDATE OF e SKIP LOCKED
), payloads AS (
    DELETE FROM export_payloads p USING over
    WHERE p.organisation_id = over.organisation_id AND p.export_id = over.id
), bodies AS (
    UPDATE attempts a SET response_body = NULL FROM over
    WHERE a.organisation_id = over.organisation_id AND a.export_id = over.id
      AND a.response_body IS NOT NULL
), marked AS (
    UPDATE exports e SET payload_kept_until = NULL FROM over
    WHERE e.organisation_id = over.organisation_id AND e.id = over.id
)
DELETE FROM payload_ends h
USING due LEFT JOIN over ON over.organisation_id = due.organisation_id AND over.id = due.export_id
WHERE h.kept_until = due.kept_until AND h.organisation_id = due.organisation_id
  AND h.export_id = due.export_id
  AND (over.id IS NOT NULL OR NOT EXISTS (
      SELECT FROM exports e
      WHERE e.organisation_id = due.organisation_id AND e.id = due.export_id
        AND e.payload_kept_until <= now()))
