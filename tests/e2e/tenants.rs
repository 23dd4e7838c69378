//! Two organisations: whatever belongs to the other looks, byte for byte, like what does not
//! exist. Of ids in paths `matrix` tells.

use serde_json::{Value, json};
use support::client::Call;
use support::{Client, World, id_of};

use crate::world;

const MISSING: &str = "019aafc6-0000-7000-8000-000000000000";

/// What Northwind has, which Contoso must not notice.
struct Theirs {
    webhook: String,
    vacancy: String,
    export: String,
    applications: Vec<String>,
}

async fn with_their_things() -> (World, Theirs) {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    let (vacancy, applications) = world.northwind.pick(2).await;
    (world, Theirs { webhook: webhook.id, vacancy, export, applications })
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_in_bodies_and_filters() {
    let (mut world, theirs) = with_their_things().await;
    let receiver = world.receiver();
    let contoso = &world.contoso;
    let own_webhook = contoso.register(&receiver.url()).await;
    let (own_vacancy, own_applications) = contoso.pick(1).await;
    let export = |webhook: &str, vacancy: &str, application: &str| {
        ask(&contoso.admin, webhook, vacancy, application)
    };
    let own = own_applications[0].as_str();
    let pairs = [
        (export(&theirs.webhook, &own_vacancy, own), export(MISSING, &own_vacancy, own)),
        (
            export(&own_webhook.id, &theirs.vacancy, &theirs.applications[0]),
            export(&own_webhook.id, MISSING, &theirs.applications[0]),
        ),
    ];
    for (other, absent) in pairs {
        let (other, absent) = (other.await, absent.await);
        other.problem(422, "invalid");
        assert_eq!(other.without_instance(), absent.without_instance());
    }
    let other = export(&own_webhook.id, &own_vacancy, &theirs.applications[0]).await;
    let absent = export(&own_webhook.id, &own_vacancy, MISSING).await;
    let text = |problem: Value, id: &str| problem["errors"].to_string().replace(id, "ID");
    let slug = "applications_not_exportable";
    let other = text(other.problem(422, slug), &theirs.applications[0]);
    assert_eq!(other, text(absent.problem(422, slug), MISSING));
    let filters = [
        ("/v1/exports", "webhook_id", theirs.webhook.as_str(), MISSING),
        ("/v1/exports", "vacancy_id", &theirs.vacancy, MISSING),
        ("/v1/exports", "requested_by", "auth0|rosa", "auth0|nobody"),
        ("/v1/attempts", "webhook_id", &theirs.webhook, MISSING),
        ("/v1/attempts", "export_id", &theirs.export, MISSING),
        ("/v1/attempts", "requested_by", "rosa@example.com", "nobody@example.com"),
    ];
    for (list, filter, theirs, missing) in filters {
        let found = |value: &str| contoso.admin.get(list).query(filter, value);
        let (other, absent) = (found(theirs).await, found(missing).await);
        let problem = other.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{filter}"), "{list}");
        assert_eq!(other.without_instance(), absent.without_instance(), "{list}?{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_hold_only_what_is_ones_own() {
    let (world, theirs) = with_their_things().await;
    for list in ["/v1/webhooks", "/v1/exports", "/v1/attempts"] {
        let own = world.contoso.admin.get(list).await.items();
        assert!(own.is_empty(), "{list}: {own:?}");
    }
    let vacancies = world.contoso.admin.get("/v1/vacancies").await.items();
    assert_eq!(vacancies.len(), 1, "the one of its own: {vacancies:?}");
    assert_ne!(id_of(&vacancies[0]), theirs.vacancy);
}

fn ask(client: &Client, webhook: &str, vacancy: &str, application: &str) -> Call {
    client.post("/v1/exports").json(&json!({
        "vacancy_id": vacancy, "webhook_id": webhook, "application_ids": [application],
    }))
}
