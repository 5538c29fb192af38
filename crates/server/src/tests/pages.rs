//! The web pages: which address gives which file, and with which headers.

use axum::http::HeaderMap;

use super::harness::{Answer, Clew, request};
use crate::pages::{PageFile, Pages};

const FILES: &[PageFile] = &[
    PageFile { path: "assets/app-1f.js", identity: b"app()", gzip: Some(b"packed app") },
    PageFile { path: "assets/logo-2a.png", identity: b"\x89PNG", gzip: None },
    PageFile { path: "favicon.svg", identity: b"<svg/>", gzip: None },
    PageFile { path: "index.html", identity: b"<!doctype html>", gzip: Some(b"packed page") },
];

fn clew() -> Clew {
    Clew::with(|config| config.pages = Pages::Built(FILES))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// The tag of a file: 32 hex digits of a hash.
async fn tag(clew: &Clew, path: &str) -> String {
    let tag = header(&clew.get(path).await.headers, "etag").to_owned();
    let digits = tag.trim_matches('"');
    assert!(digits.len() == 32 && digits.chars().all(|c| c.is_ascii_hexdigit()), "{tag}");
    tag
}

async fn get_with(clew: &Clew, path: &str, name: &str, value: &str) -> Answer {
    clew.send(request("GET", path, &[(name, value)], "")).await
}

#[tokio::test]
async fn addresses_of_people_give_the_first_page() {
    let clew = clew();
    let tag = tag(&clew, "/ui/").await;
    for path in
        ["/ui", "/ui/", "/ui/start", "/ui/runs/5b8efff798038103", "/ui/users/a@b.example/x.js"]
    {
        let answer = clew.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.text(), "<!doctype html>", "{path}");
        assert_eq!(header(&answer.headers, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&answer.headers, "cache-control"), "no-cache");
        assert_eq!(header(&answer.headers, "etag"), tag);
    }
    assert_ne!(tag, self::tag(&clew, "/ui/favicon.svg").await);
}

#[tokio::test]
async fn files_are_sent_as_what_they_are() {
    let clew = clew();
    for (path, content_type, lasting) in [
        (
            "/ui/assets/app-1f.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        ("/ui/assets/logo-2a.png", "image/png", "public, max-age=31536000, immutable"),
        ("/ui/favicon.svg", "image/svg+xml", "no-cache"),
    ] {
        let answer = clew.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(header(&answer.headers, "content-type"), content_type, "{path}");
        assert_eq!(header(&answer.headers, "cache-control"), lasting, "{path}");
        assert_eq!(header(&answer.headers, "x-content-type-options"), "nosniff", "{path}");
    }
    assert_eq!(clew.get("/ui/assets/logo-2a.png").await.body, b"\x89PNG");
    for path in ["/ui/assets/app-00.js", "/ui/assets/", "/ui/robots.txt", "/ui/assets/x/../y"] {
        let answer = clew.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"), "{path}");
    }
    let head = clew.send(request("HEAD", "/ui/", &[], "")).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[tokio::test]
async fn a_packed_form_is_sent_to_who_takes_it() {
    let clew = clew();
    let packed = get_with(&clew, "/ui/assets/app-1f.js", "accept-encoding", "br, gzip").await;
    assert_eq!(packed.text(), "packed app");
    assert_eq!(header(&packed.headers, "content-encoding"), "gzip");
    assert_eq!(header(&packed.headers, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(header(&packed.headers, "vary"), "Accept-Encoding");
    let plain = get_with(&clew, "/ui/assets/logo-2a.png", "accept-encoding", "gzip").await;
    assert_eq!(header(&plain.headers, "content-encoding"), "");
    let plain = clew.get("/ui/assets/app-1f.js").await;
    assert_eq!(plain.text(), "app()");
    assert_ne!(header(&plain.headers, "etag"), header(&packed.headers, "etag"));
}

#[tokio::test]
async fn who_has_the_page_already_gets_no_bytes() {
    let clew = clew();
    let tag = tag(&clew, "/ui/").await;
    let known = format!("\"other\", W/{tag}");
    let answer = get_with(&clew, "/ui/start", "if-none-match", &known).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0));
    assert_eq!(header(&answer.headers, "etag"), tag);
    assert_eq!(header(&answer.headers, "cache-control"), "no-cache");
    let answer = get_with(&clew, "/ui/start", "if-none-match", "\"other\"").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn pages_may_do_nothing_but_talk_to_here() {
    let absent = Clew::open();
    let built = clew();
    for (clew, path) in [
        (&built, "/ui/"),
        (&built, "/ui/assets/app-1f.js"),
        (&built, "/ui/assets/none.js"),
        (&absent, "/ui/"),
    ] {
        let headers = clew.get(path).await.headers;
        assert_eq!(
            header(&headers, "content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             worker-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(header(&headers, "referrer-policy"), "no-referrer");
        assert_eq!(header(&headers, "cross-origin-opener-policy"), "same-origin");
        assert!(header(&headers, "permissions-policy").contains("camera=(), "));
        assert_eq!(header(&headers, "x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn without_pages_it_says_how_to_build_them() {
    let clew = Clew::open();
    for path in ["/ui", "/ui/", "/ui/runs/5b8efff798038103"] {
        let answer = clew.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(header(&answer.headers, "content-type"), "text/html; charset=utf-8");
        assert!(answer.text().contains("<code>make build</code>"), "{path}");
    }
}

#[tokio::test]
async fn a_folder_is_read_anew_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dist");
    std::fs::create_dir_all(root.join("assets")).unwrap();
    std::fs::write(folder.path().join("secret"), "not for you").unwrap();
    std::fs::write(root.join("index.html"), "one").unwrap();
    std::fs::write(root.join("assets/app.js"), "two").unwrap();
    std::fs::write(root.join("assets/app.js.gz"), "two packed").unwrap();
    let clew = Clew::with(|config| config.pages = Pages::Folder(root.clone()));
    assert_eq!(clew.get("/ui/").await.text(), "one");
    let packed = get_with(&clew, "/ui/assets/app.js", "accept-encoding", "gzip").await;
    assert_eq!(packed.text(), "two packed");
    std::fs::write(root.join("index.html"), "three").unwrap();
    assert_eq!(clew.get("/ui/anything").await.text(), "three");
    for path in
        ["/ui/../secret", "/ui/%2e%2e/secret", "/ui/..%2fsecret", "/ui/assets/..%2f..%2fsecret"]
    {
        assert!(!clew.get(path).await.text().contains("not for you"), "{path}");
    }
    std::fs::remove_dir_all(&root).unwrap();
    assert!(clew.get("/ui/").await.text().contains("<code>make build</code>"));
}

#[tokio::test]
async fn pages_need_no_key_and_answer_no_foreign_name() {
    let closed = Clew::with(|config| {
        config.open = Some(false);
        config.pages = Pages::Built(FILES);
    });
    assert_eq!(closed.get("/ui/").await.status, 200);
    let answer = clew().send(request("GET", "/ui/", &[("host", "evil.example")], "")).await;
    assert_eq!(answer.status, 403);
}
