//! What lists share when they are filtered: windows of time, hosts, and what is not there.

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Actor;
use domain::search::{Exact, SearchRefusal};
use domain::webhook_url::written_host;
use serde::{Deserialize, Deserializer};
use store::filter::UnknownFilter;
use store::summaries::Window;

use crate::problem::Problem;

/// For `#[serde(default, deserialize_with = "filter::host")]`: a host as people write it.
pub(crate) fn host<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let host = written_host(&text).ok_or_else(|| {
        serde::de::Error::custom("no host, expected one host, such as hooks.zapier.com")
    });
    host.map(Some)
}

/// What `q` of a list names.
pub(crate) fn exact(q: Option<&str>) -> Result<Option<Exact>, Problem> {
    let refused = |refusal: SearchRefusal| Problem::invalid_value("/q", refusal.to_string());
    q.map(|text| Exact::parse(text).map_err(refused)).transpose()
}

/// Fails on a window in which nothing can lie.
pub(crate) fn check_window(
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<(), Problem> {
    // A date alone is its whole day, so that it lies after it.
    match (from, to) {
        (_, Some(to)) if to <= DateTime::UNIX_EPOCH => {
            Err(Problem::invalid_value("/to", "lies before 1970, and nothing here is as old"))
        }
        (Some(from), Some(to)) if from >= to => {
            let detail = "lies not after `from`, so that nothing can be between them";
            Err(Problem::invalid_value("/to", detail))
        }
        _ => Ok(()),
    }
}

/// What who sees only their own may have counted at once: it is counted one by one.
const OWN_COUNTED: TimeDelta = TimeDelta::days(31);

/// The time that a summary is about.
pub(crate) fn counted(
    actor: &Actor,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<Window, Problem> {
    check_window(from, to)?;
    let now = Utc::now();
    let window = Window::new(from, to, now);
    if actor.own().is_some() && window.length(now) > OWN_COUNTED {
        let detail = "lies more than 31 days before `to`, or before now: ask for 31 days at once";
        return Err(Problem::invalid_value("/from", detail));
    }
    Ok(window)
}

/// A filter that can match nothing. What is another organisation's is told like what is nowhere.
pub(crate) fn unknown(unknown: UnknownFilter) -> Problem {
    let (pointer, detail) = match unknown {
        UnknownFilter::Organisation => ("/organisation_id", "no organisation has this id"),
        UnknownFilter::Webhook => (
            "/webhook_id",
            "no webhook has this id, neither a live nor a deleted one; GET /v1/webhooks lists the live ones",
        ),
        UnknownFilter::Vacancy => {
            ("/vacancy_id", "no vacancy has this id; GET /v1/vacancies lists them")
        }
        UnknownFilter::Export => {
            ("/export_id", "no export has this id; GET /v1/exports lists them")
        }
        UnknownFilter::Requester => (
            "/requested_by",
            "nobody with this id or e-mail address has asked for an export; look at requested_by of the exports",
        ),
        UnknownFilter::Actor => (
            "/actor",
            "the audit tells of nobody with this id or e-mail address; look at actor of the events",
        ),
        UnknownFilter::Host => (
            "/host",
            "no webhook has this host, neither a live nor a deleted one; look at host of the webhooks",
        ),
    };
    Problem::invalid_value(pointer, detail)
}
