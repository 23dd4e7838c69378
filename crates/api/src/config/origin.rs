//! Origins of `CORS_ORIGINS`, in the one form that browsers send (RFC 6454, section 6.2): what can
//! be brought into it is, and what no browser would ever send is refused at the start.

use domain::list::{List, parse_list};
use url::Url;

/// Reads origins.
///
/// # Errors
/// A sentence that names the entry and says what to write.
pub(super) fn parse_origins(text: &str) -> Result<List<String>, String> {
    parse_list(text, parse_origin)
}

/// An origin as browsers send it: scheme and host in lower case, no port where it is the usual one,
/// nothing behind.
fn parse_origin(text: &str) -> Result<String, String> {
    let form = "write scheme and host, such as https://app.example.com";
    if text == "*" || text.contains("*.") {
        return Err(format!("`{text}` would let in pages that nobody named: name each origin"));
    }
    if !text.contains("://") {
        return Err(format!("`{text}` is no origin: {form}"));
    }
    let refused = |why: &str| Err(format!("`{text}` {why}: {form}"));
    let Ok(url) = Url::parse(text) else { return refused("is no origin") };
    let origin = url.origin().ascii_serialization();
    if !matches!(url.scheme(), "http" | "https") {
        return refused("is no origin of a web page");
    }
    let plain = |char: char| char.is_ascii_alphanumeric() || "-._[]:".contains(char);
    if text.contains(['\\', ' ', '\t', '\n', '\r'])
        || !url.host_str().is_some_and(|host| host.chars().all(plain))
    {
        return refused("has characters that no origin has");
    }
    if text.contains('@') {
        let form = format!("write {origin}");
        return Err(format!(
            "an entry has a user name or a password, which origins have not: {form}"
        ));
    }
    let behind = !matches!(url.path(), "" | "/") || url.query().is_some();
    if behind || url.fragment().is_some() {
        return Err(format!(
            "`{text}` has something behind the host, which no origin has: write {origin}"
        ));
    }
    Ok(origin)
}

#[cfg(test)]
mod tests;
