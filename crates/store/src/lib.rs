//! All of Postgres: every table, every query, the queue's verbs.
