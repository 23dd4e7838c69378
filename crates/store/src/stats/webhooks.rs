//! How many webhooks there are, and how deliveries to them go.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};

row!(
    /// The live webhooks at one moment.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Webhooks {
        /// All of them.
        live: BigInt => i64,
        /// Those that fail, and are not switched off.
        failing: BigInt => i64,
        /// Those that delivery has switched off.
        disabled: BigInt => i64,
    }
);

statement!(uncached ReadWebhooks = "webhooks.sql", () -> named Webhooks);

/// Counts them: a scan of the narrow table of lanes.
///
/// # Errors
/// [`StoreError`].
pub fn webhooks(conn: &mut Conn) -> Result<Webhooks, StoreError> {
    Ok(ReadWebhooks { lifetime: PhantomData }.get_result(conn)?)
}
