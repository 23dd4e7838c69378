//! The closed set of problems, with the pages that `/problems/{slug}` serves.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Defines the kinds and their table from one list.
macro_rules! kinds {
    ($($kind:ident = $status:ident $slug:literal $title:literal $description:literal;)+) => {
        /// What kind of problem it is: its `type` is `/problems/{slug}`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $(#[doc = $description] $kind,)+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The last segment of its `type`.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug,)+ }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status,)+ }
            }

            /// The same few words for each problem of this kind.
            pub fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)+ }
            }

            /// What it means and what to do, for `/problems/{slug}`.
            pub fn description(self) -> &'static str {
                match self { $(Self::$kind => $description,)+ }
            }
        }
    };
}

kinds! {
    Unparsable = BAD_REQUEST "unparsable" "The request cannot be read"
        "The body is empty, is not JSON (or not NDJSON, for an import), is nested more than 32 levels deep, or broke off; also where its chunks are not as HTTP/1.1 asks. Correct its syntax.";
    HeadUnreadable = BAD_REQUEST "head_unreadable" "The head of the request cannot be read"
        "The request line or a header is not as HTTP/1.1 asks: one Host, at most one Content-Length or else Transfer-Encoding: chunked, an address of at most 64 KiB. The connection is closed.";
    HeadTooLarge = REQUEST_HEADER_FIELDS_TOO_LARGE "head_too_large" "The head of the request is too large"
        "Request line and headers may have 128 KiB and 96 headers together. The connection is closed.";
    Unauthenticated = UNAUTHORIZED "unauthenticated" "No token that is accepted"
        "The request carries no token and no API key, or one that is not accepted. Send Authorization: Bearer with a current token of the identity provider, or with an API key that was neither revoked nor has expired.";
    Forbidden = FORBIDDEN "forbidden" "Your role may not do this"
        "The token is valid, but its role does not allow this operation, or it is an API key and the operation takes a person. Ask an organisation admin.";
    OrganisationUnknown = FORBIDDEN "organisation_unknown" "Your organisation is not known here"
        "The token names an organisation that this installation does not have. Ask whoever runs it.";
    OriginRefused = FORBIDDEN "origin_refused" "A page of this origin may not send this request"
        "A browser asked whether a page of another origin may send a request, and it may not: its origin, method or a header is not among those allowed. CORS_ORIGINS lists the origins.";
    NotFound = NOT_FOUND "not_found" "Not found"
        "There is no such object, or it is not yours: both look the same. Where no operation has the address, detail says so; /docs shows all that there are.";
    MethodNotAllowed = METHOD_NOT_ALLOWED "method_not_allowed" "This method does not work here"
        "The address exists, but not for this HTTP method. The Allow header lists those that work.";
    WebhookNotEditable = METHOD_NOT_ALLOWED "webhook_not_editable" "A webhook cannot be edited"
        "Webhooks cannot be edited after creation. 1. Delete the existing webhook. 2. Create a new webhook with the correct URL. 3. Update any references to the old URL.";
    BodyTooLarge = PAYLOAD_TOO_LARGE "body_too_large" "The request is too large"
        "A JSON body may have 1 MiB, an import 1 GiB and a million lines. Send less at once.";
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "Wrong content type"
        "Operations with a body take application/json, the import application/x-ndjson; neither compressed.";
    Invalid = UNPROCESSABLE_ENTITY "invalid" "Some values are not accepted"
        "The request was read, but some values may not be. Each entry of errors has a JSON pointer into the body (or the name of a query parameter after the slash) and says what is expected.";
    UrlRefused = UNPROCESSABLE_ENTITY "url_refused" "This URL may not be registered"
        "The URL breaks a rule; rule names it and detail says what to do. Receivers must be reachable from the internet by https.";
    CursorMismatch = UNPROCESSABLE_ENTITY "cursor_mismatch" "This cursor belongs to another list"
        "A cursor continues exactly the list that it came from: same filters, same organisation, same role. Start again without it.";
    ApplicationsNotExportable = UNPROCESSABLE_ENTITY "applications_not_exportable" "Some applications cannot be exported"
        "Nothing was queued. Each entry of errors names an application that is not in this vacancy, is named twice, was withdrawn, or whose candidate is restricted. Leave those out.";
    ChooseOne = UNPROCESSABLE_ENTITY "choose_one" "One of two members is expected"
        "Of the members that errors names exactly one is given: an export is asked for by application_ids or by select, notifications are marked by ids or up to one.";
    NobodyToSend = UNPROCESSABLE_ENTITY "nobody_to_send" "Nobody would be sent"
        "The filters mean nobody in this vacancy, or everybody who is meant withdrew or is restricted. Nothing was queued.";
    TooManyCandidates = UNPROCESSABLE_ENTITY "too_many_candidates" "Too many candidates for one export"
        "An export is one request and is never split. Select fewer candidates; limit and actual tell how many.";
    ExportTooLarge = UNPROCESSABLE_ENTITY "export_too_large" "The payload would be too large"
        "An export is one request and is never split. Select fewer candidates; limit and actual are in bytes.";
    ImportInvalid = UNPROCESSABLE_ENTITY "import_invalid" "Nothing was imported"
        "Some lines are not accepted, so none was imported. Each entry of errors has the number of the line, a JSON pointer into it and the reason.";
    ImportInProgress = CONFLICT "import_in_progress" "Another import is running"
        "An organisation imports one file at a time. The one that runs may be the same request, sent before: repeat yours under the same Idempotency-Key, after Retry-After, until it is answered.";
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY "idempotency_key_reused" "This Idempotency-Key was used for another request"
        "Within 24 hours a key stands for one request. Use a fresh key for another one.";
    WebhookExists = CONFLICT "webhook_exists" "This URL is registered already"
        "A live webhook of your organisation already uses this URL; detail names it. Use that one, or delete it first.";
    WebhookNameTaken = CONFLICT "webhook_name_taken" "This name is taken"
        "A live webhook of your organisation has this name. Choose another.";
    TooManyWebhooks = CONFLICT "too_many_webhooks" "Your organisation has as many webhooks as it may"
        "Delete one that is no longer needed; limit tells how many may live at once.";
    ApiKeyNameTaken = CONFLICT "api_key_name_taken" "This name is taken"
        "A live API key of your organisation has this name. Choose another, or revoke that key first.";
    TooManyApiKeys = CONFLICT "too_many_api_keys" "Your organisation has as many API keys as it may"
        "Revoke one that is no longer needed; limit tells how many may live at once.";
    SelectionChanged = CONFLICT "selection_changed" "What would go out has changed since the preview"
        "Somebody or something in the selection changed after the preview whose selection_digest was given, or other people are left out. Nothing was queued. Look at a new preview, and confirm that.";
    WebhookDisabled = CONFLICT "webhook_disabled" "This webhook is disabled"
        "Delivery to it was switched off, because the receiver said that the address is closed or failed for days. An organisation admin can test it as it is, and enable it for exports once the test is accepted; or create another.";
    ExportsInProgress = CONFLICT "exports_in_progress" "Exports to this webhook are in progress"
        "A webhook with exports in progress is deleted only with cancel_pending=true: what waits is cancelled, what is on the wire finishes. exports lists them with their next tries.";
    RotationInProgress = CONFLICT "rotation_in_progress" "Too many secrets sign along"
        "Each earlier secret signs along for 24 hours after it was replaced, five at most. Once the receiver has the current one, call end-rotation; or wait until the oldest stops.";
    ExportFinished = CONFLICT "export_finished" "This export has ended"
        "An export that was delivered, has failed or was cancelled cannot be cancelled.";
    ExportInProgress = CONFLICT "export_in_progress" "This export is in progress"
        "Only an export that has ended can be resent, to whichever webhook, or have its payload forgotten. Wait for its end, or cancel it first.";
    NobodyLeft = CONFLICT "nobody_left" "Nobody in this export may be sent any more"
        "All of its people were restricted or withdrew since it was asked for. Nothing was queued.";
    PayloadNotKept = CONFLICT "payload_not_kept" "The data of this export is no longer kept"
        "The payload was deleted at the end of its retention, or before on request. Export the candidates again.";
    PayloadGone = GONE "payload_gone" "The data of this export is no longer kept"
        "The payload was deleted at the end of its retention, or before on request; its digest and size remain.";
    WebhookDeleted = CONFLICT "webhook_deleted" "The webhook of this export was deleted"
        "A deleted webhook receives nothing. Resend to another webhook (webhook_id), or export the candidates there.";
    TooManyRequests = TOO_MANY_REQUESTS "too_many_requests" "Too often"
        "A webhook takes ten tests an hour, and a member has two imports and 200 other bodies on their way and ten live streams open at once. A caller and an organisation have so many requests a second (CALLER_LIMIT, ORGANISATION_LIMIT), which RateLimit and RateLimit-Policy tell. Retry-After tells when to try again.";
    Timeout = REQUEST_TIMEOUT "timeout" "The request took too long to arrive"
        "Head or body did not arrive in time: 10 s for the head, 30 s for a JSON body, 10 minutes (IMPORT_TIMEOUT) for an import. Send it again over a better connection.";
    Unavailable = SERVICE_UNAVAILABLE "unavailable" "Not available just now"
        "The database cannot be reached or takes no writes, the identity provider's keys cannot be read, or the service is starting. Retry-After tells when to try again.";
    Internal = INTERNAL_SERVER_ERROR "internal" "Something broke on our side"
        "It is logged with the id in instance. If it persists, tell support that id.";
}

