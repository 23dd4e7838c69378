-- $1 since when, $2 exports to tell of in any case, $6 outcomes of attempts that failed.
-- What is asked many times a second: ends, and attempts that began and failed since.
WITH touched AS (
    SELECT organisation_id, export_id FROM export_ends WHERE written_at > $1
    UNION
    SELECT e.organisation_id, e.id
      FROM unnest($2::uuid[]) AS asked (id) JOIN exports e ON e.id = asked.id
    UNION
    SELECT attempt.organisation_id, attempt.export_id
      FROM unnest($6::text[]) AS failed (outcome)
     CROSS JOIN LATERAL (
          SELECT a.organisation_id, a.export_id FROM attempts a
           WHERE a.outcome = failed.outcome AND a.id >= uuid_v7_floor($1)
          OFFSET 0
     ) attempt
