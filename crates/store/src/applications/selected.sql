-- Whom a filter means, and who of them may not be exported. OFFSET 0 keeps the look-ups by key.
SELECT a.id, c.why_not, CASE WHEN c.why_not IS NOT NULL THEN c.full_name END AS full_name
  FROM (SELECT a.organisation_id, a.id, a.candidate_id, a.applied_at, a.status FROM
