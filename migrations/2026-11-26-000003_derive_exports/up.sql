-- Whose people changed their minds goes on as another export, cut to the others.
ALTER TABLE exports ADD COLUMN resent_from uuid, ADD COLUMN left_out integer NOT NULL DEFAULT 0, ADD COLUMN continued_as uuid;
ALTER TABLE exports ADD CONSTRAINT exports_left_out_counts CHECK (left_out >= 0);
ALTER TABLE exports DROP CONSTRAINT exports_ended_by_known;
ALTER TABLE exports ADD CONSTRAINT exports_ended_by_known CHECK (ended_by IN ('receiver', 'gave_up', 'member', 'webhook_deleted', 'webhook_disabled', 'restriction')) NOT VALID;
ALTER TABLE exports VALIDATE CONSTRAINT exports_ended_by_known;
COMMENT ON COLUMN exports.resent_from IS 'The export that this one was derived from. No foreign key: either may be forgotten first';
COMMENT ON COLUMN exports.left_out IS 'People of that one who may not be sent any more';
COMMENT ON COLUMN exports.continued_as IS 'The export that was derived last from this one';
COMMENT ON COLUMN exports.ended_by IS 'Who brought the end: receiver, gave_up, member, webhook_deleted, webhook_disabled, restriction';
-- Found without walking the queue; the hot updates of a job touch neither column.
CREATE INDEX export_jobs_restricted_idx ON export_jobs (organisation_id, webhook_id, export_id) WHERE stop_after_attempt = 'restriction';
-- So that a retry need not look at its people unless somebody changed their mind since.
ALTER TABLE organisations ADD COLUMN people_changed_at timestamptz;
COMMENT ON COLUMN organisations.people_changed_at IS 'When an import last restricted somebody or withdrew an application';
-- The one place that says who of an export may still be sent; in plpgsql, so that its plan is kept and
-- always goes by keys.
CREATE FUNCTION people_of_export(of_organisation uuid, of_export uuid)
RETURNS TABLE (application_id uuid, candidate_id uuid, may_go boolean)
LANGUAGE plpgsql STABLE ROWS 25 AS $$
BEGIN
    RETURN QUERY
    SELECT p.application_id, p.candidate_id,
           coalesce(application.status <> 'withdrawn' AND NOT candidate.restricted, false)
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
COMMENT ON FUNCTION people_of_export(uuid, uuid) IS 'The people of an export in their order, and who may still be sent: not who was restricted, withdrew or is gone since it was asked for';
