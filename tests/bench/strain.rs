//! The queue under strain: an idle transaction that keeps dead rows alive, a backlog of a
//! million jobs, and a million jobs that come and go.

mod backlog;
mod churn;
mod probe;
mod queue_loop;
mod series;
mod snapshot;

use tokio::runtime::Runtime;

use crate::options::Options;
use crate::postgres::Postgres;
use crate::table::Line;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let postgres = Postgres::start(options);
    let runtime = Runtime::new().expect("a runtime");
    let mut lines = runtime.block_on(snapshot::measure(&postgres, options));
    lines.push(runtime.block_on(backlog::measure(&postgres, options)));
    lines.extend(runtime.block_on(churn::measure(&postgres, options)));
    lines
}
