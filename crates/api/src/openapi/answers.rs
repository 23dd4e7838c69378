//! Which problems each operation may answer, by status: what follows from its shape by rule, and
//! the rest by name. The client of the stories compares every refusal that it meets with it.

use std::collections::BTreeMap;

use actix_web::http::Method;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{AllOfBuilder, OneOfBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use super::idempotency;
use crate::problem::{Kind, ProblemDocument};

const MEDIA_TYPE: &str = "application/problem+json";

/// What an operation may answer beside what its shape tells.
const OF_OPERATIONS: &[(&str, &[Kind])] = &[
    (
        "create_webhook",
        &[Kind::UrlRefused, Kind::WebhookExists, Kind::WebhookNameTaken, Kind::TooManyWebhooks],
    ),
    ("delete_webhook", &[Kind::ExportsInProgress]),
    ("create_api_key", &[Kind::ApiKeyNameTaken, Kind::TooManyApiKeys]),
    ("replace_webhook", &[Kind::UrlRefused, Kind::WebhookExists, Kind::WebhookNameTaken]),
    ("resend_webhook_exports", &[Kind::WebhookDeleted, Kind::WebhookDisabled]),
    ("rotate_webhook_secret", &[Kind::RotationInProgress]),
    ("import_applications", &[Kind::ImportInvalid, Kind::ImportInProgress]),
    ("erase_candidate", &[Kind::ImportInProgress]),
    ("erase_candidate_by_reference", &[Kind::ImportInProgress]),
    (
        "create_export",
        &[
            Kind::ApplicationsNotExportable,
            Kind::TooManyCandidates,
            Kind::ChooseOne,
            Kind::ExportTooLarge,
            Kind::NobodyToSend,
            Kind::SelectionChanged,
            Kind::WebhookDisabled,
        ],
    ),
    (
        "preview_export",
        &[Kind::ChooseOne, Kind::TooManyCandidates, Kind::ExportTooLarge, Kind::NobodyToSend],
    ),
    ("get_export_payload", &[Kind::PayloadGone]),
    ("forget_export_payload", &[Kind::ExportInProgress]),
    ("cancel_export", &[Kind::ExportFinished]),
    (
        "resend_export",
        &[
            Kind::ExportInProgress,
            Kind::PayloadNotKept,
            Kind::WebhookDeleted,
            Kind::WebhookDisabled,
            Kind::NobodyLeft,
        ],
    ),
    ("mark_notifications_seen", &[Kind::ChooseOne]),
    ("get_readiness", &[Kind::Unavailable]),
    ("get_receipt_keys", &[Kind::Unavailable]),
];

/// What is told in the head of the document alone: no operation's own.
#[cfg(test)]
const OF_NO_OPERATION: &[Kind] =
    &[Kind::Internal, Kind::OriginRefused, Kind::MethodNotAllowed, Kind::WebhookNotEditable];

/// Members that a problem of this kind always has.
fn members(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::UrlRefused => &["rule"],
        Kind::TooManyCandidates | Kind::ExportTooLarge => &["limit", "actual"],
        Kind::TooManyWebhooks | Kind::TooManyApiKeys | Kind::RotationInProgress => &["limit"],
        Kind::ExportsInProgress => &["exports", "actual"],
        Kind::WebhookExists => &["webhook_id"],
        _ => &[],
    }
}

/// Adds the problems that an operation may answer to its responses.
pub(super) fn tell(method: &Method, operation: &mut Operation) {
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    let told: Vec<_> = by_shape(method, operation).chain(by_name(operation)).collect();
    for kind in Kind::ALL.iter().filter(|kind| told.contains(kind)) {
        by_status.entry(kind.status().as_u16()).or_default().push(*kind);
    }
    for (status, kinds) in by_status {
        let response = match kinds.as_slice() {
            [kind] => RefOr::Ref(Ref::from_response_name(format!("{kind:?}"))),
            several => RefOr::T(response(several)),
        };
        operation.responses.responses.insert(status.to_string(), response);
    }
    let any = RefOr::Ref(Ref::from_response_name("Problem"));
    operation.responses.responses.insert("default".to_owned(), any);
}

fn by_name(operation: &Operation) -> impl Iterator<Item = Kind> {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let named = OF_OPERATIONS.iter().filter(move |(name, _)| *name == id);
    named.flat_map(|(_, kinds)| kinds.iter().copied())
}

