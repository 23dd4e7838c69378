-- $2 exports to tell of; $1 is of the questions that look for changes themselves
WITH touched AS (
    SELECT e.organisation_id, e.id AS export_id
      FROM unnest($2::uuid[]) AS asked (id) JOIN exports e ON e.id = asked.id
     WHERE $1::timestamptz IS NULL
