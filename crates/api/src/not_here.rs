//! Requests that no route takes: 405 with `Allow` where the address exists, else 404. Decided
//! before anything is asked about the caller.

use actix_web::body::MessageBody;
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, web};
use domain::explanation::EDIT_REFUSED;
use utoipa::openapi::PathItem;

use crate::console;
use crate::openapi;
use crate::problem::{Kind, Problem};

/// Where the page is that shows the OpenAPI document.
pub(crate) const DOCS: &str = "/docs/{_:.*}";

/// The addresses that exist, with the methods that work there.
#[derive(Clone)]
pub(crate) struct Addresses(Vec<(ResourceDef, Vec<Method>)>);

impl Addresses {
    /// Those of the OpenAPI document, which is the route table, of the page that shows it, and of the
    /// console where it is served.
    pub(crate) fn new(has_console: bool) -> Self {
        let paths = openapi::document().paths.paths;
        let documented = paths.iter().map(|(path, item)| (path.as_str(), methods(item)));
        let console: &[&str] = if has_console { &console::ADDRESSES } else { &[] };
        let shown = [DOCS].into_iter().chain(console.iter().copied());
        let shown = shown.map(|path| (path, vec![Method::GET, Method::HEAD]));
        let all = documented.chain(shown);
        Self(all.map(|(path, methods)| (ResourceDef::new(path), methods)).collect())
    }

    fn find(&self, path: &str) -> Option<(&str, &[Method])> {
        let matching = || self.0.iter().filter(|(address, _)| address.is_match(path));
        let written_out = matching().find(|(address, _)| address.pattern() == Some(path));
        let (address, methods) = written_out.or_else(|| matching().next())?;
        Some((address.pattern().unwrap_or_default(), methods))
    }
}

fn methods(item: &PathItem) -> Vec<Method> {
    // HEAD works wherever GET does.
    let operations = [
        (Method::GET, &item.get),
        (Method::HEAD, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
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
    Err(not_allowed(pattern, methods, request.method()))
}

/// Middleware: an address that is written out (`/v1/exports/preview`) takes its own methods alone. The
/// one of objects beside it (`/v1/exports/{id}`) would read it as an id.
///
/// # Errors
/// 405.
pub(crate) async fn keep_apart<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let addresses = request.app_data::<web::Data<Addresses>>();
    let found = addresses.and_then(|addresses| addresses.find(request.path()));
    if let Some((pattern, methods)) = found
        && pattern == request.path()
        && !methods.contains(request.method())
    {
        return Err(not_allowed(pattern, methods, request.method()).into());
    }
    next.call(request).await
}

fn not_allowed(pattern: &str, methods: &[Method], method: &Method) -> Problem {
    let edits = *method == Method::PATCH || *method == Method::PUT;
    let problem = if pattern == "/v1/webhooks/{id}" && edits {
        Problem::new(Kind::WebhookNotEditable, EDIT_REFUSED)
    } else {
        let works: Vec<_> = methods.iter().map(Method::as_str).collect();
        let detail = format!("This address takes {}, and no other method.", works.join(", "));
        Problem::new(Kind::MethodNotAllowed, detail)
    };
    problem.with_allow(methods.to_vec())
}

/// Of an address; an object that is missing or somebody else's says less.
fn no_such_address() -> Problem {
    Problem::new(
        Kind::NotFound,
        "No operation has this address: check its spelling, and whether it ends with a slash. /docs \
         shows all that there are.",
    )
}
