//! What an export is made of, as clients say it; of a preview the same and how much to show.

use domain::export::LeaveOut;
use domain::id::{ApplicationId, VacancyId, WebhookId};
use serde::{Deserialize, Serialize};
use store::audit::Object;
use store::exports::NewExport;
use utoipa::ToSchema;
use validator::Validate;

use super::picked::{Place, SelectApplications, picked};
use crate::extract::object;
use crate::problem::Problem;
use crate::state::State;

/// Defines a body with the members that both have.
macro_rules! body {
    ($(#[$meta:meta])* $name:ident { $($more:tt)* }) => {
        #[derive(Deserialize, Serialize, Validate, ToSchema)]
        $(#[$meta])*
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The vacancy that all of them applied for.
            vacancy_id: VacancyId,
            /// Where to.
            webhook_id: WebhookId,
            /// Whom, in the order of the payload; each once. Either this or `select`: else 422
            /// `choose_one`.
            #[schema(min_items = 1)]
            #[serde(skip_serializing_if = "Option::is_none")]
            application_ids: Option<Vec<ApplicationId>>,
            /// Whom, by filters.
            #[validate(nested)]
            #[serde(default, deserialize_with = "object::optional")]
            #[serde(skip_serializing_if = "Option::is_none")]
            select: Option<SelectApplications>,
            /// What becomes of it when some of them withdrew or are restricted: `refuse` (all are named,
            /// and nothing is queued) or `skip` (it goes without them, and says so). Of
            /// `application_ids` the default is `refuse`, of `select` `skip`.
            #[serde(skip_serializing_if = "Option::is_none")]
            left_out: Option<LeaveOut>,
            /// `selection_digest` of a preview. When what would go out, or who is left out, is not what it
            /// showed: 409 `selection_changed`, and nothing is queued.
            #[schema(pattern = "^[0-9a-f]{64}$")]
            #[serde(skip_serializing_if = "Option::is_none")]
            selection_digest: Option<String>,
            /// Seconds for which it is held back: until then (`held_until`) it can be cancelled without a
            /// trace at the receiver. 0, or absent: it goes at once.
            #[validate(range(max = 60, message = "0 to 60"))]
            #[schema(minimum = 0, maximum = 60, example = 10)]
            #[serde(skip_serializing_if = "Option::is_none")]
            hold_seconds: Option<u32>,
            $($more)*
        }

        impl $name {
            /// As the store takes it, with where the pick is told.
            ///
            /// # Errors
            /// 422 for what only makes sense together.
            pub(super) fn asked(self, state: &State) -> Result<(NewExport, Place), Problem> {
                let (picked, place) = picked(self.application_ids, self.select)?;
                let otherwise =
                    if place == Place::Select { LeaveOut::Skip } else { LeaveOut::Refuse };
                let new = NewExport {
                    vacancy_id: self.vacancy_id,
                    webhook_id: self.webhook_id,
                    picked,
                    leave_out: self.left_out.unwrap_or(otherwise),
                    selection_digest: self.selection_digest.as_deref().map(digest).transpose()?,
                    limits: state.export_limits(),
                    hold_s: self.hold_seconds.unwrap_or_default(),
                    idempotency_key: None,
                };
                Ok((new, place))
            }
        }
    };
}

body!(
    /// What an export is made of.
    #[schema(example = json!({
        "vacancy_id": crate::openapi::examples::VACANCY,
        "webhook_id": crate::openapi::examples::WEBHOOK,
        "application_ids": [crate::openapi::examples::APPLICATION]
    }))]
    CreateExport {}
);

body!(
    /// What an export would be made of, and how much of it to show.
    #[schema(example = json!({
        "vacancy_id": crate::openapi::examples::VACANCY,
        "webhook_id": crate::openapi::examples::WEBHOOK,
        "application_ids": [crate::openapi::examples::APPLICATION],
        "sample": 1
    }))]
    PreviewExport {
        /// How many people are shown.
        #[validate(range(max = 10, message = "0 to 10"))]
        #[schema(minimum = 0, maximum = 10, default = 3)]
        pub(super) sample: Option<usize>,
    }
);

/// The vacancy and the webhook that are asked for.
pub(super) fn named(new: &NewExport) -> [Object; 2] {
    [Object::from(new.vacancy_id), Object::from(new.webhook_id)]
}

/// 32 bytes in hexadecimal.
fn digest(text: &str) -> Result<[u8; 32], Problem> {
    let pair = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes: Option<Vec<u8>> = digits.then(|| (0..64).step_by(2).map(pair).collect()).flatten();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        let expected = "64 hexadecimal digits, as a preview answers them";
        Problem::invalid_value("/selection_digest", expected)
    })
}
