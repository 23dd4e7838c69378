//! The look before an export: what it shows is what goes out, and it tells who cannot go and what to
//! know.

use domain::export::{LeaveOut, LeftOut, LeftOutReason};
use domain::id::{ApplicationId, ExportId};
use domain::import::{ApplicationStatus, VacancyStatus};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use store::applications::{ApplicationFilter, ListRefusal};
use store::exports::{
    self, CreateRefusal, Limits, NewExport, Picked, Preview, Refused, Unexportable,
};
use uuid::Uuid;

use crate::audit::told;
use crate::database::World;
use crate::people::{application, candidate, count, import, people, vacancy, vacancy_id};
use crate::sending::{answer, lease, new_export, try_export, webhook};

pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) new: NewExport,
    pub(crate) picked: Vec<ApplicationId>,
}

/// Five people, of whom 2 withdrew and 4 is restricted.
pub(crate) fn five() -> Story {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 5);
    let mut withdrawn = application("V-1", 2, "Applied");
    withdrawn["status"] = json!("withdrawn");
    let mut restricted = candidate(4);
    restricted["restricted"] = json!(true);
    import(&mut world.conn, &world.admin, &[withdrawn, restricted]).expect("good lines");
    let new = new_export(webhook, vacancy, &picked);
    Story { world, new, picked }
}

impl Story {
    pub(crate) fn look(&mut self, new: &NewExport) -> Result<Preview, CreateRefusal> {
        let Self { world, .. } = self;
        exports::preview(&mut world.conn, &world.rosa, new, 2).expect("Postgres")
    }

    pub(crate) fn select(&self, filter: ApplicationFilter) -> NewExport {
        let picked = Picked::Select(filter);
        NewExport { picked, leave_out: LeaveOut::Skip, ..self.new.clone() }
    }

    fn everybody(&self) -> NewExport {
        self.select(ApplicationFilter::default())
    }

    fn skip(&self) -> NewExport {
        NewExport { leave_out: LeaveOut::Skip, ..self.new.clone() }
    }

    pub(crate) fn change(&mut self, line: Value) {
        import(&mut self.world.conn, &self.world.admin, &[line]).expect("a good line");
    }

    /// The people of an export as they go out, and all of its bytes.
    pub(crate) fn sent(&mut self, id: ExportId) -> (Vec<String>, Vec<u8>) {
        #[derive(Deserialize)]
        struct Payload {
            candidates: Vec<Box<RawValue>>,
        }
        let body = exports::payload(&mut self.world.conn, &self.world.rosa, id).expect("Postgres");
        let body = body.expect("there").expect("kept");
        let payload: Payload = serde_json::from_slice(&body).expect("JSON");
        (payload.candidates.iter().map(|person| person.get().to_owned()).collect(), body)
    }
}

/// A person as previewed, with the id of the export that came of it.
fn with_id(sample: &[u8], id: ExportId) -> String {
    let sample = std::str::from_utf8(sample).expect("text");
    sample.replacen(&Uuid::nil().to_string(), &id.to_string(), 1)
}

const ONE_EACH: LeftOut = LeftOut { withdrawn: 1, restricted: 1, erased: 0 };

#[test]
fn what_is_shown_is_what_goes_out_whoever_is_picked_how() {
    for select in [false, true] {
        let mut story = five();
        let new = if select { story.everybody() } else { story.skip() };
        let shown = story.look(&new).expect("shown");
        assert_eq!((shown.candidate_count, shown.left_out), (3, ONE_EACH));
        assert!(shown.can_be_created && shown.sample.len() == 2);
        let digest = shown.selection_digest;
        let again = story.look(&new).expect("shown");
        assert_eq!(again.selection_digest, digest, "it holds still");
        let confirmed = NewExport { selection_digest: digest, ..new };
        let rosa = story.world.rosa.clone();
        let accepted = try_export(&mut story.world.conn, &rosa, &confirmed).expect("unchanged");
        let export = accepted.export;
        assert_eq!((export.candidate_count, export.left_out), (3, ONE_EACH));
        let read = exports::get(&mut story.world.conn, &rosa, export.id).expect("Postgres");
        assert_eq!(read.expect("there"), export, "what is answered is what is read");
        let (people, body) = story.sent(export.id);
        assert_eq!((people.len(), body.len() as u64), (3, shown.payload_bytes));
        for (sample, person) in shown.sample.iter().zip(&people) {
            assert_eq!(&with_id(sample, export.id), person, "byte for byte");
        }
        let sent: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(sent["export"]["candidate_count"], 3);
        let ids: Vec<_> = people.iter().map(|person| id_in(person)).collect();
        assert_eq!(ids, [0, 2, 4].map(|index| story.picked[index].to_string()));
    }
}

