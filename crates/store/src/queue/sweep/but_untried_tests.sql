          -- A test that was not tried yet stays.
          AND (j.attempt_number > 0 OR NOT EXISTS (
              SELECT FROM exports e
              WHERE e.organisation_id = j.organisation_id AND e.id = j.export_id
                AND e.type = 'test'))
