//! The bytes that are frozen person by person are those of the payload as a whole.

use domain::export::ExportType;
use domain::include::Include;
use domain::payload::{
    ApplicationRecord, Freezer, PayloadContext, TooLarge, build, test_people, test_vacancy,
};
use domain::requester::Requester;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::records::{application, context};

pub(crate) fn freeze(
    context: &PayloadContext,
    people: &[ApplicationRecord],
    limit: usize,
) -> Result<Vec<u8>, TooLarge> {
    let mut freezer = Freezer::new(context.clone(), people.len(), limit);
    people.iter().for_each(|person| freezer.add(person));
    freezer.finish().map(|frozen| frozen.parts.concat())
}

fn whole(context: &PayloadContext, people: &[ApplicationRecord]) -> Vec<u8> {
    serde_json::to_vec(&build(context, people)).expect("JSON")
}

fn crowd(count: usize) -> Vec<ApplicationRecord> {
    let somebody = application();
    let named = |number| {
        let mut application = somebody.clone();
        application.person.full_name = format!("Zoë \"{number}\" ]}} \\ Example");
        application
    };
    (0..count).map(named).collect()
}

#[test]
fn it_is_byte_for_byte_what_is_built() {
    let plain = context();
    let test = PayloadContext {
        export_type: ExportType::Test,
        vacancy: test_vacancy(),
        include: Include::NOTHING,
        ..context()
    };
    for count in [0, 1, 2, 3, 2_000] {
        let people = crowd(count);
        for context in [&plain, &test] {
            let frozen = freeze(context, &people, usize::MAX).expect("no limit");
            assert!(frozen == whole(context, &people), "{count} people");
        }
    }
    let people = test_people(test.requested_at);
    assert_eq!(freeze(&test, &people, usize::MAX), Ok(whole(&test, &people)));
}

/// Neither many small pieces nor one that has to be copied to grow.
#[test]
fn it_comes_in_parts_of_a_mebibyte() {
    let people = crowd(2_000);
    let mut freezer = Freezer::new(context(), people.len(), usize::MAX);
    people.iter().for_each(|person| freezer.add(person));
    let parts = freezer.finish().expect("no limit").parts;
    assert!(parts.len() > 3, "{} parts", parts.len());
    let (last, whole) = parts.split_last().expect("parts");
    let mebibyte = 1024 * 1024;
    assert!(whole.iter().all(|part| (mebibyte..mebibyte * 17 / 16).contains(&part.len())));
    assert!(last.len() < mebibyte);
}

#[test]
fn one_byte_too_many_is_told_with_all_that_there_would_be() {
    for count in [0, 1, 2, 50] {
        let people = crowd(count);
        let bytes = whole(&context(), &people);
        let actual = bytes.len();
        assert_eq!(freeze(&context(), &people, actual), Ok(bytes), "exactly as large as allowed");
        for limit in [actual - 1, actual - 2, actual - 3, actual / 2, 1, 0] {
            assert_eq!(freeze(&context(), &people, limit), Err(TooLarge { actual }), "{limit}");
        }
    }
}

/// Where their number is not known before them, and where nothing is kept but the first of them.
#[test]
fn it_is_the_same_whoever_is_counted_when() {
    for count in [0, 1, 9, 10, 1_200] {
        let people = crowd(count);
        let bytes = whole(&context(), &people);
        for limit in [bytes.len(), bytes.len() - 1] {
            let fits = limit == bytes.len();
            let unknown = Freezer::new(context(), 0, limit).digesting();
            let known = Freezer::new(context(), count, limit).digesting();
            let looked = Freezer::new(context(), 0, limit).digesting().sampling(3);
            let [unknown, known, looked] = [unknown, known, looked].map(|mut freezer| {
                people.iter().for_each(|person| freezer.add(person));
                freezer.finish()
            });
            if !fits {
                let told = [unknown, known, looked].map(|refused| refused.err());
                assert_eq!(told, [Some(TooLarge { actual: bytes.len() }); 3], "{count}");
                continue;
            }
            let frozen = [unknown, known, looked].map(|frozen| frozen.expect("fits"));
            assert!(frozen.iter().all(|frozen| frozen.bytes == bytes.len()));
            assert!(frozen[..2].iter().all(|frozen| frozen.parts.concat() == bytes));
            let [unknown, known, looked] = frozen;
            assert!(looked.parts.is_empty());
            let sent: Payload = serde_json::from_slice(&bytes).expect("ours");
            let first: Vec<_> = sent.candidates.iter().take(3).map(|one| one.get()).collect();
            let sample: Vec<_> =
                looked.sample.iter().map(|one| std::str::from_utf8(one).expect("text")).collect();
            assert_eq!(sample, first);
            let digests = [unknown, known, looked].map(|one| one.content.expect("asked"));
            assert!(digests.windows(2).all(|two| two[0] == two[1]));
        }
    }
}

#[derive(Deserialize)]
struct Payload {
    candidates: Vec<Box<RawValue>>,
}

#[test]
fn the_digest_tells_what_receivers_get_and_nothing_of_the_export() {
    let digest = |context: &PayloadContext, people: &[ApplicationRecord]| {
        let mut freezer = Freezer::new(context.clone(), people.len(), usize::MAX).digesting();
        people.iter().for_each(|person| freezer.add(person));
        freezer.finish().expect("no limit").content.expect("asked")
    };
    let people = crowd(3);
    let before = digest(&context(), &people);
    let later = PayloadContext {
        export_id: uuid::Uuid::from_u128(9).into(),
        requested_at: context().requested_at + chrono::TimeDelta::days(1),
        requester: Requester { id: "auth0|ben".to_owned(), ..context().requester },
        ..context()
    };
    assert_eq!(digest(&later, &people), before);
    let mut changes: Vec<(PayloadContext, Vec<ApplicationRecord>)> = Vec::new();
    let mut changed = |change: &dyn Fn(&mut PayloadContext, &mut Vec<ApplicationRecord>)| {
        let (mut context, mut people) = (context(), people.clone());
        change(&mut context, &mut people);
        changes.push((context, people));
    };
    changed(&|_, people| people.swap(0, 1));
    changed(&|_, people| drop(people.pop()));
    changed(&|_, people| people[1].person.full_name.push('.'));
    changed(&|_, people| people[2].stage.push('.'));
    changed(&|context, _| context.include = Include::NOTHING);
    changed(&|context, _| context.vacancy.title.push('.'));
    changed(&|context, _| context.organisation.name.push('.'));
    for (number, (context, people)) in changes.iter().enumerate() {
        assert_ne!(digest(context, people), before, "change {number}");
    }
}

/// A person whose texts are whatever text can be.
fn person() -> impl Strategy<Value = ApplicationRecord> {
    (any::<String>(), any::<Option<String>>(), any::<Option<String>>()).prop_map(
        |(full_name, cover_letter, source)| {
            let mut application = application();
            application.person.full_name = full_name;
            application.cover_letter = cover_letter;
            application.source = source;
            application
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_people_under_any_limit(
        people in prop::collection::vec(person(), 0..6),
        share in 0.0..1.2,
    ) {
        let bytes = whole(&context(), &people);
        let actual = bytes.len();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "a payload of a few kilobytes")]
        let limit = (actual as f64 * share) as usize;
        let expected = if limit < actual { Err(TooLarge { actual }) } else { Ok(bytes) };
        prop_assert_eq!(freeze(&context(), &people, limit), expected);
    }
}