pub(crate) fn id_in(person: &str) -> String {
    let person: Value = serde_json::from_str(person).expect("JSON");
    person["application_id"].as_str().expect("an id").to_owned()
}

#[test]
fn who_cannot_go_is_named_and_nothing_is_changed_but_the_audit() {
    let mut story = five();
    let unknown = ApplicationId::from(Uuid::from_u128(77));
    let mut asked = story.picked.clone();
    asked.extend([story.picked[0], unknown]);
    told(&mut story.world.conn);
    for (leave_out, can_be_created) in [(LeaveOut::Refuse, false), (LeaveOut::Skip, false)] {
        let picked = Picked::Ids(asked.clone());
        let shown = story.look(&NewExport { picked, leave_out, ..story.new.clone() });
        let shown = shown.expect("shown");
        let refused = |index: usize, number: Option<usize>, why| Refused {
            index: Some(index),
            id: asked[index],
            full_name: number.map(|number| format!("Ada Example {number}")),
            why,
        };
        let expected = [
            refused(1, Some(2), Unexportable::Withdrawn),
            refused(3, Some(4), Unexportable::Restricted),
            refused(5, Some(1), Unexportable::Duplicate),
            refused(6, None, Unexportable::NotFound),
        ];
        assert_eq!((shown.cannot_go, shown.cannot_go_total), (expected.to_vec(), 4));
        assert_eq!((shown.candidate_count, shown.left_out), (3, ONE_EACH));
        assert_eq!(shown.can_be_created, can_be_created, "a mistake is one in either mode");
    }
    let skipped = story.look(&story.skip()).expect("shown");
    assert_eq!((skipped.cannot_go_total, skipped.can_be_created), (2, true));
    let events = told(&mut story.world.conn);
    assert_eq!(events.len(), 3, "{events:?}");
    assert_eq!(
        (events[0].action.as_str(), events[0].object.kind.as_str()),
        ("export.previewed", "vacancy")
    );
    assert_eq!(events[0].details["candidates"], 3);
    for table in ["exports", "export_jobs", "export_payloads", "export_applications"] {
        assert_eq!(count(&mut story.world.conn, table), 0, "{table}");
    }
}

#[test]
fn what_changed_since_it_was_seen_is_not_queued() {
    let changed_name = || {
        let mut line = candidate(3);
        line["last_name"] = json!("Changed");
        line
    };
    let changed_rating = || {
        let mut line = application("V-1", 5, "Applied");
        line["rating"] = json!({"value": 4.5, "scale_min": 1, "scale_max": 5});
        line
    };
    let another_withdraws = || {
        let mut line = application("V-1", 3, "Applied");
        line["status"] = json!("withdrawn");
        line
    };
    for (what, line) in [
        ("a name", changed_name()),
        ("a rating", changed_rating()),
        ("a withdrawal", another_withdraws()),
        (
            "a title",
            json!({"kind": "vacancy", "reference": "V-1", "title": "Other", "stages": ["Applied", "Shortlisted"]}),
        ),
    ] {
        for select in [false, true] {
            let mut story = five();
            let new = if select { story.everybody() } else { story.skip() };
            let digest = story.look(&new).expect("shown").selection_digest;
            story.change(line.clone());
            let confirmed = NewExport { selection_digest: digest, ..new };
            let rosa = story.world.rosa.clone();
            let refused = try_export(&mut story.world.conn, &rosa, &confirmed);
            assert_eq!(refused, Err(CreateRefusal::SelectionChanged), "{what}");
            assert_eq!(count(&mut story.world.conn, "exports"), 0, "{what}");
            let shown = story.look(&confirmed).expect("shown");
            assert!(!shown.can_be_created, "{what}");
            let seen = NewExport { selection_digest: shown.selection_digest, ..confirmed };
            try_export(&mut story.world.conn, &rosa, &seen).expect("seen as it is now");
        }
    }
}

