//! `Idempotency-Key` and query strings, whatever a client sends.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use domain::role::Role;
use futures_util::FutureExt;
use proptest::prelude::*;
use validator::Validate;

use super::*;
use crate::auth::Member;
use crate::problem::{Kind, ProblemDocument};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// What the extractor makes of these headers.
fn key(values: &[&[u8]]) -> Result<Option<String>, Problem> {
    let mut request = TestRequest::default();
    for value in values {
        let value = HeaderValue::from_bytes(value).expect("a value that HTTP can carry");
        request = request.append_header((HEADER, value));
    }
    let request = request.to_http_request();
    let read = IdempotencyKey::from_request(&request, &mut Payload::None);
    read.now_or_never().expect("nothing to wait for").map(|key| key.0)
}

/// Bytes that a header may have: all but control characters.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![8 => 0x21..=0x7e_u8, 1 => Just(b' '), 1 => 0x80..=0xff_u8];
    prop_oneof![
        "[!-~]{1,255}".prop_map(String::into_bytes),
        "[!-~]{250,260}".prop_map(String::into_bytes),
        prop::collection::vec(byte, 0..300),
    ]
}

fn caller(subject: &str) -> Caller {
    let member = Member {
        issuer: "https://id.example.com".to_owned(),
        subject: subject.to_owned(),
        name: None,
        email: None,
        role: Role::Recruiter,
        organisation: None,
    };
    Caller {
        role: member.role,
        idempotency_scope: member.idempotency_scope(),
        patience: crate::wait::Patience::default(),
        actor: std::sync::Arc::new(member.into_actor(None)),
    }
}

#[derive(Debug, PartialEq, serde::Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Page {
    #[validate(range(min = 1, max = 200))]
    limit: Option<u32>,
    cursor: Option<String>,
}

proptest! {
    #[test]
    fn a_key_is_taken_as_it_is_or_refused(value in bytes()) {
        let visible = value.iter().all(u8::is_ascii_graphic) && (1..=255).contains(&value.len());
        match key(&[&value]) {
            Ok(read) => {
                prop_assert!(visible);
                prop_assert_eq!(read.map(String::into_bytes), Some(value));
            }
            Err(problem) => {
                prop_assert!(!visible, "{:?}", value);
                prop_assert_eq!(problem.kind(), Kind::Invalid);
            }
        }
    }

    #[test]
    fn two_keys_are_one_too_many(one in "[!-~]{1,20}", other in "[!-~]{1,20}") {
        for other in [&one, &other] {
            prop_assert!(key(&[one.as_bytes(), other.as_bytes()]).is_err());
        }
    }

    #[test]
    fn a_key_stands_for_one_request_of_one_caller(
        name in "[!-~]{1,20}", subject in "\\PC{1,12}", one in any::<Vec<String>>(), other in any::<Vec<String>>(),
    ) {
        let scoped = |subject: &str, request: &Vec<String>| {
            let key = IdempotencyKey(Some(name.clone()));
            key.scoped(&caller(subject), "export", request).ok().flatten().expect("a key")
        };
        let (first, again) = (scoped(&subject, &one), scoped(&subject, &one));
        prop_assert_eq!((&first.key, &first.caller), (&name, &again.caller));
        prop_assert_eq!(first.request_sha256, again.request_sha256);
        prop_assert_eq!(first.request_sha256 == scoped(&subject, &other).request_sha256, one == other);
        prop_assert_ne!(&first.caller, &scoped(&format!("{subject}x"), &one).caller);
    }

    #[test]
    fn a_query_is_read_whole_or_refused_without_its_values(text in "[a-z=&%+0-9;]{0,40}", value in "\\PC{0,20}") {
        let marked: String = form(&[("cursor", &format!("Zq7{value}")), ("limit", &format!("Zq7{value}"))]);
        for query in [text, marked] {
            match query::parse::<Page>(&query) {
                Ok(page) => prop_assert!(page.limit.is_none_or(|limit| (1..=200).contains(&limit))),
                Err(problem) => {
                    let document = serde_json::to_string(&ProblemDocument::from(&problem)).expect("JSON");
                    prop_assert_eq!(problem.kind(), Kind::Invalid);
                    prop_assert!(!document.contains("Zq7"), "{}", document);
                }
            }
        }
    }

    #[test]
    fn a_query_means_what_it_says(limit in 0..400_u32, cursor in any::<String>()) {
        let read = query::parse::<Page>(&form(&[("limit", &limit.to_string()), ("cursor", &cursor)]));
        let allowed = (1..=200).contains(&limit) && !cursor.contains('\0');
        prop_assert_eq!(read.ok(), allowed.then_some(Page { limit: Some(limit), cursor: Some(cursor) }));
        let twice = format!("limit=7&limit={limit}");
        prop_assert!(query::parse::<Page>(&twice).is_err(), "each at most once");
    }
}

