-- $1 organisation, $2 export, $3 place after which the page starts, $4 rows. OFFSET 0 keeps look-ups by key.
SELECT p.sequence, p.application_id, application.reference AS application_reference,
       p.candidate_id, candidate.reference AS candidate_reference, candidate.full_name
FROM export_applications p
LEFT JOIN LATERAL (
    SELECT reference FROM applications
    WHERE organisation_id = $1 AND id = p.application_id OFFSET 0
) application ON true
LEFT JOIN LATERAL (
    SELECT reference, full_name FROM candidates
    WHERE organisation_id = $1 AND id = p.candidate_id OFFSET 0
) candidate ON true
WHERE p.organisation_id = $1 AND p.export_id = $2 AND p.sequence > $3
ORDER BY p.sequence
LIMIT $4
