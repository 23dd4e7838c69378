-- $1 organisation, $2 export, $3 applications and $4 candidates in the order of the payload
INSERT INTO export_applications (organisation_id, export_id, sequence, application_id, candidate_id)
SELECT $1, $2, person.sequence, person.application_id, person.candidate_id
  FROM unnest($3, $4) WITH ORDINALITY AS person (application_id, candidate_id, sequence)
