//! Follows a conversation in Postgres' wire protocol (version 3) as far as it takes to know when
//! a transaction is about to be committed, and what it touched.

use std::collections::HashMap;

use super::Cut;

/// What to do with what a client said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Pass these bytes on.
    Forward(Vec<u8>),
    /// End the link; the commit never leaves.
    CutBefore,
    /// Pass these bytes on, and end the link when they are answered.
    CutAfter(Vec<u8>),
}

/// The client's side.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    pending: Vec<u8>,
    started: bool,
    /// Text of each prepared statement.
    prepared: HashMap<Vec<u8>, String>,
    in_transaction: bool,
    /// Prepared statements that ran since the last commit, and texts that ran without a name.
    ran: Vec<Vec<u8>>,
}

impl Conversation {
    /// Takes what the client sent; passes on whole messages. `cut` is asked at each commit.
    pub(super) fn heard(
        &mut self,
        bytes: &[u8],
        cut: impl Fn(&dyn Fn(&str) -> bool) -> Option<Cut>,
    ) -> Verdict {
        self.pending.extend_from_slice(bytes);
        let mut whole = 0;
        while let Some(length) = self.message(whole) {
            let message = self.pending[whole..whole + length].to_vec();
            if self.commits(&message) {
                let prepared = &self.prepared;
                let ran = std::mem::take(&mut self.ran);
                let touches = |text: &str| {
                    ran.iter().filter_map(|name| prepared.get(name)).any(|sql| sql.contains(text))
                };
                match cut(&touches) {
                    Some(Cut { arrives: false, .. }) => return Verdict::CutBefore,
                    Some(_) => return Verdict::CutAfter(self.take(whole + length)),
                    None => {}
                }
            }
            whole += length;
        }
        Verdict::Forward(self.take(whole))
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.pending.split_off(length);
        std::mem::replace(&mut self.pending, rest)
    }

    /// Length of the message at this offset, if all of it is there. The first has no type.
    fn message(&mut self, at: usize) -> Option<usize> {
        let typed = usize::from(self.started);
        let length = self.pending.get(at + typed..at + typed + 4)?;
        let length = u32::from_be_bytes(length.try_into().expect("four bytes")) as usize + typed;
        (self.pending.len() >= at + length).then(|| {
            self.started = true;
            length
        })
    }

    /// Notes what a message does; whether a commit follows from it.
    fn commits(&mut self, message: &[u8]) -> bool {
        let body = message.get(5..).unwrap_or_default();
        match message.first() {
            Some(b'P') => {
                let mut texts = body.split(|byte| *byte == 0);
                let (name, sql) = (texts.next().unwrap_or_default(), texts.next());
                let sql = String::from_utf8_lossy(sql.unwrap_or_default()).into_owned();
                self.prepared.insert(name.to_vec(), sql);
                false
            }
            Some(b'B') => {
                // The portal's name comes first; what is not prepared has an empty one.
                let name = body.split(|byte| *byte == 0).nth(1).unwrap_or_default();
                self.ran.push(name.to_vec());
                false
            }
            Some(b'Q') => self.simple(String::from_utf8_lossy(body).trim_end_matches('\0')),
            Some(b'S') => !self.in_transaction,
            _ => false,
        }
    }

    fn simple(&mut self, sql: &str) -> bool {
        if sql.starts_with("BEGIN") {
            self.in_transaction = true;
            self.ran.clear();
        } else if sql.starts_with("ROLLBACK") {
            self.in_transaction = false;
            self.ran.clear();
        } else if sql.starts_with("COMMIT") {
            self.in_transaction = false;
            return true;
        }
        false
    }
}

/// The server's side: where its messages end.
#[derive(Debug, Default)]
pub(super) struct Answers {
    head: Vec<u8>,
    left: usize,
}

impl Answers {
    /// Takes what the server sent; whether a ReadyForQuery ended in it.
    pub(super) fn heard(&mut self, mut bytes: &[u8]) -> bool {
        let mut ready = false;
        while !bytes.is_empty() {
            if self.left == 0 {
                let taken = bytes.len().min(5 - self.head.len());
                self.head.extend_from_slice(&bytes[..taken]);
                bytes = &bytes[taken..];
                if self.head.len() < 5 {
                    break;
                }
                let length = self.head[1..5].try_into().expect("four bytes");
                self.left = u32::from_be_bytes(length) as usize - 4;
            }
            let taken = bytes.len().min(self.left);
            self.left -= taken;
            bytes = &bytes[taken..];
            if self.left == 0 {
                ready |= self.head.first() == Some(&b'Z');
                self.head.clear();
            }
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u32 + 4).to_be_bytes();
        [&[kind][..], &length, body].concat()
    }

    /// A start, a prepared INSERT in a transaction, a commit.
    fn spoken() -> Vec<u8> {
        let mut said = [&12u32.to_be_bytes()[..], &196_608u32.to_be_bytes(), &[0; 4]].concat();
        said.extend(message(b'P', b"s1\0INSERT INTO attempts\0\0\0"));
        said.extend(message(b'S', b""));
        said.extend(message(b'Q', b"BEGIN\0"));
        said.extend(message(b'B', b"\0s1\0\0\0\0\0\0\0"));
        said.extend(message(b'E', b"\0\0\0\0\0"));
        said.extend(message(b'S', b""));
        said.extend(message(b'Q', b"COMMIT\0"));
        said
    }

    #[test]
    fn a_commit_is_cut_before_or_after_by_what_it_touched() {
        let said = spoken();
        for piece in [1, 3, 7, said.len()] {
            for arrives in [false, true] {
                for touching in ["INTO attempts", "INTO exports"] {
                    let mut conversation = Conversation::default();
                    let cut = |touches: &dyn Fn(&str) -> bool| {
                        touches(touching).then_some(Cut { touching, arrives })
                    };
                    let verdicts: Vec<_> =
                        said.chunks(piece).map(|piece| conversation.heard(piece, cut)).collect();
                    let last = verdicts.last().expect("something was said");
                    match (touching, arrives) {
                        ("INTO exports", _) => assert!(matches!(last, Verdict::Forward(_))),
                        (_, false) => assert_eq!(*last, Verdict::CutBefore),
                        (_, true) => assert!(matches!(last, Verdict::CutAfter(_))),
                    }
                }
            }
        }
    }

    #[test]
    fn everything_else_passes_unchanged() {
        let said = spoken();
        let mut conversation = Conversation::default();
        let mut passed = Vec::new();
        for piece in said.chunks(5) {
            match conversation.heard(piece, |_| None) {
                Verdict::Forward(bytes) => passed.extend(bytes),
                cut => panic!("{cut:?}"),
            }
        }
        assert_eq!(passed, said);
    }

    #[test]
    fn an_answer_is_whole_when_the_server_is_ready() {
        let said = [message(b'D', &[0; 300]), message(b'C', b"COMMIT\0"), message(b'Z', b"I")];
        let said = said.concat();
        for piece in [1, 4, 100, said.len()] {
            let mut answers = Answers::default();
            let ready: Vec<_> = said.chunks(piece).map(|piece| answers.heard(piece)).collect();
            assert_eq!(ready.iter().filter(|ready| **ready).count(), 1);
            assert_eq!(ready.last(), Some(&true));
        }
    }
}