/// What `/problems/{slug}` serves.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemPage {
    /// `/problems/{slug}`.
    #[serde(rename = "type")]
    #[schema(example = "/problems/webhook_exists")]
    pub uri: String,
    /// HTTP status that goes with it.
    #[schema(example = 409)]
    pub status: u16,
    /// Few words, the same for each such problem.
    pub title: &'static str,
    /// What it means, and what to do.
    pub description: &'static str,
}

impl Kind {
    /// The value of `type`.
    pub fn uri(self) -> String {
        format!("/problems/{}", self.slug())
    }

    /// The kind of that slug.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// The page of this kind.
    pub fn page(self) -> ProblemPage {
        ProblemPage {
            uri: self.uri(),
            status: self.status().as_u16(),
            title: self.title(),
            description: self.description(),
        }
    }
}

/// As the `type` of a problem document.
impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.uri())
    }
}

impl Kind {
    /// The schema of a `type` that is one of these. Generators make names of a value's first
    /// letter, and these begin with a slash: so each comes with a name (`x-enum-varnames`).
    pub(crate) fn one_of(kinds: &[Self], description: &str) -> Object {
        let names = kinds.iter().map(|kind| Value::from(kind.slug().to_uppercase())).collect();
        let names = [("x-enum-varnames".to_owned(), Value::Array(names))];
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(description))
            .enum_values(Some(kinds.iter().map(|kind| kind.uri())))
            .extensions(Some(names.into_iter().collect()))
            .build()
    }
}

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        let types = Self::one_of(
            Self::ALL,
            "What kind of problem: `/problems/{slug}`, which can be fetched. Later versions may have \
             more: tell those by their status.",
        );
        RefOr::T(Schema::Object(types))
    }
}

impl ToSchema for Kind {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ProblemType")
    }
}
