-- $1 organisations, $2 weeks, $3 hours, $4 exports, one by one in the order of the key
INSERT INTO export_hours AS known (organisation_id, week, hour, exports)
SELECT * FROM unnest($1::uuid[], $2::date[], $3::smallint[], $4::bigint[])
    ON CONFLICT (organisation_id, week, hour) DO UPDATE
   SET exports = known.exports + EXCLUDED.exports
