//! The table, by what misbehaves.

mod body;
mod connection;
mod head;
mod headers;
mod large;
mod reuse;
mod status;
mod tls;

use crate::row::Row;

/// All rows, in an order that both processes agree on.
pub fn all() -> Vec<Row> {
    let tables = [
        tls::rows(),
        connection::rows(),
        reuse::rows(),
        head::rows(),
        status::rows(),
        headers::rows(),
        body::rows(),
        large::rows(),
    ];
    tables.into_iter().flatten().collect()
}
