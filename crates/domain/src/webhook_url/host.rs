//! Which names may receive, by their spelling.

use super::UrlRefusal;

/// Names inside a network, and those under them.
const LOCAL: [&str; 6] = ["localhost", "localdomain", "local", "internal", "lan", "home.arpa"];

/// Top-level domains that never lead to a system on the internet (RFC 6761, RFC 7686, RFC 3172).
const RESERVED: [&str; 4] = ["test", "invalid", "onion", "arpa"];

/// Hosts of the product guide and of documentation (RFC 2606).
const EXAMPLES: [&str; 5] =
    ["yourdomain.com", "example.com", "example.net", "example.org", "example"];

/// Judges a name: lower case, punycode, without a trailing dot.
pub(super) fn check_name(name: &str) -> Result<(), UrlRefusal> {
    if name.is_empty() {
        return Err(UrlRefusal::HostMissing);
    }
    if name.len() > 253 || !name.split('.').all(is_label) || !is_under_a_letter(name) {
        return Err(UrlRefusal::HostMalformed);
    }
    let under = |domains: &[&str]| domains.iter().any(|domain| is_under(name, domain));
    if under(&LOCAL) {
        Err(UrlRefusal::LocalName)
    } else if under(&EXAMPLES) {
        Err(UrlRefusal::ExampleHost)
    } else if under(&RESERVED) {
        Err(UrlRefusal::ReservedName)
    } else if !name.contains('.') {
        Err(UrlRefusal::SingleLabel)
    } else {
        Ok(())
    }
}

/// Whether the name is that domain or lies under it.
pub(super) fn is_under(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Characters that nobody sees, and by which two URLs that look alike differ.
pub(super) fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Zero width non-joiner and joiner.
pub(super) fn is_joiner(char: char) -> bool {
    matches!(char, '\u{200c}' | '\u{200d}')
}

/// Whether the last label begins with a letter, as all top-level domains do (RFC 1123, section
/// 2.1): what begins with a digit might be read as an address by somebody.
fn is_under_a_letter(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// A label of a host name (RFC 1123), underscores tolerated.
fn is_label(label: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=63).contains(&label.len())
        && label.bytes().all(known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
