//! The console: pages for a browser, served from memory. A client like any other: what it shows it
//! asks of the API, with the token of whoever looks.

mod folder;

use std::collections::HashMap;

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, CROSS_ORIGIN_OPENER_POLICY, LOCATION,
};
use actix_web::web::{Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, routes};

use crate::problem::{Kind, Problem};
use crate::state::State;

/// The one page.
pub(crate) const PAGE: &str = "/console";
/// Below it is what the page loads.
pub(crate) const FOLDER: &str = "/console/";
/// All addresses, as the router knows them.
pub(crate) const ADDRESSES: [&str; 3] = [PAGE, FOLDER, "/console/{version}/{file:.*}"];

/// A page that opened this one in a window has no hold on it: it could lead it to another's token.
const OPENER: &str = "same-origin";
/// What a browser may do with the page: run and show what is of this origin and not written into
/// the page, and call this origin. Text never becomes markup or code.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

/// The files, by the whole paths of their addresses.
pub(crate) struct Console(HashMap<String, File>);

struct File {
    media_type: &'static str,
    bytes: Bytes,
}

impl Console {
    /// Reads all files: those in the binary, or in a debug build those of the folder.
    pub(crate) fn load() -> Self {
        Self::of(&folder::files())
    }

    /// What the page loads has the version of all files in its address, so that nobody ever runs
    /// half of one version with half of another.
    fn of(files: &[(String, Vec<u8>)]) -> Self {
        let version = folder::version(files);
        let served = files.iter().map(|(name, bytes)| {
            let media_type = folder::media_type(name);
            if name == folder::PAGE {
                let page = String::from_utf8_lossy(bytes).replace("{version}", &version);
                return (PAGE.to_owned(), File { media_type, bytes: page.into() });
            }
            let bytes = Bytes::copy_from_slice(bytes);
            (format!("{FOLDER}{version}/{name}"), File { media_type, bytes })
        });
        Self(served.collect())
    }
}

/// Adds its addresses to the app, where it is served.
pub(crate) fn configure(app: &mut ServiceConfig, is_on: bool) {
    if is_on {
        app.service(serve);
    }
}

/// Answers by the path as it was sent: a name that is written another way is another name.
///
/// # Errors
/// 404.
#[routes]
#[get("/console")]
#[get("/console/")]
#[get("/console/{version}/{file:.*}")]
async fn serve(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let path = request.uri().path();
    if path == FOLDER {
        return Ok(HttpResponse::TemporaryRedirect().insert_header((LOCATION, PAGE)).finish());
    }
    let file = state.console.as_ref().and_then(|console| console.0.get(path));
    let file = file.ok_or_else(no_such_file)?;
    let answer = HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, file.media_type))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CROSS_ORIGIN_OPENER_POLICY, OPENER))
        .body(file.bytes.clone());
    Ok(answer)
}

fn no_such_file() -> Problem {
    Problem::new(
        Kind::NotFound,
        "The console has no such file, or not in this version: load /console again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(script: &str) -> Vec<(String, Vec<u8>)> {
        let page = "<script src=\"/console/{version}/a.js\"></script><!-- {version} -->";
        let files = [("index.html", page), ("a.js", script)];
        files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).to_vec()
    }

    #[test]
    fn another_byte_is_another_version() {
        let paths = |script| {
            let mut paths: Vec<_> = Console::of(&files(script)).0.into_keys().collect();
            paths.sort();
            paths
        };
        assert_eq!(paths("1"), paths("1"));
        assert_ne!(paths("1"), paths("2"));
        assert_eq!(paths("1")[0], PAGE);
        assert!(paths("1")[1].ends_with("/a.js"), "the page itself has one address");
    }

    #[test]
    fn the_page_names_the_version_wherever_it_is_asked_for() {
        let files = files("1");
        let console = Console::of(&files);
        let page = String::from_utf8_lossy(&console.0[PAGE].bytes).into_owned();
        let version = folder::version(&files);
        assert_eq!(page.matches(&version).count(), 2, "{page}");
        assert!(!page.contains('{'), "{page}");
    }
}
