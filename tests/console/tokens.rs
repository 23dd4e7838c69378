//! Tokens as stories need them: one that runs out while a page has it, and another one to go on with.

use serde_json::json;
use support::Browser;
use support::settings::identity;

/// A page asks with its token; the service hears another one in its place.
const WORN: &str = "const worn = arguments[0], real = window.fetch, old = sessionStorage.getItem('token'); \
    window.fetch = (address, request) => real(address, \
        request.headers.authorization === `Bearer ${old}` \
            ? { ...request, headers: { ...request.headers, authorization: `Bearer ${worn}` } } \
            : request)";

/// From now on the token that the page has is one that has expired.
pub(crate) async fn runs_out(browser: &Browser) {
    browser.execute_with(WORN, vec![json!(expired())]).await;
}

/// A token that ran out yesterday.
pub(crate) fn expired() -> String {
    let mut claims = identity().claims("org_admin", "Ann", None);
    let now = claims["exp"].as_u64().expect("a time");
    (claims["iat"], claims["exp"]) = (json!(now - 90_000), json!(now - 86_400));
    identity().sign(&claims)
}

/// Another token of the same person, as a new sign-in gives it.
pub(crate) fn fresh(role: &str, name: &str, organisation: &str) -> String {
    let mut claims = identity().claims(role, name, Some(organisation));
    claims["exp"] = json!(claims["exp"].as_u64().expect("a time") - 60);
    identity().sign(&claims)
}
