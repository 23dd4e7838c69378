-- Connections that all clients may have together.
SELECT current_setting('max_connections')::integer
     - current_setting('superuser_reserved_connections')::integer
