//! Unusual exports: flagged within seconds after they were accepted, for admins and support, and never
//! stopped.

use serde_json::{Value, json};
use support::{Client, World, ask_for_export, eventually, id_of, people};

use crate::world;

/// The flags of an export, once there are some.
async fn flags(client: &Client, export: &str) -> Vec<Value> {
    let mut flags = Vec::new();
    while flags.is_empty() {
        let seen = client.get("/v1/exports/{id}").id(export).await.expect(200);
        flags = seen["flags"].as_array().expect("never missing").clone();
    }
    flags
}
