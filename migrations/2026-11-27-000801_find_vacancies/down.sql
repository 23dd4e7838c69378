DROP INDEX vacancies_status_idx;
