-- $1 since when (null: not), $2 exports to tell of in any case
WITH touched AS (
    SELECT organisation_id, export_id FROM export_ends WHERE written_at > $1
    UNION
    SELECT e.organisation_id, e.id
      FROM unnest($2::uuid[]) AS asked (id) JOIN exports e ON e.id = asked.id
