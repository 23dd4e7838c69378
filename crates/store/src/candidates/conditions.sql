-- $1 organisation, in the place of the vacancy, $2 words
SELECT one, other FROM search_conditions($1, $2)
