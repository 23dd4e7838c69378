//! All of Postgres: every table, every query, the queue's verbs. The only crate that names
//! diesel. What must be atomic is one function here; no transaction outlives a call.

pub mod api_keys;
pub mod applications;
pub mod attempts;
pub mod audit;
pub mod candidates;
pub mod crash;
pub mod db;
pub mod error;
pub mod exports;
pub mod filter;
pub mod flags;
pub mod idempotency_keys;
pub mod import;
#[cfg(feature = "invariants")]
pub mod invariants;
pub mod mails;
pub mod maintenance;
pub mod members;
pub mod migrate;
pub mod news;
pub mod notifications;
pub mod organisations;
pub mod outage;
mod owner;
pub mod page;
pub mod queue;
pub mod receipt_keys;
mod refusal;
mod row;
mod schema;
pub mod search;
mod statement;
pub mod stats;
pub mod summaries;
pub mod vacancies;
pub mod webhooks;

pub use db::{Conn, Connect, ConnectionCount, Connections, Db, DbConfig};
pub use error::StoreError;
pub use outage::Outage;
pub use page::Page;
