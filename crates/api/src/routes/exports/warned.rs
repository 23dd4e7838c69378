//! What to know before people are sent, as this caller may read it.

use domain::sealing::{Context, Field};
use domain::warning::{Receiver, Warning, warnings};
use domain::webhook_url::{is_test_url, largest_body};
use store::exports::Noticed;

use crate::authorized::Caller;
use crate::redaction;
use crate::state::State;

/// All that there is to warn of. The URL is opened for it, and not shown.
pub(super) fn warned(state: &State, caller: &Caller, noticed: &Noticed) -> Vec<Warning> {
    let Noticed { organisation_id: organisation, webhook_id: webhook, .. } = *noticed;
    let context = Context { organisation, webhook, field: Field::Url };
    let url = state.keys.open(context, &noticed.url_sealed);
    let url = url.inspect_err(|error| tracing::error!(webhook.id = %webhook, "{error}"));
    // The rules may have changed since: then it is not known what the receiver takes.
    let url = url.ok().and_then(|url| state.rules.check(&url).ok());
    let receiver = Receiver {
        host: &redaction::host(caller.role, &noticed.host),
        largest_body: url.as_ref().and_then(largest_body),
        test_url: url.as_ref().is_some_and(is_test_url),
    };
    warnings(&noticed.facts, &receiver)
}
