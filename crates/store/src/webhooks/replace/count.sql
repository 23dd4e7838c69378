SELECT (SELECT count(*) FROM failed WHERE kept)
           + (SELECT count(*) FROM promised WHERE asked_for AND kept AND stood = 'failed') AS failed,
       (SELECT count(*) FROM job WHERE goes_on AND NOT sending)
           + (SELECT count(*) FROM promised WHERE asked_for AND kept AND stood = 'waiting') AS waiting,
       (SELECT count(*) FROM job WHERE goes_on AND sending)
           + (SELECT count(*) FROM promised WHERE asked_for AND kept AND stood = 'sending') AS sending,
       (SELECT count(*) FROM job WHERE NOT goes_on AND NOT sending)
           + (SELECT count(*) FROM promised WHERE NOT (asked_for AND kept) AND stood = 'waiting')
           AS cancelled,
       (SELECT count(*) FROM failed WHERE NOT kept)
           + (SELECT count(*) FROM promised WHERE asked_for AND NOT kept AND stood = 'failed')
           AS payload_gone
