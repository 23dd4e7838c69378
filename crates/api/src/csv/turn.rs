//! How much is downloaded at once: a member and an organisation have so many turns, so that the memory of
//! the process and the time of the database are there for others, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::actor::{Actor, ActorKind};
use domain::id::OrganisationId;

use crate::problem::{Kind, Problem};

/// Downloads that a caller may have at once.
const OF_CALLER: usize = 2;
/// Those of an organisation together, and of the support desk: neither takes turns of the other.
const OF_ORGANISATION: usize = 4;
/// Seconds after which one of them may have ended.
const RETRY_S: u64 = 5;

/// Whose they are: of an organisation or the support desk; of one caller there.
type Owner = (Option<OrganisationId>, Option<String>);

/// Counts what is downloaded.
#[derive(Debug, Clone, Default)]
pub struct Downloads(Arc<Mutex<HashMap<Owner, usize>>>);

/// One download, for as long as it lives.
pub(super) struct Turn {
    downloads: Downloads,
    owners: [Owner; 2],
}

impl Downloads {
    /// A turn of that caller.
    ///
    /// # Errors
    /// 429 when the caller or the organisation downloads as much as they may.
    pub(super) fn take(&self, actor: &Actor) -> Result<Turn, Problem> {
        // Support that looks at one organisation uses up none of its turns.
        let of_desk = actor.kind == ActorKind::Support;
        let organisation = actor.organisation().filter(|_| !of_desk);
        let owners = [(organisation, Some(actor.id.clone())), (organisation, None)];
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (owner, most) in owners.iter().zip([OF_CALLER, OF_ORGANISATION]) {
            if counts.get(owner).is_some_and(|count| *count >= most) {
                let whose = match owner.1 {
                    Some(_) => "You have",
                    None if of_desk => "The support desk has",
                    None => "Your organisation has",
                };
                let detail =
                    format!("{whose} {most} downloads under way already: wait for their end.");
                return Err(Problem::new(Kind::TooManyRequests, detail).with_retry_after(RETRY_S));
            }
        }
        for owner in &owners {
            *counts.entry(owner.clone()).or_default() += 1;
        }
        drop(counts);
        Ok(Turn { downloads: self.clone(), owners })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.downloads.0.lock().unwrap_or_else(PoisonError::into_inner);
        for owner in &self.owners {
            if let Some(count) = counts.get_mut(owner) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(owner);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::actor::Scope;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_has_so_many_turns_and_gets_them_back() {
        let downloads = Downloads::default();
        let organisation = OrganisationId::from(Uuid::from_u128(1));
        let take = |id: &str| downloads.take(&Actor::system(id, Scope::Organisation(organisation)));
        let mut turns: Vec<_> = ["ada", "ada", "rosa"].map(|id| take(id).ok()).into();
        assert!(turns.iter().all(Option::is_some));
        assert!(take("ada").is_err(), "two each");
        turns.push(take("rosa").ok());
        let refused = take("ben").map(drop).expect_err("four together");
        assert_eq!(refused.kind(), Kind::TooManyRequests);
        turns.pop();
        assert!(take("ben").is_ok());
        drop(turns);
        assert!(downloads.0.lock().expect("whole").is_empty(), "nothing is remembered");
    }

    #[test]
    fn support_uses_its_own_turns_wherever_it_looks() {
        let downloads = Downloads::default();
        let organisations = [1, 2].map(|id| OrganisationId::from(Uuid::from_u128(id)));
        let take = |id: &str, scope| {
            let kind = ActorKind::Support;
            downloads.take(&Actor { kind, ..Actor::system(id, scope) })
        };
        let [northwind, contoso] = organisations.map(Scope::Organisation);
        let turns = [("sam", northwind), ("sam", contoso), ("sue", northwind), ("sue", Scope::All)]
            .map(|(id, scope)| take(id, scope).ok());
        assert!(turns.iter().all(Option::is_some));
        for scope in [northwind, contoso, Scope::All] {
            assert!(take("sam", scope).is_err(), "two each, whatever they look at");
        }
        assert!(take("sid", northwind).is_err(), "four together");
        let admin = Actor::system("ann", northwind);
        let theirs = [(); 2].map(|()| downloads.take(&admin).ok());
        assert!(theirs.iter().all(Option::is_some), "the customer's turns are its own");
        drop((turns, theirs));
        assert!(downloads.0.lock().expect("whole").is_empty(), "nothing is remembered");
    }
}
