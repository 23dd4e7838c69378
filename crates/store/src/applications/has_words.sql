-- $1 words. The list goes by the same patterns.
SELECT search_patterns($1) <> '{}'
