//! Every list and filter of the API for an organisation that has grown, for small ones beside it, and
//! for one that came after Postgres gathered its statistics; each beside the same list without a
//! filter. Then what everything costs while nothing happens but 100,000 jobs that wait.

mod cases;
mod filters;
mod idle;
mod seed;

use tokio::runtime::Runtime;

use crate::installation::Installation;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::table::Line;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let postgres = Postgres::start(options);
    let mut installation = Installation::new(&postgres);
    let organisations = seed::fill(&installation.database, options);
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        installation.start_api().await;
        let mut lines = filters::measure(&installation, &organisations, options).await;
        lines.extend(idle::measure(&mut installation, &postgres, options).await);
        lines
    })
}