/// The one error that a query has: its pointer and its words.
fn told<T: serde::de::DeserializeOwned + Validate>(text: &str) -> (String, String) {
    let problem = query::parse::<T>(text).err().expect("refused");
    let document = serde_json::to_value(ProblemDocument::from(&problem)).expect("JSON");
    let word = |name: &str| document["errors"][0][name].as_str().expect("text").to_owned();
    (word("pointer"), word("detail"))
}

#[test]
fn an_unknown_parameter_is_called_one() {
    let known = "known are limit, cursor";
    let cases = [
        ("foo=1", "/foo", format!("unknown parameter `foo`; {known}")),
        ("Limit=1", "/Limit", format!("unknown parameter `Limit`; {known}")),
        ("limit%5B%5D=1", "/limit[]", format!("unknown parameter `limit[]`; {known}")),
        ("a/b~=1", "/a~1b~0", format!("unknown parameter `a/b~`; {known}")),
        (
            "x%60,+expected+%60y%60=1",
            "/x`, expected `y`",
            format!("unknown parameter `x`, expected `y``; {known}"),
        ),
        ("=1", "/", format!("unknown parameter ``; {known}")),
    ];
    for (query, pointer, detail) in cases {
        assert_eq!(told::<Page>(query), (pointer.to_owned(), detail), "{query}");
    }
    let (pointer, detail) = told::<NoParameters>("foo=1");
    assert_eq!((&*pointer, &*detail), ("/foo", "unknown parameter `foo`; none is known here"));
    assert_eq!(told::<Page>("limit=1&limit=2"), ("/limit".to_owned(), "given twice".to_owned()));
}

#[derive(Debug, PartialEq, serde::Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(default, deserialize_with = "several::words")]
    status: Vec<domain::export::ExportStatus>,
}

#[test]
fn several_words_are_separated_by_commas() {
    use domain::export::ExportStatus::{Delivered, Failed};
    let cases = [
        ("", vec![]),
        ("status=failed", vec![Failed]),
        ("status=FAILED,Delivered", vec![Failed, Delivered]),
        ("status=failed%2C+delivered,,failed,", vec![Failed, Delivered]),
        ("status=failed&status=delivered", vec![Failed, Delivered]),
        ("status=failed&status=Delivered,failed&status=failed", vec![Failed, Delivered]),
    ];
    for (query, expected) in cases {
        assert_eq!(query::parse::<Words>(query).ok().map(|words| words.status), Some(expected));
    }
    let wrong = [
        "status=",
        "status=,",
        "status=&status=",
        "status=failed,Zq7",
        "status=failed&status=Zq7",
        "status=failed+delivered",
    ];
    let (pointer, detail) = told::<Words>("status=failed&status=failed&outcome=a&outcome=b");
    assert_eq!((&*pointer, detail.contains("unknown parameter")), ("/outcome", true), "{detail}");
    for query in wrong {
        let (pointer, detail) = told::<Words>(query);
        assert_eq!(pointer, "/status", "{query}");
        assert!(detail.starts_with("expected one") && !detail.contains("Zq7"), "{detail}");
    }
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
