//! Tells the probe when a connection is being made and when it stands.

use std::pin::Pin;
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

use crate::probe::{Phase, note};

/// Wraps the connector of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProbeLayer;

/// A connector that tells.
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
        note(Phase::Connecting);
        let connecting = self.inner.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            note(Phase::Exchange);
            Ok(connection)
        })
    }
}
