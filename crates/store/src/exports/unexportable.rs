//! Why some of the applications that were picked may not go.

use std::collections::HashSet;

use domain::id::ApplicationId;
use domain::import::ApplicationStatus;

use super::prepare::Person;

/// How many applications a refusal names.
const NAMED: usize = 100;

/// Why an application may not be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unexportable {
    /// Not in this vacancy: unknown, another vacancy's or another organisation's.
    NotFound,
    /// Named before in the same request.
    Duplicate,
    /// Withdrawn by the person.
    Withdrawn,
    /// Processing of the person is restricted.
    Restricted,
}

/// An application that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Its position in the request, from 0.
    pub index: usize,
    /// Its id.
    pub id: ApplicationId,
    /// Why.
    pub why: Unexportable,
}

/// Who of the picked may not go, told while they come in their order.
#[derive(Default)]
pub(super) struct Roll {
    seen: HashSet<ApplicationId>,
    index: usize,
    /// The first hundred that may not go.
    pub(super) refused: Vec<Refused>,
    /// How many there are.
    pub(super) total: usize,
}

impl Roll {
    /// Whether the next one may go; none where there is no such application.
    pub(super) fn call(&mut self, id: ApplicationId, person: Option<&Person>) -> bool {
        let index = self.index;
        self.index += 1;
        let why = match person {
            _ if !self.seen.insert(id) => Unexportable::Duplicate,
            None => Unexportable::NotFound,
            Some(person) if person.record.status == ApplicationStatus::Withdrawn => {
                Unexportable::Withdrawn
            }
            Some(person) if person.restricted => Unexportable::Restricted,
            Some(_) => return true,
        };
        self.total += 1;
        if self.total <= NAMED {
            self.refused.push(Refused { index, id, why });
        }
        false
    }
}
