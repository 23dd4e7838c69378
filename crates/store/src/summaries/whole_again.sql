EXISTS (
    SELECT FROM days_to_recount r
     WHERE r.what = $1 AND r.organisation_id = d.organisation_id AND r.day = d.day)
