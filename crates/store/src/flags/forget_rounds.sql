-- Those that are looked at no more; the last one says how far exports are judged.
DELETE FROM flag_rounds
WHERE look_again_at = 'infinity'
  AND until < (SELECT until FROM flag_rounds ORDER BY until DESC LIMIT 1)
