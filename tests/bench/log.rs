//! The log at its full size: every filter of `GET /v1/attempts` through the real API, for each
//! role, first pages and later ones; and how long writers wait while a month is dropped.

mod cases;
mod dropping;
mod filters;
mod seed;

use tokio::runtime::Runtime;

use crate::installation::Installation;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::table::Line;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let mut postgres = Postgres::start(options);
    let mut installation = Installation::new(&postgres);
    seed::fill(&mut postgres, &installation.database, options.rows);
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        installation.start_api().await;
        let mut lines = filters::measure(&installation, options).await;
        lines.push(dropping::measure(&installation.database, options).await);
        lines
    })
}
