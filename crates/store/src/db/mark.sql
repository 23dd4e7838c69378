-- Looks at a session that should be new, and leaves a mark in it: whether one of ours was here before,
-- and whether what it prepared is still known by its name. A pooler that shares sessions is told from
-- Postgres itself so, whatever it is called and in whichever language it speaks.
SELECT coalesce(current_setting('talentats.link', true), '') <> '' AS was_used,
       EXISTS (SELECT FROM pg_prepared_statements WHERE starts_with(name, '__diesel_stmt_')) AS statements_known,
       set_config('talentats.link', gen_random_uuid()::text, false) AS mark
