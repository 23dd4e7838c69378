//! Whether some receivers that are slow or dead hurt the others: the three figures of fairness.

mod dead;
mod hanging;
mod herd;

use tokio::runtime::Runtime;

use crate::options::Options;
use crate::postgres::Postgres;
use crate::table::Line;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let postgres = Postgres::start(options);
    let runtime = Runtime::new().expect("a runtime");
    let mut lines = runtime.block_on(dead::measure(&postgres, options));
    lines.extend(runtime.block_on(hanging::measure(&postgres, options)));
    lines.push(runtime.block_on(herd::measure(&postgres, options)));
    lines
}
