DROP TABLE lanes;
DROP TABLE webhook_secrets;
DROP TABLE webhooks;
