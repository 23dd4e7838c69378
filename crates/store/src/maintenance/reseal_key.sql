-- $1 organisation, $2 the value as it was read, $3 as it is from now on.
UPDATE reference_keys SET key_sealed = $3
 WHERE organisation_id = $1 AND key_sealed = $2
