//! What a client sends, before the framework sees it: where heads and bodies begin and end. A head goes
//! on once it is whole; a body goes on as it comes, until it breaks the rules.

mod chunks;
mod head;

use chunks::{Chunk, Chunks};
use tokio::time::Instant;

/// Most bytes of a head; the framework refuses more.
const LARGEST_HEAD: usize = 128 * 1024;

/// What comes next.
#[derive(Debug)]
enum Stage {
    /// A head.
    Head,
    /// So many bytes of a body.
    Body(u64),
    /// A body in chunks.
    Chunked(Chunks),
    /// Nobody knows: the framework refuses it.
    Unknown,
}

/// The bytes of a connection, sorted.
#[derive(Debug)]
pub(super) struct Inbound {
    stage: Stage,
    /// What has come of the next head.
    head: Vec<u8>,
    /// Where its last line begins.
    line: usize,
    /// Since when it is on its way, or the body that comes now.
    began: Option<Instant>,
}

impl Inbound {
    pub(super) fn new() -> Self {
        Self { stage: Stage::Head, head: Vec::new(), line: 0, began: None }
    }

    /// Since when something is on its way that has not come to its end.
    pub(super) fn began(&self) -> Option<Instant> {
        self.began
    }

    /// Whether that is a head: blank lines alone ask for nothing.
    pub(super) fn is_in_head(&self) -> bool {
        !self.head.is_empty()
    }

    /// Adds what the framework may see of these bytes. False: the rest is no body as HTTP has it.
    pub(super) fn feed(&mut self, mut bytes: &[u8], seen: &mut Vec<u8>) -> bool {
        while !bytes.is_empty() {
            let before = self.began.get_or_insert_with(Instant::now).to_owned();
            let taken = match &mut self.stage {
                Stage::Head => self.feed_head(bytes, seen),
                Stage::Body(left) => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    seen.extend_from_slice(&bytes[..taken]);
                    *left -= taken as u64;
                    if *left == 0 {
                        self.next(Stage::Head);
                    }
                    taken
                }
                Stage::Chunked(chunks) => match chunks.feed(bytes) {
                    Chunk::Open => pass(bytes, seen),
                    Chunk::Ended(taken) => {
                        self.next(Stage::Head);
                        pass(&bytes[..taken], seen)
                    }
                    Chunk::Broken(_) => return false,
                },
                Stage::Unknown => pass(bytes, seen),
            };
            debug_assert!(taken > 0 || self.began != Some(before), "it goes on");
            bytes = &bytes[taken..];
        }
        true
    }

    fn next(&mut self, stage: Stage) {
        self.began = if matches!(stage, Stage::Head) { None } else { Some(Instant::now()) };
        (self.stage, self.line) = (stage, 0);
        self.head = Vec::new();
    }

    /// Takes bytes of a head up to its end.
    fn feed_head(&mut self, bytes: &[u8], seen: &mut Vec<u8>) -> usize {
        for (at, byte) in bytes.iter().enumerate() {
            self.head.push(*byte);
            if !may_be_in_head(*byte, self.head.len() == 1) || self.head.len() >= LARGEST_HEAD {
                seen.append(&mut self.head);
                self.next(Stage::Unknown);
                return at + 1;
            }
            if *byte != b'\n' {
                continue;
            }
            let is_blank = matches!(self.head[self.line..], [b'\n'] | [b'\r', b'\n']);
            if is_blank && self.line == 0 {
                // Before a head, empty lines mean nothing (RFC 9112, section 2.2).
                self.head.clear();
            } else if is_blank {
                let (head, stage) = head::read(&self.head);
                seen.extend(head);
                self.next(stage);
                return at + 1;
            }
            self.line = self.head.len();
        }
        bytes.len()
    }
}

/// What is no text is refused at once, such as a TLS handshake: nobody waits for the rest.
fn may_be_in_head(byte: u8, is_first: bool) -> bool {
    match byte {
        b'\r' | b'\n' => true,
        _ if is_first => byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte),
        b'\t' => true,
        _ => byte >= b' ' && byte != 127,
    }
}

fn pass(bytes: &[u8], seen: &mut Vec<u8>) -> usize {
    seen.extend_from_slice(bytes);
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    #[test]
    fn the_framework_sees_whole_heads_and_all_of_a_body() {
        let length = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nUpgrade: ";
        let chunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
                      9\r\nUpgrade: \r\n0\r\n\r\n";
        let all = format!("\r\n\n{GET}{length}{chunks}{GET}");
        for size in [1, 2, 7, 1000] {
            let (mut inbound, mut seen) = (Inbound::new(), Vec::new());
            for bytes in all.as_bytes().chunks(size) {
                assert!(inbound.feed(bytes, &mut seen));
            }
            let expected = format!("{GET}{length}{chunks}{GET}");
            assert_eq!(String::from_utf8_lossy(&seen), expected, "{size}");
            assert_eq!(inbound.began(), None, "nothing is on its way");
        }
    }

    #[test]
    fn what_is_on_its_way_is_known() {
        let (mut inbound, mut seen) = (Inbound::new(), Vec::new());
        let mut feed = |inbound: &mut Inbound, text: &str| inbound.feed(text.as_bytes(), &mut seen);
        assert!(feed(&mut inbound, "\r\n") && !inbound.is_in_head(), "it asks for nothing");
        let began = inbound.began();
        assert!(feed(&mut inbound, "G") && inbound.began() == began, "once it began it runs");
        assert!(feed(&mut inbound, &GET[1..]) && inbound.began().is_none());
        let post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(feed(&mut inbound, post) && !inbound.is_in_head() && inbound.began().is_some());
        assert!(!feed(&mut inbound, "zz\r\n"), "no chunk");
        assert_eq!(String::from_utf8_lossy(&seen), format!("{GET}{post}"), "and nobody sees it");
    }

    #[test]
    fn what_is_no_head_goes_on_at_once() {
        let large = "a".repeat(2 * LARGEST_HEAD);
        for text in ["\u{16}\u{3}\u{1}", "GET\0", "{", &large] {
            let (mut inbound, mut seen) = (Inbound::new(), Vec::new());
            assert!(inbound.feed(text.as_bytes(), &mut seen));
            assert_eq!(seen, text.as_bytes());
        }
    }
}
