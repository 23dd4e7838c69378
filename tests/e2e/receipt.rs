//! The receipt of an export: what an organisation shows to somebody who doubts, who checks it with a
//! stock library.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::client::Call;
use support::receiver::Answer;
use support::settings::SECRET_KEYS;
use support::world::Api;
use support::{Client, World};

use crate::{BINARY, world};

pub(crate) const OPERATIONS: &[&str] =
    &["GET /v1/exports/{id}/receipt", "GET /.well-known/receipt-keys.json"];

const KEYS: &str = "/.well-known/receipt-keys.json";

fn receipt(client: &Client, export: &str) -> Call {
    client.get("/v1/exports/{id}/receipt").id(export)
}

/// What a receipt says, if a published key signed it.
async fn verified(anonymous: &Client, jws: &str) -> Option<Value> {
    let keys: JwkSet = serde_json::from_value(anonymous.get(KEYS).await.expect(200)).ok()?;
    let kid = decode_header(jws).ok()?.kid?;
    let key = DecodingKey::from_jwk(keys.find(&kid)?).ok()?;
    let mut checks = Validation::new(Algorithm::EdDSA);
    checks.required_spec_claims.clear();
    checks.validate_exp = false;
    decode::<Value>(jws, &key, &checks).ok().map(|token| token.claims)
}

async fn delivered(world: &mut World) -> (String, support::Delivery) {
    let mut receiver = world.receiver();
    receiver.script([Answer::status(503)]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 2).await;
    receiver.next().await;
    let delivery = receiver.next().await;
    world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    (export, delivery)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_proves_what_arrived() {
    let mut world = world().covers(OPERATIONS).start().await;
    let (export, delivery) = delivered(&mut world).await;
    let answer = receipt(&world.northwind.recruiter, &export).await;
    let (signed, text) = (answer.expect(200), answer.text());
    let claims = &signed["receipt"];
    let said = verified(&world.anonymous, signed["jws"].as_str().expect("a JWS")).await;
    assert_eq!(said.as_ref(), Some(claims), "what is shown is what is signed");
    assert_eq!(signed["keys"], KEYS);

    let digest: String =
        Sha256::digest(&delivery.body).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(claims["export_id"], delivery.header("webhook-id"));
    assert_eq!(claims["payload_sha256"], digest);
    assert_eq!(claims["payload_bytes"], delivery.body.len());
    assert_eq!(claims["candidate_count"], 2);
    assert_eq!(claims["status"], "delivered");
    assert_eq!(claims["organisation"]["name"], "Northwind");
    let attempts = claims["attempts"].as_array().expect("a list");
    let seen: Vec<_> = attempts
        .iter()
        .map(|attempt| {
            json!([attempt["attempt_number"], attempt["outcome"], attempt["http_status"]])
        })
        .collect();
    assert_eq!(seen, [json!([1, "http_5xx", 503]), json!([2, "delivered", 200])]);
    assert_eq!(attempts[1]["id"], delivery.header("webhook-attempt-id"));
    assert_says_nothing_of_people(&delivery.json(), &text);
}

/// No person, no title, no path of a URL, nor who asked.
fn assert_says_nothing_of_people(payload: &Value, text: &str) {
    let people = payload["candidates"].as_array().expect("people");
    let members = ["full_name", "last_name", "email", "application_id", "candidate_id"];
    let of_people = people.iter().flat_map(|person| members.map(|member| &person[member]));
    let title = std::iter::once(&payload["vacancy"]["title"]);
    let secret = of_people.chain(title).filter_map(Value::as_str);
    let other = ["/a1b2", "/hooks", "Rosa", "rosa", "example.com"];
    for word in secret.chain(other) {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_sees_the_export_gets_one() {
    let mut world = world().start().await;
    let (export, _) = delivered(&mut world).await;
    let (northwind, contoso) = (&world.northwind, &world.contoso);
    for client in [&northwind.admin, &northwind.recruiter, &world.support] {
        receipt(client, &export).await.expect(200);
    }
    for client in [&northwind.other_recruiter, &contoso.admin, &contoso.recruiter] {
        receipt(client, &export).await.problem(404, "not_found");
    }
    receipt(&world.anonymous, &export).await.problem(401, "unauthenticated");
    receipt(&northwind.admin, &export).query("format", "pdf").await.problem(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_good_after_a_rotation_and_not_when_it_was_changed() {
    let mut world = world().start().await;
    let (export, _) = delivered(&mut world).await;
    let signed = receipt(&world.northwind.admin, &export).await.expect(200);
    let old = signed["jws"].as_str().expect("a JWS");

    let mut env = world.env().clone();
    let rotated = format!("k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,{SECRET_KEYS}");
    env.insert("SECRET_KEYS".to_owned(), rotated);
    let later = Api::start(Path::new(BINARY), &env).await;
    let anonymous = later.anonymous();
    assert!(verified(&anonymous, old).await.is_some(), "the old key is published");
    let admin = anonymous.with_token(world.northwind.admin.token().expect("a token"));
    let signed = receipt(&admin, &export).await.expect(200);
    let new = signed["jws"].as_str().expect("a JWS");
    assert_ne!(decode_header(old).expect("a head").kid, decode_header(new).expect("a head").kid);
    for process in [&anonymous, &world.anonymous] {
        for jws in [old, new] {
            assert!(verified(process, jws).await.is_some(), "{jws}");
        }
    }

    let parts: Vec<_> = old.split('.').collect();
    let [head, body, signature] = parts[..] else { panic!("{old}") };
    let claims = URL_SAFE_NO_PAD.decode(body).expect("base64url");
    let claims = String::from_utf8(claims).expect("JSON");
    let forged = claims.replace("\"candidate_count\":2", "\"candidate_count\":3");
    assert_ne!(claims, forged);
    let forged = URL_SAFE_NO_PAD.encode(forged);
    let other: Vec<_> = new.split('.').collect();
    for spoilt in [
        format!("{head}.{forged}.{signature}"),
        format!("{}.{body}.{signature}", other[0]),
        format!("{head}.{body}.{}", other[2]),
    ] {
        assert_eq!(verified(&anonymous, &spoilt).await, None, "{spoilt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_prints_on_a_page() {
    let mut world = world().start().await;
    let (export, delivery) = delivered(&mut world).await;
    let page = receipt(&world.northwind.admin, &export).query("format", "html").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    let text = page.text();
    for part in [&export, delivery.header("webhook-attempt-id"), "delivered (200)", "Northwind"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("<script"), "{text}");
    assert_says_nothing_of_people(&delivery.json(), &text);
}

/// Nothing has ended: it says so, and is signed all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_progress_has_no_end_yet() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    let signed = receipt(&world.northwind.admin, &export).await.expect(200);
    let claims = verified(&world.anonymous, signed["jws"].as_str().expect("a JWS")).await;
    let claims = claims.expect("signed");
    assert_eq!(claims["status"], "queued");
    assert_eq!(claims["finished_at"], Value::Null);
    assert_eq!(claims["attempts"], json!([]));
}
