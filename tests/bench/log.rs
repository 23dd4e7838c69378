//! placeholder
use crate::options::Options;
use crate::table::Line;
/// x
pub fn run(_: &Options) -> Vec<Line> { Vec::new() }
