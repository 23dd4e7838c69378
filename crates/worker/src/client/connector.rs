//! Writes into the probe when a connection is being made and when it is established.
//!
//! This layer can only wrap the connector of reqwest, not replace it by one that dials the vetted
//! address, does the handshake and times both. `ClientBuilder::connector_layer` wants a service
//! whose response is reqwest's own `Conn` (reqwest 0.13.5, `src/async_impl/client.rs:2475`), and a
//! `Conn` can be made by reqwest alone: it lies in the private module `connect::sealed` and its
//! fields are `pub(super)` (`src/connect.rs:1335`), as is the URI inside the request,
//! `Unnameable`. So the addresses go in through the resolver (`client.rs`), and that TCP is
//! established shows by the session store (`tls.rs`).

use std::pin::Pin;
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

use crate::probe::{Phase, enter_phase};

/// Wraps the connector of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProbeLayer;

/// A connector that writes into the probe.
#[derive(Debug, Clone)]
pub(crate) struct ProbedConnector<S> {
    inner: S,
}

impl<S> Layer<S> for ProbeLayer {
    type Service = ProbedConnector<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ProbedConnector { inner }
    }
}

impl<S, Target> Service<Target> for ProbedConnector<S>
where
    S: Service<Target>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        enter_phase(Phase::Connecting);
        let connecting = self.inner.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            enter_phase(Phase::Exchange);
            Ok(connection)
        })
    }
}
