DROP TABLE webhook_reviews;
