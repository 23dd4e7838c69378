-- $1 organisation, $2 vacancy, $3 applications. Each row is looked up by its key, whatever the
-- statistics say: for an organisation that is not in them yet, the planner would take any number
-- of rows for one, and join everything with everything (OFFSET 0 keeps the look-ups apart).
SELECT a.id, a.reference, a.status, a.stage, a.stage_entered_at, a.applied_at, a.updated_at,
       a.source, a.cover_letter, a.answers, a.rating, a.assessments,
       c.id, c.reference, c.first_name, c.last_name, c.full_name, c.email, c.phone,
       c.can_contact, c.consent_expires_at, c.restricted, c.contact, c.qualifications,
       c.experience, c.skills, c.tags, c.attachments
FROM unnest($3) AS asked (id)
CROSS JOIN LATERAL (
    SELECT * FROM applications WHERE organisation_id = $1 AND id = asked.id OFFSET 0
) a
CROSS JOIN LATERAL (
    SELECT * FROM candidates WHERE organisation_id = $1 AND id = a.candidate_id OFFSET 0
) c
WHERE a.vacancy_id = $2
