//! Two people made of marks, and where the design has each of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::people;

use super::marks::Mark;
use super::places::in_backup;

/// Two people: one is erased, of the other one the time passes.
pub(super) const ERASED: Person = Person {
    number: 901,
    name: "Zqerika Zqmuster7f3a",
    email: "zqerika7f3a@example.com",
    phone: "+44 7700 900321",
    digits: "7700900321",
    letter: "zqletter7f3a I would like to",
    answer: "zqanswer7f3a weeks",
};
pub(super) const KEPT: Person = Person {
    number: 902,
    name: "Zqkilian Zqbeispiel9d51",
    email: "zqkilian9d51@example.com",
    phone: "+44 7700 900654",
    digits: "7700900654",
    letter: "zqletter9d51 I would like to",
    answer: "zqanswer9d51 weeks",
};

pub(super) struct Person {
    number: usize,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) phone: &'static str,
    digits: &'static str,
    pub(super) letter: &'static str,
    answer: &'static str,
}

impl Person {
    pub(super) fn lines(&self) -> [Value; 2] {
        let mut candidate = people::candidate(self.number);
        let (first, last) = self.name.split_once(' ').expect("two names");
        candidate["first_name"] = json!(first);
        candidate["last_name"] = json!(last);
        candidate["email"] = json!(self.email);
        candidate["phone"] = json!(self.phone);
        let mut application = people::application(self.number, "V-9");
        application["cover_letter"] = json!(self.letter);
        application["answers"][0]["answer"] = json!(self.answer);
        [candidate, application]
    }

    /// Fails unless a backup has them where the design says, and nowhere else.
    pub(super) fn assert_in(&self, backup: &str, time: While) {
        for (mark, places) in self.marks().iter().zip(PLACES) {
            let mut wanted: BTreeSet<String> = places.iter().map(ToString::to_string).collect();
            if time == While::Kept {
                wanted.insert("export_payloads.body".to_owned());
            }
            if time == While::Kept && mark.what == "e-mail" {
                wanted.insert("attempts.response_body".to_owned());
            }
            assert_eq!(in_backup(backup, mark), wanted, "{} of {}", mark.what, self.name);
        }
    }

    /// Fails where a backup has anything of them.
    pub(super) fn assert_nowhere(&self, backup: &str) {
        for mark in self.marks().iter().chain(&[Mark::new("first name", &[self.name])]) {
            let found = in_backup(backup, mark);
            assert!(found.is_empty(), "{} of {} is in {found:?}", mark.what, self.name);
        }
    }

    /// The last name, the address, the number and the letter: each stands in columns of its own.
    pub(super) fn marks(&self) -> [Mark; 5] {
        let (_, last) = self.name.split_once(' ').expect("two names");
        let (local, _) = self.email.split_once('@').expect("an address");
        [
            Mark::new("name", &[last]),
            Mark::new("e-mail", &[self.email, local]),
            Mark::new("phone", &[self.phone, self.digits]),
            Mark::new("letter", &[&self.letter[..12]]),
            Mark::new("answer", &[&self.answer[..12]]),
        ]
    }
}

/// Where the design has each mark of a person.
const PLACES: [&[&str]; 5] = [
    &[
        "candidates.full_name",
        "candidates.last_name",
        "candidates.search_text",
        "applications.search_text",
    ],
    &["candidates.email", "candidates.search_text", "applications.search_text"],
    &["candidates.phone"],
    &["applications.cover_letter"],
    &["applications.answers"],
];

/// The payload and what a receiver answered, beside the people themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum While {
    /// Their time is not over.
    Kept,
    /// It is.
    Over,
}
