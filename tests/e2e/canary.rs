//! Words that nothing else contains go through everything that there is. While they are needed they stand
//! where the design says and nowhere else; after an erasure, and after the time of what is kept, nowhere.

mod marks;
mod path;
mod person;
mod places;

use std::collections::BTreeSet;

use serde_json::json;
use support::mail_server::MailServer;
use support::receiver::DEADLINE;
use support::{Receiver, Webhook, World};

use self::marks::Mark;
use self::path::{erase, read_everything, refusals, send_both, written};
use self::person::{ERASED, KEPT, Person, While};
use self::places::{Text, in_backup};
use crate::world;

const PASSWORD: &str = "zqpassword7f3a9d";
const MAIL_PASSWORD: &str = "zqmailpassword7f3a";
const PATH: &str = "/hooks/zqpath7f3a9d51?zqkey=zqvalue7f3a9d";

/// What nobody may ever find.
fn secrets(world: &World, webhook: &Webhook, key: &str) -> Vec<Mark> {
    let admin = world.northwind.admin.token().expect("a token");
    let (_, signature) = admin.rsplit_once('.').expect("a JWT");
    let bare = webhook.secret.strip_prefix("whsec_").expect("whsec_…");
    let (_, sealing) = support::settings::SECRET_KEYS.split_once(':').expect("id:key");
    vec![
        Mark::new("signing secret", &[bare]),
        Mark::new("token", &[signature]),
        Mark::new("API key", &[key]),
        Mark::new("URL's path", &["zqpath7f3a9d51"]),
        Mark::new("URL's query", &["zqvalue7f3a9d"]),
        Mark::new("sealing key", &[sealing]),
        Mark::new("database password", &[PASSWORD]),
        Mark::new("mail server's password", &[MAIL_PASSWORD]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_behind() {
    let mut mails = MailServer::start().await;
    mails.ask_for("mailer", MAIL_PASSWORD);
    let smtp = mails.url_as("mailer", MAIL_PASSWORD);
    let world = world().own_cluster().password(PASSWORD).env("LOG", "trace");
    let world = world.env("RETRY_SCHEDULE", "0s").env("SMTP_URL", &smtp);
    let world = world.env("MAIL_FROM", "no-reply@example.com").env("MAIL_INTERVAL", "1s");
    let mut world = world.start().await;
    let mut receiver = world.receiver();
    let key = world.northwind.new_api_key("canary", "org_admin").await;
    let key = key["secret"].as_str().expect("a secret").to_owned();
    let webhook = register(&world, &receiver).await;
    let secrets = secrets(&world, &webhook, &key);
    let exported = send_both(&world, &webhook, &mut receiver).await;
    let mut texts = vec![Text::new("a mail", mails.next().await.text())];
    texts.extend(read_everything(&world, &exported).await);
    texts.extend(refusals(&world, &webhook, &key).await);

    let at_work = backup(&world);
    ERASED.assert_in(&at_work, While::Kept);
    KEPT.assert_in(&at_work, While::Kept);

    texts.extend(written(&mut world).await);
    away_and_back(&mut world, &exported).await;
    texts.push(erase(&world, &exported).await);
    let erased = until_cut(&world).await;
    ERASED.assert_nowhere(&erased);
    let later = time_passes(&mut world).await;
    ERASED.assert_nowhere(&later);
    KEPT.assert_in(&later, While::Over);

    texts.extend(written(&mut world).await);
    let persons: Vec<Mark> = ERASED.marks().into_iter().chain(KEPT.marks()).collect();
    for text in &texts {
        text.assert_without(persons.iter().chain(&secrets));
    }
    for secret in &secrets {
        let found = [&at_work, &erased, &later].map(|backup| in_backup(backup, secret));
        assert!(found.iter().all(BTreeSet::is_empty), "{}: {found:?}", secret.what);
    }
}

fn backup(world: &World) -> String {
    world.cluster.as_ref().expect("its own").dump()
}

/// Postgres goes away and comes back: what is said of it then names no password.
async fn away_and_back(world: &mut World, export: &str) {
    world.cluster.as_mut().expect("its own").stop().await;
    let asked = world.northwind.recruiter.get("/v1/exports/{id}").id(export).await;
    asked.problem(503, "unavailable");
    world.cluster.as_mut().expect("its own").resume().await;
    let recruiter = world.northwind.recruiter.clone();
    world.until_ready(&recruiter, export, "delivered").await;
}

/// The time of all payloads is over: a worker that starts looks at once. The backup after that.
async fn time_passes(world: &mut World) -> String {
    let over = "UPDATE exports SET payload_kept_until = payload_kept_until - interval '1 month';
                UPDATE payload_ends SET kept_until = kept_until - interval '1 month'";
    crate::sql(world, over).await;
    world.start_worker().await;
    until_gone(world, &KEPT).await
}

/// A worker cuts out of what is kept who was erased. The backup after that.
async fn until_cut(world: &World) -> String {
    until_gone(world, &ERASED).await
}

/// Waits until no payload has a person any more.
async fn until_gone(world: &World, person: &Person) -> String {
    let [name, ..] = person.marks();
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(200));
    let gone = tokio::time::timeout(DEADLINE, async {
        loop {
            tick.tick().await;
            let later = backup(world);
            if !in_backup(&later, &name).contains("export_payloads.body") {
                return later;
            }
        }
    });
    gone.await.expect("no payload has them any more")
}

/// A webhook that gets what there is of a person.
async fn register(world: &World, receiver: &Receiver) -> Webhook {
    let body = json!({
        "url": receiver.url_of(PATH),
        "include": ["contact", "application", "answers", "cover_letter", "stage", "ratings"],
    });
    let created = world.northwind.admin.post("/v1/webhooks").json(&body).await.expect(201);
    let secret = created["secret"].as_str().expect("a secret").to_owned();
    Webhook { id: support::id_of(&created), secret }
}
