-- A list of vacancies tells how many applications stand at each stage: counted when they change, in the
-- few statements of an import, and not each time that somebody looks.
CREATE TABLE stage_counts (
    organisation_id uuid NOT NULL,
    vacancy_id uuid NOT NULL,
    stage text NOT NULL,
    applications bigint NOT NULL,
    CONSTRAINT stage_counts_pkey PRIMARY KEY (organisation_id, vacancy_id, stage),
    CONSTRAINT stage_counts_vacancy_id_fkey FOREIGN KEY (organisation_id, vacancy_id) REFERENCES vacancies (organisation_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE stage_counts IS 'How many applications that count stand at each stage of a vacancy, also at stages that it has no more; triggers of applications keep it. Without a row: none';

CREATE FUNCTION count_by_stage() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO stage_counts AS known (organisation_id, vacancy_id, stage, applications)
        SELECT organisation_id, vacancy_id, stage, count(*)
          FROM written WHERE counts GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (organisation_id, vacancy_id, stage) DO UPDATE
           SET applications = known.applications + excluded.applications;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO stage_counts AS known (organisation_id, vacancy_id, stage, applications)
        SELECT organisation_id, vacancy_id, stage, -count(*)
          FROM gone WHERE counts GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (organisation_id, vacancy_id, stage) DO UPDATE
           SET applications = known.applications + excluded.applications;
    ELSE
        INSERT INTO stage_counts AS known (organisation_id, vacancy_id, stage, applications)
        SELECT organisation_id, vacancy_id, stage, sum(more)
          FROM (SELECT organisation_id, vacancy_id, stage, 1 AS more FROM written WHERE counts
                 UNION ALL
                SELECT organisation_id, vacancy_id, stage, -1 FROM gone WHERE counts) changes
         GROUP BY 1, 2, 3 HAVING sum(more) <> 0 ORDER BY 1, 2, 3
            ON CONFLICT (organisation_id, vacancy_id, stage) DO UPDATE
           SET applications = known.applications + excluded.applications;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION count_by_stage() IS 'Keeps stage_counts in step with applications';

CREATE TRIGGER applications_count_new AFTER INSERT ON applications REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION count_by_stage();
CREATE TRIGGER applications_count_changed AFTER UPDATE ON applications
    REFERENCING OLD TABLE AS gone NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION count_by_stage();
CREATE TRIGGER applications_count_gone AFTER DELETE ON applications REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION count_by_stage();
INSERT INTO stage_counts (organisation_id, vacancy_id, stage, applications)
SELECT organisation_id, vacancy_id, stage, count(*) FROM applications WHERE counts GROUP BY 1, 2, 3;
