//! Prepared statements of several clients in one session, kept apart: each client's names get its
//! number, and what a session does not know yet is prepared there before it is used.

use std::collections::{BTreeMap, BTreeSet};

use super::message::Message;

/// What a client has prepared, by its own names.
#[derive(Debug)]
pub(super) struct Statements {
    client: usize,
    prepared: BTreeMap<Vec<u8>, Message>,
}

/// What a session knows.
#[derive(Debug, Default)]
pub(super) struct Known {
    names: BTreeSet<Vec<u8>>,
    /// Answers to what no client asked for.
    hidden: usize,
}

impl Known {
    /// Whether this answers what no client asked for: those come first.
    pub(super) fn hides(&mut self, answer: &Message) -> bool {
        let hides = self.hidden > 0 && answer.kind == b'1';
        self.hidden -= usize::from(hides);
        hides
    }
}

impl Statements {
    pub(super) fn new(client: usize) -> Self {
        Self { client, prepared: BTreeMap::new() }
    }

    /// What a session is asked instead.
    pub(super) fn asked(&mut self, message: Message, known: &mut Known) -> Vec<Message> {
        // Where the name of a statement begins.
        let (at, is_new) = match message.kind {
            b'P' => (0, true),
            b'B' => (end_of_text(&message.body, 0) + 1, false),
            b'D' | b'C' if message.body.first() == Some(&b'S') => (1, false),
            _ => return vec![message],
        };
        let end = end_of_text(&message.body, at);
        let name = message.body[at..end].to_vec();
        if name.is_empty() {
            return vec![message];
        }
        let own = [format!("pooler_{}_", self.client).as_bytes(), &name].concat();
        let body = [&message.body[..at], &own, &message.body[end..]].concat();
        let renamed = Message { kind: message.kind, body };
        if is_new {
            self.prepared.insert(name, renamed.clone());
            known.names.insert(own);
            return vec![renamed];
        }
        match self.prepared.get(&name) {
            Some(prepared) if known.names.insert(own) => {
                known.hidden += 1;
                vec![prepared.clone(), renamed]
            }
            _ => vec![renamed],
        }
    }
}

fn end_of_text(body: &[u8], from: usize) -> usize {
    let length = body[from..].iter().position(|byte| *byte == 0);
    from + length.expect("texts end with a zero")
}
