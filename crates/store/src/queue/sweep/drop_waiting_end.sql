        LIMIT $3
    ) j
    ORDER BY j.turn
    LIMIT $3
)
DELETE FROM export_jobs j USING waiting
WHERE j.organisation_id = waiting.organisation_id AND j.export_id = waiting.export_id
RETURNING j.organisation_id, j.export_id, j.webhook_id, j.attempt_number, j.ambiguous_count
