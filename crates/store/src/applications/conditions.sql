-- $1 vacancy, $2 words
SELECT one, other FROM search_conditions($1, $2)
