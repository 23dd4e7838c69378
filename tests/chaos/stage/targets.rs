//! Registers the webhooks of a round, through the API.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use support::settings::identity;
use support::world::Api;
use support::{Client, id_of};
use uuid::Uuid;

use super::Plan;
use crate::evidence::Told;
use crate::ground::{Ground, ORGANISATIONS};
use crate::load::{Clients, Target};
use crate::receiver::Receiver;

/// Registers all webhooks; the last one is not among the clients' targets, and comes with the
/// token of who may delete it.
pub(super) async fn register(
    ground: &Ground,
    database: &str,
    api: &Api,
    receiver: &Receiver,
    plan: &Plan,
) -> (Arc<Clients>, (Target, String)) {
    let anonymous = api.anonymous();
    let mut people = Vec::new();
    for organisation in &ground.organisations {
        people.push(applications(ground, database, organisation));
    }
    let register = async |number: usize| {
        let index = number % ORGANISATIONS;
        let organisation = &ground.organisations[index];
        let admin = anonymous.with_token(identity().token("org_admin", "Ann", Some(organisation)));
        let webhook = create(&admin, receiver, number).await;
        let token = identity().token("recruiter", "Rosa", Some(organisation));
        let (vacancy, applications) = people[index].clone();
        Target { webhook, token, vacancy, applications }
    };
    let mut targets = join_all((0..=plan.webhooks).map(register)).await;
    let doomed = targets.pop().expect("one more than asked for");
    let owner = &ground.organisations[plan.webhooks % ORGANISATIONS];
    let admin = identity().token("org_admin", "Ann", Some(owner));
    let api = api.url.as_str().trim_end_matches('/').to_owned();
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build();
    let http = http.expect("a client without TLS settings builds");
    let told = Mutex::new(Told::default());
    (Arc::new(Clients { http, api, targets, told }), (doomed, admin))
}

async fn create(admin: &Client, receiver: &Receiver, number: usize) -> Uuid {
    let body = json!({ "url": receiver.url(number), "name": format!("Webhook {number}") });
    let created = admin.post("/v1/webhooks").json(&body).await.expect(201);
    let webhook = Uuid::parse_str(&id_of(&created)).expect("an id");
    receiver.expect(number, webhook, created["secret"].as_str().expect("a secret"));
    webhook
}

/// The vacancy of an organisation and its applications; the marked person's is the last.
fn applications(ground: &Ground, database: &str, organisation: &str) -> (String, Vec<String>) {
    let sql = format!(
        "SELECT vacancy_id, id FROM applications WHERE organisation_id = '{organisation}'
         ORDER BY length(reference), reference"
    );
    let rows = ground.psql(database, &sql);
    let rows: Vec<(&str, &str)> = rows.lines().filter_map(|row| row.split_once('|')).collect();
    let vacancy = rows.first().expect("people were imported").0.to_owned();
    (vacancy, rows.into_iter().map(|(_, id)| id.to_owned()).collect())
}
