//! How to tell an answer that the framework made by itself from ours: it has no body, and no header
//! but those of the protocol. Ours have an `x-request-id` at least.

/// Longest such answer in bytes.
const LONGEST: usize = 256;

/// Where such an answer begins, and its status. It is always the last that is written.
pub(super) fn refusal(bytes: &[u8]) -> Option<(usize, u16)> {
    let before = bytes.len().saturating_sub(LONGEST);
    let end = bytes[before..].strip_suffix(b"\r\n\r\n")?;
    let begin = end.windows(7).rposition(|window| window == b"HTTP/1.")?;
    let mut lines = std::str::from_utf8(&end[begin..]).ok()?.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok().filter(|status| *status >= 400)?;
    let mut is_empty = false;
    for line in lines {
        match line.split_once(':')?.0 {
            "content-length" => is_empty = line.ends_with(": 0"),
            "connection" | "date" => {}
            _ => return None,
        }
    }
    is_empty.then_some((before + begin, status))
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn only_answers_without_anything_of_ours_are_taken_for_the_frameworks() {
        let date = "date: Thu, 26 Nov 2026 10:00:00 GMT\r\n";
        let bare = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n{date}\r\n");
        let closing = format!(
            "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n{date}\r\n"
        );
        let ours = format!("HTTP/1.1 405 X\r\ncontent-length: 0\r\nx-request-id: 1\r\n{date}\r\n");
        let full = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"a\":\"b\"}";
        let table = [
            (bare.clone(), Some((0, 400))),
            (closing, Some((0, 431))),
            (format!("{full}{bare}"), Some((full.len(), 400))),
            (format!("{}{bare}", "x".repeat(100_000)), Some((100_000, 400))),
            (ours, None),
            (full.to_owned(), None),
            (format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{date}\r\n"), None),
            (format!("HTTP/1.1 500 X\r\ncontent-length: 10\r\n{date}\r\n"), None),
            ("HTTP/1.1 100 Continue\r\n\r\n".to_owned(), None),
            (String::new(), None),
        ];
        for (bytes, expected) in table {
            assert_eq!(refusal(bytes.as_bytes()), expected, "{bytes}");
        }
    }
}
