//! A header of requests, and the header of answers that says it was heeded: written once among the
//! components, and referred to by each operation that has them.

use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::Components;
use utoipa::openapi::{Ref, RefOr};

/// Such a pair.
pub(super) struct Headers {
    /// The request's, as it is called among the components.
    pub(super) asks: &'static str,
    /// The answer's, as it is called among the components.
    pub(super) says: &'static str,
    /// Name of the answer's header.
    pub(super) name: &'static str,
}

impl Headers {
    /// Adds both to an operation: the answer's where it succeeds.
    pub(super) fn tell(&self, operation: &mut Operation) {
        let asks = RefOr::Ref(Ref::new(self.place()));
        operation.parameters.get_or_insert_default().push(asks);
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && status.starts_with('2')
            {
                let says = Ref::new(format!("#/components/headers/{}", self.says));
                response.headers.insert(self.name.to_owned(), RefOr::Ref(says));
            }
        }
    }

    /// Whether an operation has them.
    pub(super) fn are_of(&self, operation: &Operation) -> bool {
        let mut parameters = operation.parameters.iter().flatten();
        let place = self.place();
        parameters.any(|it| matches!(it, RefOr::Ref(it) if it.ref_location == place))
    }

    /// Writes what operations refer to.
    pub(super) fn define(&self, components: &mut Components, asks: Parameter, says: Header) {
        components.parameters.insert(self.asks.to_owned(), RefOr::T(asks));
        components.headers.insert(self.says.to_owned(), RefOr::T(says));
    }

    fn place(&self) -> String {
        format!("#/components/parameters/{}", self.asks)
    }
}
