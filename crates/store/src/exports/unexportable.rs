//! Why some of the applications that were picked may not go.

use std::collections::HashSet;

use domain::id::ApplicationId;
use domain::import::ApplicationStatus;
use domain::payload::ApplicationRecord;

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

/// The records of all people, or else the first hundred that may not go, and how many there are.
pub(super) fn all_may_go(
    ids: &[ApplicationId],
    people: Vec<Option<Person>>,
) -> Result<Vec<ApplicationRecord>, (Vec<Refused>, usize)> {
    let mut seen = HashSet::new();
    let mut why = |id: ApplicationId, person: Option<&Person>| match person {
        _ if !seen.insert(id) => Some(Unexportable::Duplicate),
        None => Some(Unexportable::NotFound),
        Some(person) if person.record.status == ApplicationStatus::Withdrawn => {
            Some(Unexportable::Withdrawn)
        }
        Some(person) if person.restricted => Some(Unexportable::Restricted),
        Some(_) => None,
    };
    let reasons = ids.iter().zip(&people).map(|(id, person)| why(*id, person.as_ref()));
    let refused = ids.iter().zip(reasons.collect::<Vec<_>>()).enumerate();
    let mut refused: Vec<Refused> = refused
        .filter_map(|(index, (id, why))| why.map(|why| Refused { index, id: *id, why }))
        .collect();
    let total = refused.len();
    if total == 0 {
        return Ok(people.into_iter().flatten().map(|person| person.record).collect());
    }
    refused.truncate(NAMED);
    Err((refused, total))
}
