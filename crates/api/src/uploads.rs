//! Bodies on their way in: a member may have so many at once, so that nobody holds connections, memory
//! and disk with uploads that never end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpMessage, HttpRequest, web};
use domain::actor::Actor;
use domain::id::OrganisationId;

use crate::problem::{Kind, Problem};
use crate::state::State;

/// Seconds after which a member may send the next one.
const RETRY_S: u64 = 5;

/// What is on its way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Upload {
    /// A file of up to a gigabyte.
    Import,
    /// A JSON body.
    Json,
}

impl Upload {
    /// How many a member may have at once.
    fn most(self) -> usize {
        match self {
            Self::Import => 2,
            Self::Json => 200,
        }
    }
}

/// Whose it is.
type Owner = (Upload, Option<OrganisationId>, String);

/// Counts what each member has on its way in.
#[derive(Debug, Clone, Default)]
pub struct Uploads(Arc<Mutex<HashMap<Owner, usize>>>);

/// One upload, for as long as it lives.
pub(crate) struct Turn {
    uploads: Uploads,
    owner: Owner,
}

/// The turn of a request's body; none where nobody knows who calls.
///
/// # Errors
/// 429 when the member has as many on their way as they may.
pub(crate) fn turn(request: &HttpRequest, upload: Upload) -> Result<Option<Turn>, Problem> {
    let state: Option<&web::Data<State>> = request.app_data();
    let actor = request.extensions().get::<Arc<Actor>>().cloned();
    let Some((state, actor)) = state.zip(actor) else { return Ok(None) };
    let owner = (upload, actor.organisation(), actor.id.clone());
    state.uploads.take(owner).map(Some)
}

impl Uploads {
    fn take(&self, owner: Owner) -> Result<Turn, Problem> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (most, count) = (owner.0.most(), counts.entry(owner.clone()).or_default());
        if *count >= most {
            let detail = format!("You have {most} uploads under way already: wait for their end.");
            return Err(Problem::new(Kind::TooManyRequests, detail).with_retry_after(RETRY_S));
        }
        *count += 1;
        Ok(Turn { uploads: self.clone(), owner })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.uploads.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_has_so_many_turns_and_gets_them_back() {
        let uploads = Uploads::default();
        let owner = |id: &str| (Upload::Import, None, id.to_owned());
        let first = uploads.take(owner("rosa")).expect("the first");
        let second = uploads.take(owner("rosa")).expect("the second");
        assert_eq!(
            uploads.take(owner("rosa")).err().map(|it| it.kind()),
            Some(Kind::TooManyRequests)
        );
        let other = uploads.take(owner("ben")).expect("somebody else's");
        drop(first);
        let third = uploads.take(owner("rosa")).expect("the third");
        drop((second, third, other));
        assert!(uploads.0.lock().expect("whole").is_empty(), "nothing is remembered");
    }
}
