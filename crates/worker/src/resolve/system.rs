//! The system's name servers, as they are configured now: the file is read at each resolution (a
//! few lines, a few microseconds), so that a worker which started with a broken one needs no new
//! start.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use domain::attempt::OwnFault;
use store::Outage;

use super::{Asker, servers_of};
use crate::fault;

/// Asks the name servers of a file in the form of `/etc/resolv.conf`.
pub(super) struct SystemNames {
    file: PathBuf,
    state: Mutex<State>,
    outage: Outage,
}

#[derive(Default)]
struct State {
    /// The file as it was last read; none where it could not be.
    text: Option<Vec<u8>>,
    asker: Option<Arc<Asker>>,
}

impl SystemNames {
    pub(super) fn new(file: PathBuf) -> Self {
        let outage =
            Outage::new("only IP addresses can be delivered to", "names can be delivered to again");
        let names = Self { file, state: Mutex::new(State::default()), outage };
        // Told at the start, before anybody needs them.
        drop(names.asker());
        names
    }

    /// Who asks by today's configuration.
    ///
    /// # Errors
    /// The fault: there is no name server in the file, or no file, or it could not be opened.
    pub(super) fn asker(&self) -> Result<Arc<Asker>, OwnFault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let looked = self.look(&mut state);
        let asker = looked.and_then(|()| state.asker.clone().ok_or(OwnFault::NameServers));
        match &asker {
            Ok(_) => self.outage.over(),
            Err(fault) => self.outage.met(fault),
        }
        asker
    }

    /// Reads the file, and takes what has changed.
    fn look(&self, state: &mut State) -> Result<(), OwnFault> {
        let text = match std::fs::read(&self.file) {
            Ok(text) => Some(text),
            Err(error) => match fault::of_io(&error) {
                // Nothing is known to have changed.
                Some(_) if state.asker.is_some() => return Ok(()),
                Some(fault) => return Err(fault),
                None => None,
            },
        };
        if text != state.text {
            state.asker = text.as_deref().and_then(|text| {
                let servers = servers_of(text).ok()?;
                Asker::new(servers).ok().map(Arc::new)
            });
            state.text = text;
        }
        Ok(())
    }
}
