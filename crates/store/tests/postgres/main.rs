//! The store against a real Postgres: one private cluster, one database per test.

mod actors;
mod applications;
mod attempts;
mod create_export;
mod database;
mod deletion;
mod export_control;
mod export_list;
mod import;
mod import_patch;
mod people;
mod plans;
mod sending;
mod webhooks;
