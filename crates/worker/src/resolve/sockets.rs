//! The sockets of the resolver, and whether we were at fault that one could not be had: of that its
//! errors do not tell.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::attempt::OwnFault;
use hickory_resolver::net::runtime::{RuntimeProvider, TokioRuntimeProvider};
use tokio::time::Instant;

use crate::fault;

/// What making a socket answers.
type Making<T> = Pin<Box<dyn Send + Future<Output = Result<T, io::Error>>>>;

/// Makes sockets as the runtime does, and remembers the last fault of our own.
#[derive(Clone, Default)]
pub(super) struct Sockets {
    inner: TokioRuntimeProvider,
    last_fault: Arc<Mutex<Option<(Instant, OwnFault)>>>,
}

impl Sockets {
    /// The fault of our own by which a socket could not be had since then, for whichever name: they
    /// all share one process.
    pub(super) fn fault_since(&self, began: Instant) -> Option<OwnFault> {
        let last = *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(at, _)| *at >= began).map(|(_, fault)| fault)
    }

    fn watched<T: 'static>(&self, making: Making<T>) -> Making<T> {
        let last_fault = Arc::clone(&self.last_fault);
        Box::pin(async move {
            let made = making.await;
            if let Some(fault) = made.as_ref().err().and_then(fault::of_io) {
                let mut last = last_fault.lock().unwrap_or_else(PoisonError::into_inner);
                *last = Some((Instant::now(), fault));
            }
            made
        })
    }
}

impl RuntimeProvider for Sockets {
    type Handle = <TokioRuntimeProvider as RuntimeProvider>::Handle;
    type Timer = <TokioRuntimeProvider as RuntimeProvider>::Timer;
    type Udp = <TokioRuntimeProvider as RuntimeProvider>::Udp;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        self.inner.create_handle()
    }

    fn connect_tcp(
        &self,
        server: SocketAddr,
        bind: Option<SocketAddr>,
        timeout: Option<Duration>,
    ) -> Making<Self::Tcp> {
        self.watched(self.inner.connect_tcp(server, bind, timeout))
    }

    fn bind_udp(&self, local: SocketAddr, server: SocketAddr) -> Making<Self::Udp> {
        self.watched(self.inner.bind_udp(local, server))
    }
}
