SELECT (SELECT count(*) FROM failed WHERE kept) AS failed,
       (SELECT count(*) FROM job WHERE goes_on AND NOT sending)
           + (SELECT count(*) FROM carry_overs
               WHERE organisation_id = $1 AND webhook_id = $2 AND $5) AS waiting,
       (SELECT count(*) FROM job WHERE goes_on AND sending) AS sending,
       (SELECT count(*) FROM job WHERE NOT goes_on AND NOT sending)
           + (SELECT count(*) FROM carry_overs
               WHERE organisation_id = $1 AND webhook_id = $2 AND NOT $5) AS cancelled,
       (SELECT count(*) FROM failed WHERE NOT kept) AS payload_gone
