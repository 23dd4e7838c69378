//! House rules that a machine can check: what may know what, how long a file may be, which
//! dependencies may enter. Each test names the rule that ARCHITECTURE.md argues for.

mod actors;
mod console;
mod layers;
mod sources;
mod statements;
mod supply;
mod tree;
