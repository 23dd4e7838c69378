-- $1 organisation, $2 candidate, $3 how many applications went along, $4 others with the same e-mail
-- address. From now on claims look at the people of what waits.
WITH erasure AS (
    INSERT INTO erasures (organisation_id, candidate_id, applications, same_email, look_again_at)
    VALUES ($1, $2, $3, $4, now() + interval '2 minutes')
    ON CONFLICT (organisation_id, candidate_id) DO UPDATE
    SET erased_at = now(), look_again_at = excluded.look_again_at
)
UPDATE organisations SET people_changed_at = clock_timestamp() WHERE id = $1
