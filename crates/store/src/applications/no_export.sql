 CROSS JOIN (
      SELECT NULL::uuid AS export_id, NULL::timestamptz AS requested_at, NULL::text AS requested_by,
             NULL::text AS status, NULL::boolean AS accepted
  ) last
