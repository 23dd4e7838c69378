//! E-mail addresses: one each, as mail systems and other people's forms take it.

use email_address::{EmailAddress, Options};
use url::Host;

use crate::name::{self, is_invisible};

/// Bytes of an address (RFC 5321, section 4.5.3.1.3, without its angle brackets).
const BYTES: usize = 254;

const ADDRESS: &str = "must be one e-mail address: name@host";

/// No name before it (`Ada <ada@…>`) and no address of a machine (`ada@[192.0.2.1]`).
const BARE: Options = Options {
    minimum_sub_domains: 0,
    allow_domain_literal: false,
    allow_display_text: false,
    allow_long_local_parts: false,
};

/// The address with its host in lower case and ASCII (`xn--…`), which every mail system takes;
/// what is before the `@` stays, but for blanks around it all. Quoted names (`"a b"@host`) are
/// refused: they are legal, and hardly any receiver takes them.
///
/// # Errors
/// What is wrong with it, without repeating it.
pub fn parse(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().any(|char| char.is_whitespace() || char.is_control() || is_invisible(char)) {
        return Err(ADDRESS);
    }
    let address = EmailAddress::parse_with_options(text, BARE).map_err(|_| ADDRESS)?;
    // `Host` decodes `%6d` as in a URL; an address has no such thing.
    if address.domain().contains('%') {
        return Err(ADDRESS);
    }
    let Ok(Host::Domain(host)) = Host::parse(address.domain()) else { return Err(ADDRESS) };
    if address.local_part().starts_with('"') {
        return Err(ADDRESS);
    }
    let parsed = format!("{}@{host}", address.local_part());
    if parsed.len() > BYTES { Err("may have 254 bytes at most") } else { Ok(parsed) }
}

/// Two addresses with the same key are the same to people: case, Unicode's forms, and whether the
/// host is written in ASCII are left aside. None where nothing of it can be seen.
pub fn key(text: &str) -> Option<String> {
    let text = name::clean(text).ok()?;
    Some(name::key(&parse(&text).unwrap_or(text)))
}

#[cfg(test)]
mod tests;