#[test]
fn the_same_people_for_another_webhook_are_another_selection() {
    let mut story = five();
    let other = webhook(&mut story.world.conn, &story.world.admin, 2);
    let digest = story.look(&story.skip()).expect("shown").selection_digest;
    let new = NewExport { webhook_id: other, selection_digest: digest, ..story.skip() };
    let rosa = story.world.rosa.clone();
    let refused = try_export(&mut story.world.conn, &rosa, &new);
    assert_eq!(refused, Err(CreateRefusal::SelectionChanged));
}

#[test]
fn another_organisation_s_people_are_neither_found_nor_shown() {
    let mut story = five();
    let stranger = story.world.stranger.clone();
    let (theirs, _) = people(&mut story.world.conn, &stranger, 2);
    let new = NewExport { vacancy_id: theirs, ..story.everybody() };
    let unknown = CreateRefusal::Unknown { vacancy: true, webhook: false };
    assert_eq!(story.look(&new).err(), Some(unknown));
    let mine = story.everybody();
    let seen = exports::preview(&mut story.world.conn, &stranger, &mine, 3).expect("Postgres");
    assert_eq!(seen.err(), Some(CreateRefusal::Unknown { vacancy: true, webhook: true }));
}

#[test]
fn what_is_to_be_known_is_noticed_with_its_numbers() {
    let mut story = five();
    let first = NewExport { picked: Picked::Ids(story.picked[..1].to_vec()), ..story.new.clone() };
    let facts = story.look(&first).expect("shown").noticed.facts;
    assert_eq!((facts.already_sent, facts.ever_accepted), (None, false));
    assert_eq!((facts.may_not_be_contacted, facts.consent_expired, facts.rejected), (0, 0, 0));

    let admin = story.world.admin.clone();
    let made = try_export(&mut story.world.conn, &admin, &first).expect("accepted").export;
    let sent = story.look(&story.skip()).expect("shown").noticed.facts.already_sent;
    let sent = sent.expect("it is on its way");
    assert_eq!((sent.count, sent.export_id, sent.by), (1, made.id, Some(admin.requester())));
    assert_eq!(sent.at, made.requested_at);
    store::queue::notify(&mut story.world.conn, &[(story.world.northwind, story.new.webhook_id)])
        .expect("Postgres");
    let jobs = lease(&mut story.world.conn, 9);
    answer(&mut story.world.conn, jobs, 422);
    story
        .world
        .sql("UPDATE exports SET end_state = 'failed', ended_by = 'receiver', finished_at = now()");
    let sent = story.look(&story.skip()).expect("shown").noticed.facts.already_sent;
    assert_eq!(sent, None, "it did not arrive");
    story.world.sql("UPDATE exports SET ambiguous = true");
    assert!(story.look(&story.skip()).expect("shown").noticed.facts.already_sent.is_some());
    let other = webhook(&mut story.world.conn, &story.world.admin, 2);
    let elsewhere = NewExport { webhook_id: other, ..story.skip() };
    assert_eq!(story.look(&elsewhere).expect("shown").noticed.facts.already_sent, None);

    let mut third = candidate(3);
    third["can_contact"] = json!(false);
    third["consent_expires_at"] = json!("2020-01-01T00:00:00Z");
    let mut rejected = application("V-1", 3, "Applied");
    rejected["status"] = json!("rejected");
    let mut closed = vacancy("V-1", &["Applied", "Shortlisted"]);
    closed["status"] = json!("closed");
    import(&mut story.world.conn, &admin, &[closed, third, rejected]).expect("good lines");
    assert_eq!(vacancy_id(&mut story.world.conn, &admin, "V-1"), story.new.vacancy_id);
    let facts = story.look(&story.everybody()).expect("shown").noticed.facts;
    let counts = (facts.may_not_be_contacted, facts.consent_expired, facts.rejected);
    assert_eq!((counts, facts.vacancy), ((1, 1, 1), VacancyStatus::Closed));
    story.world.sql(
        "UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone', failing_since = now(), failures_in_a_row = 5",
    );
    let shown = story.look(&story.skip()).expect("a look all the same");
    assert!(shown.noticed.facts.disabled_at.is_some() && !shown.can_be_created);
    assert!(shown.noticed.facts.failing_since.is_some());
}
