-- $1 organisation; $2 id, $3 name, $4 e-mail and $5 role of the member
INSERT INTO members (organisation_id, id, name, email, role) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organisation_id, id) DO UPDATE
SET name = excluded.name, email = excluded.email, role = excluded.role, last_seen_at = now()
