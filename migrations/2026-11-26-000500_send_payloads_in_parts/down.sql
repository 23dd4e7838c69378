DROP TABLE payload_parts;
