-- $1 organisation; $2 id, $3 name, $4 e-mail and $5 role of the member. A token that shares no name or
-- e-mail takes none away.
INSERT INTO members (organisation_id, id, name, email, role) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organisation_id, id) DO UPDATE
SET name = coalesce(nullif(excluded.name, ''), members.name),
    email = coalesce(nullif(excluded.email, ''), members.email),
    role = excluded.role, last_seen_at = now()
