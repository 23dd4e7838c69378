-- $1 organisation, $2 documents. Answers what was created or changed.
-- Materialized, else each mention of d would parse the document again. OFFSET 0 keeps look-ups
-- by key, whatever the statistics say while many rows come in.
WITH given AS MATERIALIZED (
    SELECT document::jsonb AS d FROM unnest($2::text[]) AS document
)
INSERT INTO candidates AS c
       (organisation_id, reference, first_name, last_name, full_name, email, phone, can_contact,
        consent_expires_at, restricted, contact, qualifications, experience, skills, tags,
        attachments)
SELECT $1::uuid, d ->> 'reference', d ->> 'first_name', d ->> 'last_name', d ->> 'full_name',
       CASE WHEN d ? 'email' THEN d ->> 'email' ELSE old.email END,
       CASE WHEN d ? 'phone' THEN d ->> 'phone' ELSE old.phone END,
       CASE WHEN d ? 'can_contact' THEN (d ->> 'can_contact')::boolean ELSE old.can_contact END,
       CASE WHEN d ? 'consent_expires_at' THEN (d ->> 'consent_expires_at')::timestamptz
            ELSE old.consent_expires_at END,
       coalesce(CASE WHEN d ? 'restricted' THEN (d ->> 'restricted')::boolean
                     ELSE old.restricted END, false),
       -- A JSON null clears: it becomes what an empty column holds.
       coalesce(CASE WHEN d ? 'contact' THEN nullif(d -> 'contact', 'null')
                     ELSE old.contact END, '{}'),
       coalesce(CASE WHEN d ? 'qualifications' THEN nullif(d -> 'qualifications', 'null')
                     ELSE old.qualifications END, '[]'),
       coalesce(CASE WHEN d ? 'experience' THEN nullif(d -> 'experience', 'null')
                     ELSE old.experience END, '[]'),
       coalesce(CASE WHEN d ? 'skills' THEN nullif(d -> 'skills', 'null')
                     ELSE old.skills END, '[]'),
       coalesce(CASE WHEN d ? 'tags' THEN nullif(d -> 'tags', 'null') ELSE old.tags END, '[]'),
       coalesce(CASE WHEN d ? 'attachments' THEN nullif(d -> 'attachments', 'null')
                     ELSE old.attachments END, '[]')
  FROM given
  LEFT JOIN LATERAL (
      SELECT * FROM candidates WHERE organisation_id = $1 AND reference = d ->> 'reference' OFFSET 0
  ) old ON true
    ON CONFLICT (organisation_id, reference) DO UPDATE
   SET first_name = excluded.first_name, last_name = excluded.last_name,
       full_name = excluded.full_name, email = excluded.email, phone = excluded.phone,
       can_contact = excluded.can_contact, consent_expires_at = excluded.consent_expires_at,
       restricted = excluded.restricted, contact = excluded.contact,
       qualifications = excluded.qualifications, experience = excluded.experience,
       skills = excluded.skills, tags = excluded.tags, attachments = excluded.attachments,
       updated_at = now()
 WHERE (c.first_name, c.last_name, c.full_name, c.email, c.phone, c.can_contact,
        c.consent_expires_at, c.restricted, c.contact, c.qualifications, c.experience, c.skills,
        c.tags, c.attachments)
       IS DISTINCT FROM (excluded.first_name, excluded.last_name, excluded.full_name,
        excluded.email, excluded.phone, excluded.can_contact, excluded.consent_expires_at,
        excluded.restricted, excluded.contact, excluded.qualifications, excluded.experience,
        excluded.skills, excluded.tags, excluded.attachments)
RETURNING reference, c.xmax = 0 AS created, false AS merged, c.xmax <> 0 AND restricted AS may_not_go
