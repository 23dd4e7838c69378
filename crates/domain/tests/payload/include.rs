//! What a webhook did not ask for.

use domain::include::{FieldGroup, Include};
use domain::payload::{PayloadContext, build};
use serde_json::Value;

use crate::records::{application, context, json_of};

/// What each group fills of a candidate.
const MEMBERS: [(FieldGroup, &[&str]); 13] = [
    (FieldGroup::Contact, &["email", "phone", "city", "country", "linkedin_url", "contact"]),
    (FieldGroup::Application, &["application_status", "applied_at", "source", "application"]),
    (FieldGroup::Answers, &["answers"]),
    (FieldGroup::CoverLetter, &["cover_letter"]),
    (FieldGroup::Qualifications, &["qualifications"]),
    (FieldGroup::Experience, &["current_title", "current_employer", "experience"]),
    (FieldGroup::Skills, &["skills"]),
    (FieldGroup::Stage, &["stage_name", "stage_order", "stage"]),
    (FieldGroup::Ratings, &["rating", "rating_scale_max", "ratings"]),
    (FieldGroup::Assessments, &["assessments"]),
    (FieldGroup::Attachments, &["attachments"]),
    (FieldGroup::Tags, &["tags"]),
    (FieldGroup::Requester, &[]),
];

#[test]
fn a_group_that_was_not_asked_for_leaves_nothing_but_empty_members() {
    let mut application = application();
    application.cover_letter = Some("Dear team".into());
    let whole = json_of(&build(&context(), std::slice::from_ref(&application)));
    assert_eq!(MEMBERS.len(), FieldGroup::ALL.len());
    for (group, members) in MEMBERS {
        let context = PayloadContext { include: Include::everything().without(group), ..context() };
        let cut = json_of(&build(&context, std::slice::from_ref(&application)));
        for (key, value) in whole["candidates"][0].as_object().expect("an object") {
            let value_now = &cut["candidates"][0][key];
            if members.contains(&key.as_str()) {
                assert_ne!(value_now, value, "{group}: {key} is still there");
                assert_empty(&format!("{group}: {key}"), value_now, value);
            } else {
                assert_eq!(value_now, value, "{group}: {key} went along");
            }
        }
        let requester = &cut["export"]["requested_by"];
        let named = group != FieldGroup::Requester;
        assert_eq!(requester["name"].is_string() && requester["email"].is_string(), named);
        assert_eq!(requester["id"], "auth0|rosa");
    }
}

/// Lists are empty, leaves null, objects still have all their keys.
fn assert_empty(place: &str, value: &Value, whole: &Value) {
    match value {
        Value::Null => assert!(!whole.is_object() && !whole.is_array(), "{place} is null"),
        Value::Array(items) => assert!(items.is_empty(), "{place} is not empty"),
        Value::Object(members) => {
            let whole = whole.as_object().expect("an object too");
            assert!(members.keys().eq(whole.keys()), "{place} has other keys");
            for (key, member) in members {
                assert_empty(&format!("{place}.{key}"), member, &whole[key]);
            }
        }
        other => panic!("{place} is {other}"),
    }
}
