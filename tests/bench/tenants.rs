//! Organisations and webhooks, written straight into the database: hundreds of them, each with a
//! URL that is sealed as the product seals it.

use std::fmt::Write;
use std::ops::Range;

use domain::id::{OrganisationId, WebhookId};
use domain::sealing::{Context, Field, SealingKeys};
use domain::signature::SigningSecret;
use support::settings::SECRET_KEYS;
use uuid::Uuid;

use crate::postgres::Database;

/// Organisations; webhook `n` belongs to organisation `n % ORGANISATIONS`.
pub const ORGANISATIONS: u32 = 4;

/// Writes the organisations.
pub fn add_organisations(database: &Database) {
    let mut sql = String::new();
    for number in 0..ORGANISATIONS {
        let id = organisation(number);
        writeln!(sql, "INSERT INTO organisations (id, name) VALUES ('{id}', 'Bench {number}');")
            .expect("a string");
    }
    database.sql(&sql);
}

/// Writes the webhooks with these numbers.
pub fn add_webhooks(database: &Database, numbers: Range<u32>, url: impl Fn(u32) -> String) {
    let keys = SealingKeys::parse(SECRET_KEYS).expect("keys");
    let secret = SigningSecret::from_random([7; 32]).reveal();
    let mut sql = String::new();
    for number in numbers {
        let (organisation, webhook) = (organisation(number % ORGANISATIONS), webhook(number));
        let seal = |field, value: &str| {
            let context = Context { organisation, webhook, field };
            hex(&keys.seal(context, [1; 24], value))
        };
        let url = url(number);
        let authority = url.split('/').nth(2).expect("a URL");
        let host = authority.split(':').next().expect("a host");
        let (url_sealed, secret_sealed) = (seal(Field::Url, &url), seal(Field::Secret, &secret));
        writeln!(sql,
            "INSERT INTO webhooks (organisation_id, id, name, host, url_sealed, url_hmac, include, created_by_type, created_by_id, created_by_name, created_by_email)
             VALUES ('{organisation}', '{webhook}', 'hook {number}', '{host}', '{url_sealed}', '\\x{number:08x}', '{{}}', 'member', 'ada', 'Ada', 'ada@example.com');
             INSERT INTO webhook_secrets (organisation_id, webhook_id, secret_sealed) VALUES ('{organisation}', '{webhook}', '{secret_sealed}');
             INSERT INTO lanes (organisation_id, webhook_id, next_run_at) VALUES ('{organisation}', '{webhook}', now());").expect("a string");
    }
    database.sql(&sql);
}

/// The id of an organisation.
pub fn organisation(number: u32) -> OrganisationId {
    Uuid::from_u128(0x7000_8000_0000_0000_0000 + u128::from(number)).into()
}

/// The id of a webhook: consecutive numbers have consecutive ids.
pub fn webhook(number: u32) -> WebhookId {
    Uuid::from_u128(0x1_7000_8000_0000_0000_0000 + u128::from(number)).into()
}

/// The webhooks with these numbers, as a condition on `column`.
pub fn among(column: &str, numbers: &Range<u32>) -> String {
    let (first, last) = (webhook(numbers.start), webhook(numbers.end - 1));
    format!("{column} BETWEEN '{first}' AND '{last}'")
}

/// Bytes as Postgres reads them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
