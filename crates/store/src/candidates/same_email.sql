-- $1 organisation, $2 candidate, $3 e-mail addresses of theirs, $4 most rows. Others who go by one of them; what
-- others have besides has no index.
SELECT id FROM candidates
WHERE organisation_id = $1 AND id <> $2 AND email IS NOT NULL
  AND lower(email) = ANY (ARRAY(SELECT lower(address) FROM unnest($3::text[]) address))
ORDER BY id
LIMIT $4
