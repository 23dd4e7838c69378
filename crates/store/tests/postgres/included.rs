//! What is read of people for an export: nothing that the webhook does not receive, and no more than
//! may go.

use domain::id::{ApplicationId, VacancyId, WebhookId};
use domain::include::FieldGroup;
use serde_json::{Value, json};
use store::applications::{self, ApplicationFilter};
use store::exports::{self, CreateRefusal, Limits, NewExport};

use crate::database::World;
use crate::people::{application, candidate, count, import, vacancy, vacancy_id};
use crate::sending::{new_export, try_export, webhook};

/// A text that stands in one field group alone.
fn mark(group: FieldGroup) -> String {
    format!("<{group}>")
}

/// A person with a mark in each group that has text, and a sensitive answer.
fn marked() -> [Value; 3] {
    let [contact, answers, letter, qualifications, experience] = [
        FieldGroup::Contact,
        FieldGroup::Answers,
        FieldGroup::CoverLetter,
        FieldGroup::Qualifications,
        FieldGroup::Experience,
    ]
    .map(mark);
    let [skills, assessments, attachments, tags, source] = [
        FieldGroup::Skills,
        FieldGroup::Assessments,
        FieldGroup::Attachments,
        FieldGroup::Tags,
        FieldGroup::Application,
    ]
    .map(mark);
    let mut person = candidate(1);
    person["contact"] = json!({"address": {"city": contact}});
    person["qualifications"] = json!([{"institution": qualifications}]);
    person["experience"] = json!([{"employer": experience, "current": true}]);
    person["skills"] = json!([skills]);
    person["tags"] = json!([tags]);
    person["attachments"] =
        json!([{"filename": attachments, "url": "https://files.example.com/1"}]);
    let mut application = application("V-1", 1, "<stage>");
    application["source"] = json!(source);
    application["cover_letter"] = json!(letter);
    application["answers"] = json!([
        {"question": "Team?", "answer": answers, "sensitive": false},
        {"question": "Notice?", "answer": "one month"},
        {"question": "Religion?", "answer": "secret", "sensitive": true}
    ]);
    application["rating"] = json!({"value": 4.125, "scale_min": 1, "scale_max": 5});
    application["assessments"] = json!([{"name": assessments, "score": 87}]);
    [vacancy("V-1", &["<stage>"]), person, application]
}

struct Ready {
    world: World,
    webhook: WebhookId,
    vacancy: VacancyId,
    picked: Vec<ApplicationId>,
}

impl Ready {
    fn new(lines: &[Value]) -> Self {
        let mut world = World::new();
        let webhook = webhook(&mut world.conn, &world.admin, 1);
        import(&mut world.conn, &world.admin, lines).expect("imported");
        let vacancy = vacancy_id(&mut world.conn, &world.admin, "V-1");
        let all = ApplicationFilter::default();
        let page = applications::list(&mut world.conn, &world.admin, vacancy, &all, None, 100);
        let items = page.expect("Postgres").expect("there").items;
        Self { world, webhook, vacancy, picked: items.iter().map(|item| item.id).collect() }
    }

    fn receives(&mut self, groups: &[FieldGroup]) {
        let names: Vec<_> = groups.iter().map(ToString::to_string).collect();
        self.world.sql(&format!("UPDATE webhooks SET include = '{{{}}}'", names.join(",")));
    }

    fn new_export(&self, max_payload_bytes: usize) -> NewExport {
        let limits = Limits { max_candidates: 10_000, max_payload_bytes };
        NewExport { limits, ..new_export(self.webhook, self.vacancy, &self.picked) }
    }

    /// The payload of a new export, as text.
    fn payload(&mut self) -> String {
        let (new, world) = (self.new_export(1 << 20), &mut self.world);
        let export = try_export(&mut world.conn, &world.rosa, &new).expect("accepted").export.id;
        let bytes = exports::payload(&mut world.conn, &world.rosa, export).expect("Postgres");
        String::from_utf8(bytes.expect("there").expect("kept")).expect("UTF-8")
    }

