//! The bytes that are frozen person by person are those of the payload as a whole.

use domain::export::ExportType;
use domain::include::Include;
use domain::payload::{
    ApplicationRecord, Freezer, PayloadContext, TooLarge, build, test_people, test_vacancy,
};
use proptest::prelude::*;

use crate::records::{application, context};

pub(crate) fn freeze(
    context: &PayloadContext,
    people: &[ApplicationRecord],
    limit: usize,
) -> Result<Vec<u8>, TooLarge> {
    let mut freezer = Freezer::new(context.clone(), people.len(), limit);
    people.iter().for_each(|person| freezer.add(person));
    freezer.finish().map(|(_, parts)| parts.concat())
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
    let (_, parts) = freezer.finish().expect("no limit");
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
