//! Requests that no route takes: 405 with `Allow` where the address exists, else 404. Decided
//! before anything is asked about the caller.

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use domain::explanation::EDIT_REFUSED;
use utoipa::openapi::PathItem;

use crate::openapi;
use crate::problem::{Kind, Problem};

/// Where the page is that shows the OpenAPI document.
pub(crate) const DOCS: &str = "/docs/{_:.*}";

/// The addresses that exist, with the methods that work there.
#[derive(Clone)]
pub(crate) struct Addresses(Vec<(ResourceDef, Vec<Method>)>);

impl Addresses {
    /// Those of the OpenAPI document, which is the route table, and of the page that shows it.
    pub(crate) fn new() -> Self {
        let paths = openapi::document().paths.paths;
        let documented = paths.iter().map(|(path, item)| (path.as_str(), methods(item)));
        let shown = [(DOCS, vec![Method::GET, Method::HEAD])];
        let all = documented.chain(shown);
        Self(all.map(|(path, methods)| (ResourceDef::new(path), methods)).collect())
    }

    fn find(&self, path: &str) -> Option<(&str, &[Method])> {
        let (address, methods) = self.0.iter().find(|(address, _)| address.is_match(path))?;
        Some((address.pattern().unwrap_or_default(), methods))
    }
}

impl Default for Addresses {
    fn default() -> Self {
        Self::new()
    }
}

fn methods(item: &PathItem) -> Vec<Method> {
    // HEAD works wherever GET does.
    let operations = [
        (Method::GET, &item.get),
        (Method::HEAD, &item.get),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
    ];
    let works = operations.into_iter().filter(|(_, operation)| operation.is_some());
    works.map(|(method, _)| method).collect()
}

/// The default service.
///
/// # Errors
/// Always: 404 or 405.
pub(crate) async fn refuse(
    request: HttpRequest,
    addresses: web::Data<Addresses>,
) -> Result<&'static str, Problem> {
    let (pattern, methods) = addresses.find(request.path()).ok_or_else(no_such_address)?;
    let edits = *request.method() == Method::PATCH || *request.method() == Method::PUT;
    let problem = if pattern == "/v1/webhooks/{id}" && edits {
        Problem::new(Kind::WebhookNotEditable, EDIT_REFUSED)
    } else {
        let works: Vec<_> = methods.iter().map(Method::as_str).collect();
        let detail = format!("This address takes {}, and no other method.", works.join(", "));
        Problem::new(Kind::MethodNotAllowed, detail)
    };
    Err(problem.with_allow(methods.to_vec()))
}

/// Of an address; an object that is missing or somebody else's says less.
fn no_such_address() -> Problem {
    Problem::new(
        Kind::NotFound,
        "No operation has this address: check its spelling, and whether it ends with a slash. /docs \
         shows all that there are.",
    )
}
