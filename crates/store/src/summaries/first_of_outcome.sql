-- Ids of attempts are above that of their export.
(a.attempt_number = 1 OR NOT EXISTS (
    SELECT FROM attempts b
     WHERE b.organisation_id = a.organisation_id AND b.export_id = a.export_id
       AND b.outcome = a.outcome AND b.id >= a.export_id AND b.id < a.id))::integer
