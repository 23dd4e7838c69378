
  ) a
 CROSS JOIN LATERAL (
      SELECT stages FROM vacancies
       WHERE organisation_id = a.organisation_id AND id = a.vacancy_id
      OFFSET 0
  ) v
 CROSS JOIN LATERAL (
      SELECT * FROM candidates
       WHERE organisation_id = a.organisation_id AND id = a.candidate_id
      OFFSET 0
  ) c
