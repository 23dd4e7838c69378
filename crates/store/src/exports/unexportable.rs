//! Why some of the applications that were picked may not go.

use std::collections::HashSet;

use domain::export::{LeaveOut, LeftOut, LeftOutReason};
use domain::id::ApplicationId;
use domain::import::ApplicationStatus;

use sha2::{Digest, Sha256};
use uuid::Uuid;

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

impl From<LeftOutReason> for Unexportable {
    fn from(reason: LeftOutReason) -> Self {
        match reason {
            LeftOutReason::Withdrawn => Self::Withdrawn,
            LeftOutReason::Restricted => Self::Restricted,
            LeftOutReason::Erased => Self::NotFound,
        }
    }
}

/// An application that may not go.
#[derive(Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its position in the request, from 0; none of one that was selected.
    pub index: Option<usize>,
    /// Its id.
    pub id: ApplicationId,
    /// Name of the person; none where there is no such application.
    pub full_name: Option<String>,
    /// Why.
    pub why: Unexportable,
}

/// It is about a person: the name is not printed.
impl std::fmt::Debug for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { index, id, why, .. } = self;
        f.debug_struct("Refused")
            .field("index", index)
            .field("id", id)
            .field("why", why)
            .finish_non_exhaustive()
    }
}

/// Who of the picked may not go, told while they come in their order.
#[derive(Default)]
pub(super) struct Roll {
    seen: HashSet<ApplicationId>,
    index: usize,
    leave_out: LeaveOut,
    /// The first hundred that are a reason to refuse all.
    pub(super) refused: Vec<Refused>,
    /// How many there are.
    pub(super) total: usize,
    /// The first hundred that are left out.
    skipped: Vec<Refused>,
    /// Who withdrew or is restricted, whether that is a reason to refuse all or not.
    pub(super) left_out: LeftOut,
    /// Over the ids of these.
    absent: Sha256,
}

impl Roll {
    pub(super) fn new(leave_out: LeaveOut) -> Self {
        Self { leave_out, ..Self::default() }
    }

    /// Whether the next one may go; none where there is no such application.
    pub(super) fn call(&mut self, id: ApplicationId, person: Option<&Person>) -> bool {
        let index = self.index;
        self.index += 1;
        let full_name = person.map(|person| &person.record.person.full_name);
        let why = match person {
            _ if !self.seen.insert(id) => Unexportable::Duplicate,
            None => Unexportable::NotFound,
            Some(person) => match left_out(person) {
                None => return true,
                Some(reason) => {
                    self.leave_out(Some(index), id, reason, full_name.cloned());
                    return false;
                }
            },
        };
        self.refuse(Refused { index: Some(index), id, full_name: full_name.cloned(), why });
        false
    }

    /// Somebody who is here and may not go.
    pub(super) fn leave_out(
        &mut self,
        index: Option<usize>,
        id: ApplicationId,
        reason: LeftOutReason,
        full_name: Option<String>,
    ) {
        self.left_out.add(reason);
        self.absent.update(Uuid::from(id));
        let somebody = Refused { index, id, full_name, why: reason.into() };
        match self.leave_out {
            LeaveOut::Refuse => self.refuse(somebody),
            LeaveOut::Skip if self.skipped.len() < NAMED => self.skipped.push(somebody),
            LeaveOut::Skip => {}
        }
    }

    fn refuse(&mut self, somebody: Refused) {
        self.total += 1;
        if self.refused.len() < NAMED {
            self.refused.push(somebody);
        }
    }

    /// A digest of who is left out.
    pub(super) fn absent(&self) -> [u8; 32] {
        self.absent.clone().finalize().into()
    }

    /// The first hundred that may not go, for whatever reason, in their order, and how many there are.
    pub(super) fn all(self) -> (Vec<Refused>, usize) {
        let Self { leave_out, mut refused, mut total, skipped, left_out, .. } = self;
        if leave_out == LeaveOut::Skip {
            total += usize::try_from(left_out.total()).unwrap_or(usize::MAX);
        }
        refused.extend(skipped);
        refused.sort_by_key(|somebody| somebody.index);
        refused.truncate(NAMED);
        (refused, total)
    }
}

fn left_out(person: &Person) -> Option<LeftOutReason> {
    if person.record.status == ApplicationStatus::Withdrawn {
        return Some(LeftOutReason::Withdrawn);
    }
    person.restricted.then_some(LeftOutReason::Restricted)
}
