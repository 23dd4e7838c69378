//! What a line does to what is stored: absent leaves alone, null clears.

use serde_json::{Value, json};
use store::applications::{self, ApplicationFilter};
use store::exports;

use crate::database::World;
use crate::people::{import, vacancy, vacancy_id};
use crate::sending::{new_export, try_export, webhook};

/// Columns of a line that may be absent or null, and the member of the payload that shows each.
const PATCHED: [(&str, &str); 16] = [
    ("email", "email"),
    ("phone", "phone"),
    ("can_contact", "can_contact"),
    ("consent_expires_at", "consent_expires_at"),
    ("contact", "contact"),
    ("qualifications", "qualifications"),
    ("experience", "experience"),
    ("skills", "skills"),
    ("tags", "tags"),
    ("attachments", "attachments"),
    ("stage_entered_at", "stage"),
    ("source", "source"),
    ("cover_letter", "cover_letter"),
    ("answers", "answers"),
    ("rating", "ratings"),
    ("assessments", "assessments"),
];

/// A vacancy, a candidate and an application with everything in them.
fn whole() -> [Value; 3] {
    let email = json!({"type": "personal", "value": "ada@example.com", "primary": true});
    let candidate = json!({
        "kind": "candidate", "reference": "C-1", "first_name": "Ada", "last_name": "Example",
        "email": "ada@example.com", "phone": "+44 113 496 0000", "can_contact": true,
        "consent_expires_at": "2027-01-01T00:00:00Z", "contact": {"emails": [email]},
        "qualifications": [{"institution": "University of Leeds"}],
        "experience": [{"employer": "Contoso", "title": "Engineer", "current": true}],
        "skills": ["Rust"], "tags": ["priority"],
        "attachments": [{"filename": "ada.pdf", "url": "https://files.example.com/ada"}]
    });
    let application = json!({
        "kind": "application", "reference": "A-1", "vacancy": "V-1", "candidate": "C-1",
        "stage": "Applied", "stage_entered_at": "2026-11-18T11:00:00Z",
        "applied_at": "2026-11-02T09:30:00Z", "source": "careers_site", "cover_letter": "Hello",
        "answers": [{"question": "Notice period?", "answer": "1 month"}],
        "rating": {"value": 4.5, "scale_min": 1, "scale_max": 5},
        "assessments": [{"name": "Exercise", "score": 87}]
    });
    [vacancy("V-1", &["Applied", "Offer"]), candidate, application]
}

/// The same lines with what may be absent changed: to what `change` answers, or away.
fn changed(change: impl Fn() -> Option<Value>) -> [Value; 3] {
    whole().map(|mut line| {
        let object = line.as_object_mut().expect("an object");
        for (key, _) in PATCHED {
            match (object.remove(key), change()) {
                (Some(_), Some(value)) => object.insert(key.to_owned(), value),
                _ => None,
            };
        }
        line
    })
}

/// What a receiver of everything gets to know after these imports.
fn exported(imports: &[[Value; 3]]) -> Value {
    let mut world = World::new();
    for lines in imports {
        import(&mut world.conn, &world.admin, lines).expect("imported");
    }
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    world.sql(
        "UPDATE webhooks SET include = '{contact, application, answers, cover_letter, \
         qualifications, experience, skills, stage, ratings, assessments, attachments, tags}'",
    );
    let vacancy = vacancy_id(&mut world.conn, &world.admin, "V-1");
    let filter = ApplicationFilter::default();
    let page = applications::list(&mut world.conn, &world.admin, vacancy, &filter, None, 1);
    let new = new_export(webhook, vacancy, &[page.expect("Postgres").expect("there").items[0].id]);
    let export = try_export(&mut world.conn, &world.rosa, &new).expect("accepted").export.id;
    let bytes = exports::payload(&mut world.conn, &world.rosa, export).expect("Postgres");
    let bytes = bytes.expect("there").expect("kept");
    let payload: Value = serde_json::from_slice(&bytes).expect("JSON");
    payload["candidates"][0].clone()
}

#[test]
fn absent_leaves_alone_and_null_clears() {
    let (absent, null) = (changed(|| None), changed(|| Some(Value::Null)));
    let given = exported(&[whole()]);
    let never_given = exported(std::slice::from_ref(&absent));
    let left_alone = exported(&[whole(), absent]);
    let cleared = exported(&[whole(), null]);
    for (key, member) in PATCHED {
        assert_eq!(left_alone[member], given[member], "{key}");
        assert_eq!(cleared[member], never_given[member], "{key}");
        assert_ne!(cleared[member], given[member], "{key}");
    }
    assert_eq!(given["assessments"][0]["score"], 87, "a number keeps its form");
}

#[test]
fn the_entry_into_another_stage_is_unknown_unless_told() {
    let entered = |stage: &str, told: Option<&str>| {
        let [vacancy, candidate, mut application] = whole();
        application["stage"] = json!(stage);
        let object = application.as_object_mut().expect("an object");
        object.remove("stage_entered_at");
        if let Some(told) = told {
            object.insert("stage_entered_at".to_owned(), json!(told));
        }
        exported(&[whole(), [vacancy, candidate, application]])["stage"]["entered_at"].clone()
    };
    assert_eq!(entered("Applied", None), "2026-11-18T11:00:00.000Z");
    assert_eq!(entered("Offer", None), Value::Null);
    assert_eq!(entered("Offer", Some("2026-11-20T11:00:00Z")), "2026-11-20T11:00:00.000Z");
}
