//! Requests of a run: bulk lists, one request per old version, and no others per page or file.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use confluence_sim::{DemoServer, FaultPlan};

use crate::run_program::Server;
use test_support::harness::only_reads;

/// Counts requests by path, with ids replaced.
fn by_kind(server: &DemoServer) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for request in server.requests() {
        let path: Vec<&str> = request
            .path
            .trim_start_matches("/wiki")
            .split('/')
            .map(|part| {
                let digits = part.trim_start_matches("att");
                if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) { "{id}" } else { part }
            })
            .collect();
        let mut kind = path.join("/");
        if request.query.contains("get-draft=true") {
            kind.push_str("?get-draft");
        }
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

#[test]
fn lists_in_bulk_one_request_per_old_version_and_few_drafts() {
    let server = Server::sample(FaultPlan::none());
    let run = server.run(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let kinds = by_kind(&server.server);
    let (old_versions, with_deleted, archived, spaces) = server.server.site(|site| {
        let mut old = 0;
        let mut with_deleted = 0;
        for file in &site.attachments {
            old += file.versions.len() - 1;
            with_deleted += usize::from(file.versions.iter().any(|version| version.deleted));
        }
        let archived_space = |id: &str| site.spaces.iter().any(|space| space.id == id && space.archived);
        let archived = site
            .contents
            .iter()
            .filter(|content| matches!(content.kind.as_str(), "page" | "blogpost"))
            .filter(|content| !content.status.is_trash() && content.status.as_str() != "draft")
            .filter(|content| content.status.as_str() == "archived" || archived_space(&content.space_id))
            .count();
        (old, with_deleted, archived, site.spaces.len())
    });
    let count = |kind: &str| kinds.get(kind).copied().unwrap_or(0);
    assert_eq!(count("/api/v2/attachments/{id}"), old_versions, "{kinds:?}");
    assert_eq!(count("/api/v2/attachments/{id}/versions"), with_deleted, "one list settles a file: {kinds:?}");
    for list in ["/api/v2/pages", "/api/v2/blogposts"] {
        // one list for each of at most eight groups of spaces, for the titles, in the first pass and in the final pass,
        // and that of drafts in the last two
        assert!(count(list) <= 3 * spaces + 2, "{list}: {kinds:?}");
    }
    assert_eq!(count("/api/v2/attachments"), 2 + 2, "403 files at 250 per page, and the final pass: {kinds:?}");
    // the list comparison reads 30 owners, and up to ten whose bodies name a file that the list does not show
    let compared_owners = count("/api/v2/pages/{id}/attachments") + count("/api/v2/blogposts/{id}/attachments");
    assert!((20..=40).contains(&compared_owners), "{kinds:?}");
    assert_eq!(count("/api/v2/footer-comments"), 1 + 1, "{kinds:?}");
    assert_eq!(count("/api/v2/inline-comments"), 1 + 1, "{kinds:?}");
    assert_eq!(count("/api/v2/spaces"), 2 + 2, "{kinds:?}");
    assert_eq!(
        count("/rest/api/content/search"),
        1 + 1 + 1,
        "fewer than 200 contents at 200 per page, the cross-check with the search, and the final pass: {kinds:?}"
    );
    // the search omits archived content, so only that is requested individually; owners of candidates among it once
    // more
    let properties = count("/api/v2/pages/{id}/properties") + count("/api/v2/blogposts/{id}/properties");
    assert!((archived..=2 * archived).contains(&properties), "{archived}: {kinds:?}");
    let drafts = count("/api/v2/pages/{id}?get-draft") + count("/api/v2/blogposts/{id}?get-draft");
    assert!(drafts <= 30, "{kinds:?}");
    let alone = count("/api/v2/pages/{id}") + count("/api/v2/blogposts/{id}");
    assert!(alone <= 1, "only what lists the files of another page by its title: {kinds:?}");
    assert!(count("/api/v2/footer-comments/{id}/children") == 0, "{kinds:?}");
    let reported: u64 =
        run.run_json()["requests"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    // of the download that verifies sizes, this server logs the request that is redirected, and another server the second
    let logged = server.server.requests().len();
    assert!(
        reported >= logged as u64 && reported <= logged as u64 + 1,
        "{reported} reported, {logged} logged: {kinds:?}"
    );
}

#[test]
fn lists_ask_for_full_pages_and_every_request_only_reads() {
    let server = Server::sample(FaultPlan::none());
    server.run(&[]);
    for request in server.server.requests() {
        assert!(only_reads(&request), "{request:?}");
        let is_list = ["/pages", "/blogposts", "/attachments", "/footer-comments", "/inline-comments", "/spaces"]
            .iter()
            .any(|list| request.path.ends_with(&format!("/api/v2{list}")));
        if is_list {
            assert!(request.query.contains("limit=250"), "{request:?}");
        }
    }
}

#[test]
fn the_token_is_in_no_output() {
    let server = Server::sample(FaultPlan::none());
    let run = server.run(&["-vv"]);
    let token = server.server.token();
    let pair = format!("{}:{token}", server.server.user());
    let secrets = [
        token.clone(),
        BASE64_STANDARD.encode(pair),
        percent_encoding::utf8_percent_encode(&token, percent_encoding::NON_ALPHANUMERIC).to_string(),
    ];
    let mut texts = vec![run.stdout.clone().into_bytes(), run.stderr.clone().into_bytes()];
    let mut open = vec![run.folder.path().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "gz") {
                let mut text = Vec::new();
                let file = std::fs::File::open(path).unwrap();
                std::io::copy(&mut flate2::read::GzDecoder::new(file), &mut text).unwrap();
                texts.push(text);
            } else {
                texts.push(std::fs::read(path).unwrap());
            }
        }
    }
    assert!(texts.len() > 30);
    assert!(run.stderr.contains("api/v2/pages"), "-vv logs requests");
    for text in texts {
        let text = String::from_utf8_lossy(&text);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{}", &text[..text.len().min(200)]);
        }
    }
}
