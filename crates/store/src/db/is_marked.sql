-- $1 a mark. Whether this is the session that it was left in, and whether statements are known here by
-- the names that each of ours gives them.
SELECT coalesce(current_setting('talentats.link', true) = $1::text, false),
       EXISTS (SELECT FROM pg_prepared_statements WHERE starts_with(name, '__diesel_stmt_'))
