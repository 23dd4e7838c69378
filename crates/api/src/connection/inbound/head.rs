//! The head of a request (RFC 9112, sections 2 to 6), as far as a connection has to know it: which body
//! follows, and what the framework must not see. Everything else is the framework's to judge.

use super::Stage;
use super::chunks::Chunks;

/// What the framework takes for no head: it refuses it, after all answers before.
const NO_HEAD: &[u8] = b"\0\r\n\r\n";

/// The head as the framework may see it, and what follows. We serve no other protocol, so
/// wishes to change to one are taken out: an answer that ignores them is what RFC 9110, section 7.8
/// asks for, and the framework would obey some.
pub(super) fn read(head: &[u8]) -> (Vec<u8>, Stage) {
    let (mut seen, mut stage) = (Vec::with_capacity(head.len()), Stage::Head);
    let mut lines = head.split_inclusive(|byte| *byte == b'\n');
    seen.extend_from_slice(lines.next().unwrap_or_default());
    let has_no_end = seen.starts_with(b"CONNECT ");
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            seen.extend_from_slice(line);
            continue;
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"upgrade") {
            continue;
        } else if name.eq_ignore_ascii_case(b"connection") {
            seen.extend(connection(value));
            continue;
        } else if name.eq_ignore_ascii_case(b"host") && !is_host(value) {
            return (NO_HEAD.to_vec(), Stage::Unknown);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            stage = Stage::Chunked(Chunks::new());
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = std::str::from_utf8(value).ok().and_then(|value| value.parse().ok());
            stage = length.filter(|length| *length > 0).map_or(Stage::Head, Stage::Body);
        }
        seen.extend_from_slice(line);
    }
    (seen, if has_no_end { Stage::Unknown } else { stage })
}

/// The header without what belongs to another protocol; nothing where nothing is left.
fn connection(value: &[u8]) -> Vec<u8> {
    let options = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    let ours = |option: &&[u8]| {
        !["upgrade", "http2-settings"].iter().any(|it| option.eq_ignore_ascii_case(it.as_bytes()))
    };
    let kept: Vec<_> = options.filter(ours).collect();
    let kept = kept.join(&b", "[..]);
    if kept.is_empty() { Vec::new() } else { [b"Connection: ", &kept[..], b"\r\n"].concat() }
}

/// A host and perhaps a port, or nothing (RFC 9112, section 3.2; RFC 3986, section 3.2.2).
fn is_host(value: &[u8]) -> bool {
    let is_port = |port: &[u8]| port.iter().all(u8::is_ascii_digit);
    if let Some(literal) = value.strip_prefix(b"[") {
        let Some(end) = literal.iter().position(|byte| *byte == b']') else { return false };
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b":.-_~".contains(byte);
        let (address, rest) = (&literal[..end], &literal[end + 1..]);
        let rest = rest.strip_prefix(b":").or(rest.is_empty().then_some(rest));
        return !address.is_empty() && address.iter().all(is_part) && rest.is_some_and(is_port);
    }
    let mut parts = value.splitn(2, |byte| *byte == b':');
    let (name, port) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(byte);
    name.iter().all(is_part) && is_port(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_addresses_and_ports() {
        for good in ["a", "a.example:8080", "127.0.0.1", "[::1]", "[::1]:80", "", "a_b", "a:"] {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in
            ["a b/c", "a b", "a/b", "u@a", "a:b", "a:1:2", "[::1", "[]", "[::1]x", "a?b", "a\""]
        {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn wishes_for_another_protocol_are_not_seen() {
        let table = [
            ("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", ""),
            ("connection: keep-alive,  UPGRADE\r\n", "Connection: keep-alive\r\n"),
            ("Connection: upgrade, close\r\nupgrade: websocket\r\n", "Connection: close\r\n"),
            ("X-Upgrade: a\r\nno colon\r\n", "X-Upgrade: a\r\nno colon\r\n"),
        ];
        for (headers, expected) in table {
            let whole = |headers: &str| format!("GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
            let (seen, stage) = read(whole(headers).as_bytes());
            assert_eq!(String::from_utf8_lossy(&seen), whole(expected));
            assert!(matches!(stage, Stage::Head));
        }
    }
}