    /// Bytes that it would have at least, when it is refused as too large; nothing is written then.
    fn too_large(&mut self, limit: usize) -> Option<usize> {
        let (new, world) = (self.new_export(limit), &mut self.world);
        let before = count(&mut world.conn, "exports");
        let refusal = try_export(&mut world.conn, &world.rosa, &new).err()?;
        assert_eq!(count(&mut world.conn, "exports"), before);
        match refusal {
            CreateRefusal::PayloadTooLarge { limit: told, actual } if told == limit => Some(actual),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_the_webhook_does_not_receive_is_stored_and_stays_here() {
    let mut ready = Ready::new(&marked());
    // The stage and the vacancy's list of them, and numbers, have no text of their own.
    let text = |group| match group {
        FieldGroup::Ratings => "4.125".to_owned(),
        FieldGroup::Requester => "Rosa Recruiter".to_owned(),
        group => mark(group),
    };
    ready.receives(&[]);
    let nothing = ready.payload();
    for group in FieldGroup::ALL.iter().copied() {
        assert!(!nothing.contains(&text(group)), "{group} went out");
        ready.receives(&[group]);
        let one = ready.payload();
        for other in FieldGroup::ALL.iter().copied() {
            assert_eq!(one.contains(&text(other)), other == group, "{group}: {other}");
        }
    }
}

#[test]
fn sensitive_answers_never_leave() {
    let mut ready = Ready::new(&marked());
    ready.receives(FieldGroup::ALL);
    let payload = ready.payload();
    let sent: Value = serde_json::from_str(&payload).expect("JSON");
    let questions = sent["candidates"][0]["answers"].as_array().expect("a list").iter();
    let questions: Vec<_> = questions.map(|answer| answer["question"].clone()).collect();
    assert_eq!(questions, ["Team?", "Notice?"]);
    assert!(!payload.contains("Religion") && !payload.contains("secret"), "{payload}");
}

/// People whose cover letters are told by their seeds.
fn writers(letters: &[String]) -> Vec<Value> {
    let mut lines = vec![vacancy("V-1", &["Applied"])];
    for (number, letter) in (1..).zip(letters) {
        let mut application = application("V-1", number, "Applied");
        application["cover_letter"] = json!(letter);
        lines.extend([candidate(number), application]);
    }
    lines
}

/// Text that Postgres finds nothing to compress in.
fn noise(bytes: usize, mut seed: u64) -> String {
    let next = std::iter::from_fn(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some(char::from(b'#' + u8::try_from((seed >> 33) % 56).expect("small")))
    });
    next.take(bytes).collect()
}

fn stored_bytes(world: &mut World) -> usize {
    let letters = "(SELECT pg_column_size(cover_letter) AS size FROM applications) sizes";
    let rows = count(&mut world.conn, &format!("{letters}, generate_series(1, size)"));
    usize::try_from(rows).expect("small")
}

#[test]
fn people_whose_stored_size_is_too_large_are_not_even_read() {
    // Half of it compresses, if it comes first: what is stored and what is read differ.
    let letter = |seed| "x".repeat(10_000) + &noise(10_000, seed);
    let mut ready = Ready::new(&writers(&[1, 2, 3].map(letter)));
    ready.receives(&[FieldGroup::CoverLetter]);
    let stored = stored_bytes(&mut ready.world);
    assert!((25_000..50_000).contains(&stored), "{stored}");
    let actual = ready.too_large(10_000).expect("refused");
    assert_eq!(actual, stored, "no more was looked at than sizes");
    let built = ready.too_large(40_000).expect("refused, now that it is read");
    assert!(built > 60_000, "names and keys count as well");
    ready.receives(&[]);
    assert_eq!(ready.too_large(10_000), None, "what is not received counts nowhere");
}

#[test]
fn people_who_grow_too_large_while_they_are_read_are_not_kept() {
    let mut ready = Ready::new(&writers(&[(); 20].map(|()| "x".repeat(10_000))));
    ready.receives(&[FieldGroup::CoverLetter]);
    assert!(stored_bytes(&mut ready.world) < 20_000, "they are compressed");
    let actual = ready.too_large(50_000).expect("refused");
    assert_eq!(actual, 110_000, "what was read until it was too much, which is not built");
}

#[test]
fn the_last_byte_decides() {
    let mut ready = Ready::new(&writers(&[1, 2].map(|seed| noise(5_000, seed))));
    ready.receives(&[FieldGroup::CoverLetter]);
    let actual = ready.too_large(8_000).expect("refused");
    assert_eq!(ready.too_large(actual - 1), Some(actual));
    assert_eq!(ready.too_large(actual), None);
    assert_eq!(ready.payload().len(), actual);
}