/// What holds by rule: for every request, for what needs a token, for what takes this or that.
fn by_shape(method: &Method, operation: &Operation) -> impl Iterator<Item = Kind> {
    let takes = |place: ParameterIn, name: Option<&str>| {
        operation.parameters.iter().flatten().any(|parameter| {
            matches!(parameter, RefOr::T(it)
                if it.parameter_in == place && name.is_none_or(|name| it.name == name))
        })
    };
    // Without any of its own: the document's, which asks for a token.
    let open = SecurityRequirement::default();
    let needs_token = operation.security.iter().flatten().all(|one| *one != open);
    // What looks for a body refuses one that it cannot read, also where it should have none.
    let takes_body = *method != Method::GET;
    let rules: [(bool, &[Kind]); 6] = [
        (true, &[Kind::HeadUnreadable, Kind::HeadTooLarge, Kind::Timeout]),
        (
            needs_token,
            &[
                Kind::Unauthenticated,
                Kind::Forbidden,
                Kind::OrganisationUnknown,
                Kind::Invalid,
                Kind::TooManyRequests,
                Kind::Unavailable,
            ],
        ),
        (
            needs_token && takes_body,
            &[Kind::Unparsable, Kind::BodyTooLarge, Kind::UnsupportedMediaType],
        ),
        (takes(ParameterIn::Path, None), &[Kind::NotFound]),
        (takes(ParameterIn::Query, Some("cursor")), &[Kind::CursorMismatch]),
        // What the key stands for may have been deleted since.
        (idempotency::is_taken(operation), &[Kind::IdempotencyKeyReused, Kind::NotFound]),
    ];
    rules.into_iter().filter(|(holds, _)| *holds).flat_map(|(_, kinds)| kinds.iter().copied())
}

/// The schema of each kind, by name: a problem with that `type`, and the members that come with it.
pub(super) fn schemas() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    let one = |kind: &Kind| {
        let mut its_own = ObjectBuilder::new()
            .property("type", Kind::one_of(&[*kind], "This kind."))
            .required("type");
        for member in members(*kind) {
            its_own = its_own.required(*member);
        }
        let all = AllOfBuilder::new()
            .item(Ref::from_schema_name(ProblemDocument::name()))
            .item(its_own)
            .description(Some(format!("{}.", kind.title())));
        (schema_name(*kind), RefOr::T(Schema::AllOf(all.build())))
    };
    let types = (Kind::name().into_owned(), Kind::schema());
    Kind::ALL.iter().map(one).chain([types])
}

/// The responses that operations share, by name.
pub(super) fn responses() -> impl Iterator<Item = (String, RefOr<Response>)> {
    let one = |kind: &Kind| (format!("{kind:?}"), RefOr::T(response(&[*kind])));
    let any = ResponseBuilder::new()
        .description(
            "Any other problem (RFC 9457). Tell kinds that you do not know by their status: a \
             version may add some.",
        )
        .content(MEDIA_TYPE, content([ProblemDocument::name().into_owned()]))
        .build();
    Kind::ALL.iter().map(one).chain([("Problem".to_owned(), RefOr::T(any))])
}

fn response(kinds: &[Kind]) -> Response {
    let told = kinds.iter().map(|kind| format!("`{}`: {}.", kind.slug(), kind.title()));
    let told = told.collect::<Vec<_>>().join(" ");
    let names = kinds.iter().map(|kind| schema_name(*kind));
    let mut response = ResponseBuilder::new().description(told).content(MEDIA_TYPE, content(names));
    let waits = [Kind::TooManyRequests, Kind::Unavailable, Kind::ImportInProgress];
    if kinds.iter().any(|kind| waits.contains(kind)) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        let header = HeaderBuilder::new()
            .schema(Some(seconds.build()))
            .description(Some("Seconds after which to try again"));
        response = response.header("Retry-After", header.build());
    }
    response.build()
}

fn content(names: impl IntoIterator<Item = String>) -> utoipa::openapi::Content {
    let mut names: Vec<_> = names.into_iter().map(Ref::from_schema_name).collect();
    let schema: RefOr<Schema> = if names.len() == 1 {
        RefOr::Ref(names.remove(0))
    } else {
        let choice = names.into_iter().fold(OneOfBuilder::new(), OneOfBuilder::item);
        RefOr::T(Schema::OneOf(choice.build()))
    };
    ContentBuilder::new().schema(Some(schema)).build()
}

fn schema_name(kind: Kind) -> String {
    format!("{kind:?}Problem")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_is_documented_and_every_row_is_of_an_operation() {
        let document = json!(crate::openapi::document());
        let paths = document["paths"].as_object().expect("paths").values();
        let operations: Vec<_> =
            paths.flat_map(|item| item.as_object().expect("an item").values()).collect();
        let ids: BTreeSet<_> =
            operations.iter().filter_map(|it| it["operationId"].as_str()).collect();
        for (name, _) in OF_OPERATIONS {
            assert!(ids.contains(name), "{name} is no operation");
        }
        let text = json!([document["paths"], document["components"]["responses"]]).to_string();
        for kind in Kind::ALL {
            let schema = format!("/{}\"", schema_name(*kind));
            let is_told = text.contains(&schema);
            assert_ne!(
                is_told,
                OF_NO_OPERATION.contains(kind),
                "{kind:?}: name it in OF_OPERATIONS"
            );
        }
    }
}
