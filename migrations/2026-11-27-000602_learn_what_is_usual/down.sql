DELETE FROM flag_rounds;
DELETE FROM export_hours;
DELETE FROM member_days;
