//! The queue on a real Postgres: claim, record, rescue and sweep; and what maintenance forgets.

mod admission;
mod claim;
mod database;
mod late;
mod mails;
mod maintenance;
mod notify;
mod record;
mod rescue;
mod rest;
mod sweep;
mod told;
