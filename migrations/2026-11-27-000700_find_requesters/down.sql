DROP TABLE requesters;
DROP FUNCTION plain_email_key(text);
