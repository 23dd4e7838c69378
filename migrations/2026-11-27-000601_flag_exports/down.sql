DROP TABLE url_marks;
DROP TABLE export_hours;
DROP TABLE member_days;
DROP TABLE flag_rounds;
DROP TABLE export_flags;
