//! The states of an export, and the words for them on the wire.

mod left_out;

use serde::{Deserialize, Serialize};

pub use left_out::{CannotGoReason, LeaveOut, LeftOut, LeftOutReason};

/// Defines a closed enum whose names are the same in the database, in JSON and in Rust.
macro_rules! words {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in the database, in JSON and in logs.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The value of that name, if there is one.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        // By hand: the derive does not see a name that comes out of a macro.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .description(Some(concat!($($doc,)+).trim()))
                    .enum_values(Some(Self::ALL.iter().map(|value| value.as_str())))
                    .build()
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words!(
    /// Where an export stands. In progress: queued, delivering, retrying; the others are ends.
    ExportStatus {
        /// Accepted; no attempt since the last send request.
        Queued = "queued",
        /// An attempt is under way.
        Delivering = "delivering",
        /// Waiting for the next attempt after an unsuccessful one.
        Retrying = "retrying",
        /// The receiver answered 2xx.
        Delivered = "delivered",
        /// Given up, with an outcome.
        Failed = "failed",
        /// Cancelled, by a member or by the deletion of its webhook.
        Cancelled = "cancelled",
    }
);

words!(
    /// How an export ended.
    EndState {
        /// The receiver answered 2xx.
        Delivered = "delivered",
        /// Given up, with an outcome.
        Failed = "failed",
        /// Cancelled before it was accepted.
        Cancelled = "cancelled",
    }
);

words!(
    /// Who brought the end of an export.
    EndedBy {
        /// The receiver: it accepted, or refused for good.
        Receiver = "receiver",
        /// We, after the last try or past the deadline.
        GaveUp = "gave_up",
        /// A member cancelled it.
        Member = "member",
        /// Its webhook was deleted with `cancel_pending`.
        WebhookDeleted = "webhook_deleted",
        /// Its webhook was disabled.
        WebhookDisabled = "webhook_disabled",
        /// Somebody in it was restricted or withdrew: a derived export carries the others.
        Restriction = "restriction",
        /// Somebody in it was erased: a derived export carries the others.
        Erasure = "erasure",
    }
);

words!(
    /// Why delivery to a webhook was switched off.
    DisabledReason {
        /// The receiver answered 410: the address is closed for good.
        Gone = "gone",
        /// It failed without a break for days.
        Failing = "failing",
    }
);

words!(
    /// What an export carries.
    ExportType {
        /// Candidates of a vacancy.
        Candidates = "candidates",
        /// Two made-up people, to try a webhook.
        Test = "test",
    }
);

impl ExportStatus {
    /// Whether the export still has work to do.
    pub fn in_progress(self) -> bool {
        matches!(self, Self::Queued | Self::Delivering | Self::Retrying)
    }
}

impl From<EndState> for ExportStatus {
    fn from(end: EndState) -> Self {
        match end {
            EndState::Delivered => Self::Delivered,
            EndState::Failed => Self::Failed,
            EndState::Cancelled => Self::Cancelled,
        }
    }
}
