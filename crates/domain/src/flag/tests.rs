//! Facts and what is unusual about them.

use chrono::{TimeDelta, TimeZone};

use super::*;

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 3, 12, 0).single().expect("a time")
}

/// An export that nobody would look at twice.
fn usual() -> Facts<'static> {
    Facts {
        people: 10,
        requested_at: at(),
        derived: false,
        volume: Volume { people_before: 20, people: 1_400, days: 40 },
        hours: Hours { exports: 1_840, weeks: 13, around: 40 },
        vacancy_people: Some(10_000),
        receiver: Receiver {
            host: "hooks.zapier.com",
            registered_at: at() - TimeDelta::days(100),
            accepted_before: true,
            large_before: true,
            shared: false,
        },
    }
}

fn reasons(facts: &Facts<'_>) -> Vec<FlagReason> {
    judge(facts).into_iter().map(|flag| flag.reason).collect()
}

#[test]
fn each_reason_has_its_threshold() {
    use FlagReason::{
        FirstLargeExport, InspectionService, SharedUrl, UnusualHours, UnusualVolume, WholeVacancy,
    };
    type Change = fn(&mut Facts<'_>);
    let cases: [(&str, Change, &[FlagReason]); 24] = [
        ("a usual one", |_| {}, &[]),
        ("below five times the usual", |it| it.people = 154, &[]),
        ("five times the usual", |it| it.people = 155, &[UnusualVolume]),
        ("told already", |it| it.volume.people_before = 180, &[]),
        ("not twice that yet", |it| it.volume.people_before = 339, &[]),
        ("twice that", |it| it.volume.people_before = 340, &[UnusualVolume]),
        ("nobody knows what is usual", |it| (it.people, it.volume.days) = (9_000, 4), &[]),
        (
            "few people are never far above",
            |it| it.volume = Volume { people_before: 80, people: 5, days: 5 },
            &[],
        ),
        (
            "a hundred are",
            |it| it.volume = Volume { people_before: 90, people: 5, days: 5 },
            &[UnusualVolume],
        ),
        ("a whole vacancy", |it| (it.people, it.vacancy_people) = (20, Some(20)), &[WholeVacancy]),
        ("all but one", |it| (it.people, it.vacancy_people) = (20, Some(21)), &[]),
        ("a small vacancy", |it| (it.people, it.vacancy_people) = (19, Some(19)), &[]),
        ("nobody counted", |it| (it.people, it.vacancy_people) = (20, None), &[]),
        ("an unusual hour", |it| it.hours.around = 3, &[UnusualHours]),
        ("not that unusual", |it| it.hours.around = 4, &[]),
        ("too few exports", |it| (it.hours.around, it.hours.exports) = (0, 99), &[]),
        ("a young organisation", |it| (it.hours.around, it.hours.weeks) = (0, 5), &[]),
        (
            "large, to one that accepted nothing",
            |it| {
                it.people = 50;
                (it.receiver.accepted_before, it.receiver.large_before) = (false, false);
            },
            &[FirstLargeExport],
        ),
        (
            "large, to a new one",
            |it| {
                (it.people, it.receiver.large_before) = (50, false);
                it.receiver.registered_at = at() - TimeDelta::days(6);
            },
            &[FirstLargeExport],
        ),
        (
            "the second large one",
            |it| {
                it.people = 50;
                it.receiver.registered_at = at() - TimeDelta::days(6);
            },
            &[],
        ),
        (
            "small, to a new one",
            |it| {
                (it.people, it.receiver.large_before) = (49, false);
                it.receiver.registered_at = at();
            },
            &[],
        ),
        ("a shared URL", |it| it.receiver.shared = true, &[SharedUrl]),
        ("a place to look at", |it| it.receiver.host = "webhook.site", &[InspectionService]),
        (
            "carried on: only where it goes is looked at",
            |it| {
                it.derived = true;
                (it.people, it.vacancy_people, it.hours.around) = (5_000, Some(5_000), 0);
                it.receiver.shared = true;
            },
            &[SharedUrl],
        ),
    ];
    for (what, change, expected) in cases {
        let mut facts = usual();
        change(&mut facts);
        assert_eq!(reasons(&facts), expected, "{what}");
    }
}

#[test]
fn a_day_is_told_a_few_times_however_many_exports_it_has() {
    let mut facts = usual();
    facts.people = 1;
    let mut told = 0;
    for before in 0..100_000 {
        facts.volume.people_before = before;
        told += judge(&facts).len();
    }
    assert_eq!(told, 10, "at 175 people, and whenever they have doubled");
}

#[test]
fn flags_are_told_in_sentences() {
    let mut facts = usual();
    facts.people = 4_190;
    facts.vacancy_people = Some(4_190);
    facts.hours.around = 2;
    facts.receiver = Receiver {
        host: "webhook.site",
        registered_at: at(),
        accepted_before: false,
        large_before: false,
        shared: true,
    };
    let subject = |now| Subject { who: "Rosa", host: "webhook.site", requested_at: at(), now };
    let flags = judge(&facts);
    assert_eq!(flags.len(), FlagReason::ALL.len());
    let today: Vec<String> = flags.iter().map(|flag| sentence(flag, &subject(at()))).collect();
    insta::assert_snapshot!(today.join("\n"), @r"
    Rosa exported 4,210 people today; usually it is about 35 a day.
    Rosa exported all 4,190 people of a vacancy at once, everybody who may be exported.
    Rosa asked for this at 03:12 UTC on a Sunday; of 1,840 exports in the 90 days before, 2 were asked for around that time.
    This is the first large export to a new webhook: 4,190 people.
    Another organisation has registered the same URL: make sure that webhook.site is the receiver that you mean.
    webhook.site is a service for trying out webhooks: others may see what arrives there. It is no place for people's data.
    ");
    let later = sentence(&flags[0], &subject(at() + TimeDelta::days(2)));
    assert_eq!(later, "Rosa exported 4,210 people on 22 Nov; usually it is about 35 a day.");
}

#[test]
fn flags_are_written_and_read_back() {
    let mut facts = usual();
    facts.receiver.shared = true;
    let flags = judge(&facts);
    let json = serde_json::to_string(&flags).expect("JSON");
    assert_eq!(json, r#"[{"reason":"shared_url","figures":{"people":10}}]"#);
    assert_eq!(serde_json::from_str::<Vec<Flag>>(&json).expect("flags"), flags);
}
