-- The page first, then what there is of each. OFFSET 0 keeps the look-ups by key.
SELECT c.id, c.reference, c.first_name, c.last_name, c.full_name, c.email, c.restricted,
       c.can_contact, c.consent_expires_at, applied.applications, carried.exports
  FROM (SELECT c.organisation_id, c.id, c.reference, c.first_name, c.last_name, c.full_name, c.email,
               c.restricted, c.can_contact, c.consent_expires_at
          FROM
