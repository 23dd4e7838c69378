DROP FUNCTION people_of_export(uuid, uuid);
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
ALTER TABLE exports DROP COLUMN left_out_withdrawn, DROP COLUMN left_out_restricted, DROP COLUMN left_out_erased;
