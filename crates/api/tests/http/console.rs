//! The console as it is served: one page that names a version, and files that are only there in it.

use actix_web::test::TestRequest;

use crate::house::{Answer, House};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

async fn get(house: &House, path: &str) -> Answer {
    house.call(None, "GET", path).await
}

/// Where the page loads its script from.
async fn script(house: &House) -> String {
    let page = get(house, "/console").await;
    let page = String::from_utf8(page.bytes).expect("UTF-8");
    let (_, rest) = page.split_once("src=\"").expect("a script");
    rest.split('"').next().expect("its address").to_owned()
}

#[actix_web::test]
async fn it_is_not_there_unless_asked_for() {
    let house = House::without_database().await;
    for path in ["/console", "/console/", "/console/v/main.js"] {
        for method in ["GET", "HEAD", "POST"] {
            assert_eq!(house.call(None, method, path).await.status, 404, "{method} {path}");
        }
    }
    assert!(get(&house, "/console").await.json()["detail"].to_string().contains("/docs"));
}

#[actix_web::test]
async fn the_page_is_asked_for_each_time_and_its_files_once() {
    let house = House::with_console().await;
    let script = script(&house).await;
    let style = script.replace("main.js", "style.css");
    let forever = "public, max-age=31536000, immutable";
    for (path, media_type, kept) in [
        ("/console", "text/html; charset=utf-8", "no-cache"),
        (&script, "text/javascript; charset=utf-8", forever),
        (&style, "text/css; charset=utf-8", forever),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = house.call(None, method, path).await;
            assert_eq!(answer.status, 200, "{method} {path}");
            assert_eq!(answer.header("content-type"), Some(media_type), "{path}");
            assert_eq!(answer.header("cache-control"), Some(kept), "{path}");
            assert_eq!(answer.header("content-security-policy"), Some(POLICY), "{path}");
            assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            let tag = answer.header("etag").expect("a tag").to_owned();
            let known = TestRequest::get().uri(path).insert_header(("if-none-match", tag));
            assert_eq!(house.send(None, known).await.status, 304, "{path}");
        }
    }
}

#[actix_web::test]
async fn there_is_one_address_for_the_page() {
    let house = House::with_console().await;
    let answer = get(&house, "/console/").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (307, Some("/console")));
    let page = get(&house, &script(&house).await.replace("main.js", "index.html")).await;
    assert_eq!(page.status, 404);
}

#[actix_web::test]
async fn no_other_name_is_a_file_of_it() {
    let house = House::with_console().await;
    let script = script(&house).await;
    let other = |from: &str, to: &str| script.replace(from, to);
    let version = script.split('/').nth(2).expect("a version");
    for path in [
        other(version, "AAAAAAAAAAAAAAAA"),
        other(version, &version.to_lowercase().replace('a', "b")),
        other("main.js", "MAIN.JS"),
        other("main.js", "main%2Ejs"),
        other("main.js", "none.js"),
        other("main.js", "main.js/"),
        other("main.js", ""),
        other("main.js", "./main.js"),
        other("main.js", "x/../main.js"),
        other("main.js", "../../Cargo.toml"),
        other("main.js", "%2e%2e/%2e%2e/Cargo.toml"),
        other("main.js", "..%2f..%2fCargo.toml"),
        other("main.js", "%00"),
        other("/console", "/%63onsole"),
        other("/console", "/Console"),
        "/%63onsole".to_owned(),
        "/CONSOLE".to_owned(),
        "/console//main.js".to_owned(),
        "/console/main.js".to_owned(),
    ] {
        let answer = get(&house, &path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.problem(), "not_found", "{path}");
    }
}

#[actix_web::test]
async fn it_is_read_and_nothing_else() {
    let house = House::with_console().await;
    let script = script(&house).await;
    for path in ["/console", "/console/", &script] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = house.call(None, method, path).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD"), "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn it_travels_compressed() {
    let house = House::with_console().await;
    let request = TestRequest::get().uri("/console").insert_header(("accept-encoding", "gzip"));
    let answer = house.send(None, request).await;
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.bytes.get(..2), Some(&[0x1f, 0x8b][..]));
}

#[actix_web::test]
async fn it_is_no_operation_of_the_api() {
    let house = House::with_console().await;
    let document = get(&house, "/openapi.json").await.expect(200);
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.keys().all(|path| !path.contains("console")));
}
