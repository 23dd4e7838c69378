//! The store against a real Postgres: one private cluster, one database per test.

mod accept;
mod actors;
mod applications;
mod attempts;
mod audit;
mod create_export;
mod database;
mod deletion;
mod disabled;
mod export_control;
mod export_list;
mod filters;
mod import;
mod import_merge;
mod import_patch;
mod included;
mod people;
mod plans;
mod pool;
mod read_only;
mod removal;
mod restriction;
mod role;
mod sending;
mod status;
mod webhooks;
