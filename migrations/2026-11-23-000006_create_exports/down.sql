DROP TABLE export_jobs;
DROP TABLE export_payloads;
DROP TABLE export_applications;
DROP TABLE exports;
