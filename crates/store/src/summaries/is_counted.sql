NOT EXISTS (
    SELECT FROM export_ends x
     WHERE x.organisation_id = e.organisation_id AND x.end_state = e.end_state
       AND x.export_id = e.id AND x.written_at >= $1)
