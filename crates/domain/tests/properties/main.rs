//! Rules that must hold for any input, not only for the cases that somebody thought of. Each is
//! tried 256 times; `PROPTEST_CASES` makes it more.

mod addresses;
mod lines;
mod literals;
mod retry_after;
mod urls;
