//! Where a stream goes on that broke off.

use std::time::Duration;

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};

/// How far back a stream goes on from where another one broke off.
const KEPT: Duration = Duration::from_mins(5);

/// How far the clock of the database may be ahead of ours.
const SKEW: Duration = Duration::from_secs(30);

/// Where a client was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// At this instant, by the database's clock.
    At(DateTime<Utc>),
    /// Its `Last-Event-ID` is none of ours.
    Unreadable,
}

impl Since {
    /// Of a request, if it goes on at all.
    pub(crate) fn of(request: &HttpRequest) -> Option<Self> {
        let id = request.headers().get("last-event-id")?;
        let at = id.to_str().ok().and_then(|id| id.parse().ok());
        let at = at.and_then(DateTime::from_timestamp_micros);
        let at = at.filter(|at| *at <= Utc::now() + SKEW);
        Some(at.map_or(Self::Unreadable, Self::At))
    }

    /// Since when it is told; none where that is too long ago, or not known.
    pub(super) fn instant(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(at).filter(|at| *at >= Utc::now() - KEPT),
            Self::Unreadable => None,
        }
    }
}
