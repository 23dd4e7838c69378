//! What the end-to-end tests share: a world of real processes on a database of its own, a
//! scriptable receiver, and a client that checks every error's shape. Knows the wire only.

pub mod browser;
pub mod client;
pub mod corpus;
pub mod database;
pub mod descendants;
pub mod identity;
pub mod mail_server;
pub mod name_server;
pub mod people;
pub mod pooler;
pub mod process;
pub mod proxy;
pub mod receiver;
pub mod settings;
mod template;
pub mod world;

pub use browser::Browser;
pub use client::{Client, Reply};
pub use process::Process;
pub use receiver::{Answer, Delivery, Receiver};
pub use template::run;
pub use world::{Organisation, Webhook, World, ask_for_export, id_of};
