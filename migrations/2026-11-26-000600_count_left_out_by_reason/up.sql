-- Who was left out of an export is counted by reason.
ALTER TABLE exports ADD COLUMN left_out_withdrawn integer NOT NULL DEFAULT 0, ADD COLUMN left_out_restricted integer NOT NULL DEFAULT 0, ADD COLUMN left_out_erased integer NOT NULL DEFAULT 0;
ALTER TABLE exports ADD CONSTRAINT exports_left_out_by_reason_counts CHECK (left_out_withdrawn >= 0 AND left_out_restricted >= 0 AND left_out_erased >= 0) NOT VALID;
ALTER TABLE exports VALIDATE CONSTRAINT exports_left_out_by_reason_counts;
COMMENT ON COLUMN exports.left_out IS 'People who were asked for, or were in the export that it was derived from, and may not be sent. What the three reasons do not account for was counted by an earlier version';
COMMENT ON COLUMN exports.left_out_withdrawn IS 'Of these, who withdrew the application';
COMMENT ON COLUMN exports.left_out_restricted IS 'Of these, whose processing is restricted';
COMMENT ON COLUMN exports.left_out_erased IS 'Of these, who is not here any more';
-- The same, and why somebody may not be sent.
DROP FUNCTION people_of_export(uuid, uuid);
CREATE FUNCTION people_of_export(of_organisation uuid, of_export uuid)
RETURNS TABLE (application_id uuid, candidate_id uuid, may_go boolean, why_not text)
LANGUAGE plpgsql STABLE ROWS 25 AS $$
BEGIN
    RETURN QUERY
    SELECT p.application_id, p.candidate_id,
           coalesce(application.status <> 'withdrawn' AND NOT candidate.restricted, false),
           CASE WHEN application.status IS NULL OR candidate.restricted IS NULL THEN 'erased'
                WHEN application.status = 'withdrawn' THEN 'withdrawn'
                WHEN candidate.restricted THEN 'restricted' END
    FROM export_applications p
    LEFT JOIN LATERAL (
        SELECT a.status FROM applications a
        WHERE a.organisation_id = of_organisation AND a.id = p.application_id OFFSET 0
    ) application ON true
    LEFT JOIN LATERAL (
        SELECT c.restricted FROM candidates c
        WHERE c.organisation_id = of_organisation AND c.id = p.candidate_id OFFSET 0
    ) candidate ON true
    WHERE p.organisation_id = of_organisation AND p.export_id = of_export
    ORDER BY p.sequence;
END
$$;
COMMENT ON FUNCTION people_of_export(uuid, uuid) IS 'The people of an export in their order, and who may still be sent: not who was restricted, withdrew or is gone since it was asked for, and which of these it is';
