//! A private Postgres cluster from installed binaries.
