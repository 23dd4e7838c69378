-- $1 all outcomes, $2 from, $3 until. No index has the order of ids over all organisations; this one has it
-- for each outcome.
unnest($1::text[]) AS key (outcome)
CROSS JOIN LATERAL (
    SELECT * FROM attempts
     WHERE outcome = key.outcome AND id >= uuid_v7_floor($2) AND id < uuid_v7_floor($3)
    OFFSET 0
) a
GROUP BY 1, 2, 3, 4
) d
CROSS JOIN unnest(ARRAY['day', 'month', 'whole']) span
GROUP BY 1, 2, 3, 4, 5
