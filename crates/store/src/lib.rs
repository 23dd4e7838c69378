//! All of Postgres: every table, every query, the queue's verbs. The only crate that names
//! diesel. What must be atomic is one function here; no transaction outlives a call.

pub mod db;
pub mod error;
pub mod migrate;
pub mod page;
pub mod queue;
pub mod retention;
mod schema;

pub use db::{Conn, Db, DbConfig};
pub use error::StoreError;
pub use page::{Page, Scope};
