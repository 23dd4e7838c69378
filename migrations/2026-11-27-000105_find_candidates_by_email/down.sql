DROP INDEX candidates_email_idx;
