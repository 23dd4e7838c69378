-- $1 organisations, $2 exports, $3 flags, one by one. Answers those that had none.
INSERT INTO export_flags (organisation_id, export_id, flags)
SELECT organisation_id, export_id, flags::jsonb
  FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS flagged (organisation_id, export_id, flags)
    ON CONFLICT (organisation_id, export_id) DO NOTHING
RETURNING export_id
