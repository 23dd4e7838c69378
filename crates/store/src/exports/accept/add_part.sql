INSERT INTO payload_parts (organisation_id, export_id, part, bytes) VALUES ($1, $2, $3, $4)
