-- $1 from, $2 until. OFFSET 0 keeps the look-up by key.
(SELECT organisation_id, export_id FROM export_ends WHERE written_at >= $1 AND written_at < $2 OFFSET 0) x
CROSS JOIN LATERAL (
    SELECT * FROM exports
     WHERE organisation_id = x.organisation_id AND id = x.export_id AND end_state IS NOT NULL
    OFFSET 0
) e
GROUP BY 1, 2, 3, 4, 5
) d
CROSS JOIN unnest(ARRAY['day', 'month']) span
GROUP BY 1, 2, 3, 4, 5, 6
