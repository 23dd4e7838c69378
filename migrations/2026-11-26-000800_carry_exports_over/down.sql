DROP FUNCTION goes_on(uuid, uuid);
ALTER TABLE webhooks DROP COLUMN carried_failed, DROP COLUMN carried_waiting, DROP COLUMN carried_sending, DROP COLUMN carried_cancelled, DROP COLUMN carried_gone;
DROP TABLE carry_overs;
COMMENT ON COLUMN exports.continued_as IS 'The export that was derived last from this one';
