DROP INDEX webhook_secrets_signs_until_idx;
COMMENT ON TABLE webhook_secrets IS 'Signing secrets of a webhook: one current, and the previous one while a rotation overlaps';
COMMENT ON COLUMN webhook_secrets.signs_until IS 'Null for the current secret; a rotated one signs along until then';
