//! The API from its front door: real app, real Postgres, no worker and no receiver.

mod console;
mod exports;
mod front;
mod house;
mod import;
mod lists;
mod order;
mod webhooks;
