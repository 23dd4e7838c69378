//! The address of a database, as libpq reads it, and what we add to it: limits of the link, and which
//! of several hosts is meant.

use crate::error::StoreError;

/// Whether libpq could read this address.
///
/// # Errors
/// A sentence that says what to write.
pub fn check_url(url: &str) -> Result<(), &'static str> {
    let readable = is_uri(url) || url.contains('=');
    if readable { Ok(()) } else { Err("write postgres://user:password@host:5432/database") }
}

fn is_uri(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Of several hosts the one that takes writes is meant, unless the operator says otherwise: a
/// standby that answers first would be of no use.
const WRITER: (&str, &str) = ("target_session_attrs", "read-write");

/// Whether the address names several hosts, as libpq writes it: `a,b` before the database, or in
/// `host` or `hostaddr`; blanks may stand around `=`, and a URI may write the comma as `%2C`.
fn has_several_hosts(url: &str) -> bool {
    let after_scheme = url.split_once("://").filter(|_| is_uri(url)).map(|(_, rest)| rest);
    let Some(rest) = after_scheme else { return names_several(url) };
    let several = |hosts: &str| hosts.contains(',') || hosts.to_ascii_lowercase().contains("%2c");
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let query = rest.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let mut named = query.split('&').filter_map(|part| part.split_once('='));
    several(authority.rsplit('@').next().unwrap_or_default())
        || named.any(|(name, hosts)| matches!(name, "host" | "hostaddr") && several(hosts))
}

/// The same of `name = value` pairs, whose values may be quoted.
fn names_several(pairs: &str) -> bool {
    let mut rest = pairs;
    while let Some((name, value)) = rest.split_once('=') {
        let value = value.trim_start();
        let quoted = value.strip_prefix('\'');
        let (body, is_end): (_, fn(char) -> bool) = match quoted {
            Some(body) => (body, |char| char == '\''),
            None => (value, char::is_whitespace),
        };
        let mut escaped = false;
        let end = body.find(|char| {
            let ends = !escaped && is_end(char);
            escaped = !escaped && char == '\\';
            ends
        });
        let end = end.unwrap_or(body.len());
        if matches!(name.trim(), "host" | "hostaddr") && body[..end].contains(',') {
            return true;
        }
        rest = body[end..].trim_start_matches('\'');
    }
    false
}

/// A synchronous libpq hangs in a black hole unless the link's own limits are set. What the
/// operator wrote in the address wins, since libpq takes the last of equal parameters.
pub(crate) fn with_link_timeouts(url: &str) -> Result<String, StoreError> {
    const LIMITS: [(&str, &str); 6] = [
        ("connect_timeout", "4"),
        ("tcp_user_timeout", "10000"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "3"),
        ("keepalives_count", "3"),
        ("application_name", "talentats"),
    ];
    check_url(url).map_err(|form| {
        StoreError::Away(format!("DATABASE_URL is not a connection string: {form}"))
    })?;
    let writer = has_several_hosts(url).then_some(&WRITER);
    let missing = LIMITS.iter().chain(writer).filter(|(name, _)| !url.contains(name));
    if is_uri(url) {
        let parameters: Vec<_> = missing.map(|(name, value)| format!("{name}={value}")).collect();
        let separator = if url.contains('?') { '&' } else { '?' };
        Ok(format!("{url}{separator}{}", parameters.join("&")))
    } else {
        Ok(missing.fold(url.to_owned(), |url, (name, value)| format!("{url} {name}={value}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_hosts_the_one_that_writes_is_asked_for() {
        let table = [
            ("postgres://app:a,b@one.example:5432/talentats", false),
            ("postgres://app@one.example,two.example:5433/talentats", true),
            ("postgresql:///talentats?host=one.example,two.example", true),
            ("host=one.example dbname=talentats password=a,b", false),
            ("host=one.example,two.example dbname=talentats", true),
            ("host = one.example,two.example dbname = talentats", true),
            ("dbname=talentats hostaddr ='192.0.2.1, 192.0.2.2'", true),
            ("host=one.example password='a host=b,c'", false),
            ("host=one.example password='it\\'s host=b,c' user = app", false),
            ("host=one.example password=a\\ host=b,c", false),
            ("postgres://app@one.example%2Ctwo.example/talentats", true),
            ("postgres:///talentats?host=one.example%2ctwo.example", true),
            ("postgres://app:a%2Cb@one.example/talentats", false),
            ("postgres://one,two/talentats?target_session_attrs=any", false),
        ];
        for (url, expected) in table {
            let full = with_link_timeouts(url).expect("an address");
            assert_eq!(full.contains("target_session_attrs=read-write"), expected, "{url}");
            assert!(full.contains("connect_timeout=4"), "{full}");
        }
    }
}
