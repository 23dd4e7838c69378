DROP TABLE payload_ends;
