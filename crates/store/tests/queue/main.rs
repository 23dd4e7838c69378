//! The queue on a real Postgres: claim, record, rescue, and what heals it.

mod claiming;
mod forgetting;
mod healing;
mod recording;
mod sharing;
mod shop;
mod waking;
