-- {people} people of an organisation; {crowd} of them applied for its first vacancy, twice and a half as many
-- for the second, the rest for the {vacancies} others. Most have two names, some three; few stand late in
-- the selection.
CREATE TEMPORARY TABLE made AS
SELECT n, uuid_v7() AS candidate,
       (ARRAY['Ada', 'Rosa', 'Jan', 'Anne Marie', 'Łukasz', 'Mei', 'José', 'Siobhán', 'Piet van', 'Olga'])[1 + n % 10]
           || ' ' || (ARRAY['Example', 'O’Brien', 'Garcia', 'Mc Donald', 'Weiß', 'Öberg', 'Lindqvist'])[1 + n / 10 % 7]
           || ' ' || to_hex(n * 7919 % 1000003) AS name
  FROM generate_series(0, {people} - 1) n;
INSERT INTO vacancies (organisation_id, id, reference, title, stages)
SELECT '{organisation}', uuid_v7(), 'V-' || n, 'Vacancy ' || n, '{Applied, Screening, Interview, Offer, Hired}'
  FROM generate_series(0, {vacancies} + 1) n;
INSERT INTO candidates (organisation_id, id, reference, full_name, email, contact, skills)
SELECT '{organisation}', candidate, 'C-' || n, name, 'p' || n || '@example.com',
       jsonb_build_object('emails', jsonb_build_array('p' || n || '@example.com')), '["Rust", "SQL"]'
  FROM made;
INSERT INTO applications (organisation_id, reference, vacancy_id, candidate_id, status, stage, applied_at,
    cover_letter, rating)
SELECT '{organisation}', 'A-' || n, v.id, candidate,
       CASE WHEN n % 1000 = 0 THEN 'hired' WHEN n % 10 = 0 THEN 'rejected' ELSE 'active' END,
       CASE WHEN n % 5000 = 7 THEN 'Hired' WHEN n % 1000 = 7 THEN 'Offer' WHEN n % 50 = 7 THEN 'Interview'
            WHEN n % 3 = 0 THEN 'Screening' ELSE 'Applied' END,
       now() - interval '1 year' + n * interval '31536 seconds' / {people}, repeat('I would like to work with you. ', 10),
       CASE WHEN n % 2 = 0 THEN jsonb_build_object('value', CASE WHEN n % 2000 = 0 THEN 5 ELSE n % 4 + 0.5 END,
                                                   'scale_min', 1, 'scale_max', 5) END
  FROM made
  JOIN vacancies v ON v.organisation_id = '{organisation}'
   AND v.reference = 'V-' || CASE WHEN n < {crowd} THEN 0 WHEN n < {crowd} * 7 / 2 THEN 1 ELSE 2 + n % {vacancies} END;
DROP TABLE made;
