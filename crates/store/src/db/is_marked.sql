-- $1 a mark. Whether this is the session that it was left in.
SELECT coalesce(current_setting('talentats.link', true) = $1::text, false)
