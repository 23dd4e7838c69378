DROP TABLE notifications;
DROP TABLE news;
