-- $1 organisation, $2 ids of applications, $3 references of those that count instead. The row
-- stays, since exports know it; of what the other line said nothing is kept.
UPDATE applications a
   SET reference = given.reference, status = 'active', stage_entered_at = NULL, source = NULL,
       cover_letter = NULL, answers = '[]', rating = NULL, assessments = '[]',
       -- Else the line that follows would keep when the other came to the same stage.
       stage = '', updated_at = now()
  FROM unnest($2::uuid[], $3::text[]) AS given (id, reference)
 WHERE a.organisation_id = $1 AND a.id = given.id
