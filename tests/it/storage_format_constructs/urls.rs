//! URLs that name files.

use super::{
    OTHER, Possible, Proven, assert_doubted, assert_evidence, assert_nothing, assert_other, assert_own, assert_usage,
    call, site,
};

fn link(url: &str) -> String {
    format!(r#"<p><a href="{url}">x</a></p>"#)
}

/// An address in each construct that may contain one, with the evidence for it.
fn places(url: &str) -> [(String, &'static str); 4] {
    [
        (link(url), "URL"),
        (format!(r#"<p><img src="{url}"/></p>"#), "URL"),
        (format!(r#"<ac:image><ri:url ri:value="{url}"/></ac:image>"#), "image"),
        (call("some-app", &[("source", url)]), "macro some-app"),
    ]
}

#[test]
fn download_addresses_name_files_by_page_id() {
    for context in ["/wiki", "", "https://acme.atlassian.net/wiki"] {
        let url = format!(
            "{context}/download/attachments/{OTHER}/a%20b.pdf?version=2&amp;modificationDate=15&amp;cacheVersion=1&amp;api=v2"
        );
        for (body, construct) in places(&url) {
            assert_other(&body, "a b.pdf", construct, Proven);
        }
    }
    assert_nothing(&link("/wiki/download/attachments/"), "a b.pdf");
    assert_nothing(&link("/wiki/download/attachments/a%20b.pdf"), "a b.pdf");
}

#[test]
fn thumbnail_addresses_name_files_by_page_id() {
    let url = format!("/wiki/download/thumbnails/{OTHER}/a.png?version=1&amp;width=300");
    for (body, construct) in places(&url) {
        assert_other(&body, "a.png", construct, Proven);
    }
}

#[test]
fn embedded_page_addresses_name_files_by_title() {
    let url = "/wiki/download/attachments/embedded-page/ENG/Deployment%20Guide/a.png?api=v2";
    for (body, construct) in places(url) {
        assert_other(&body, "a.png", construct, Proven);
    }
    assert_other(&link(&url.replace("%20", "+")), "a.png", "URL", Proven);
}

/// With a file of the same name and another id, and a file whose id has the same beginning.
#[test]
fn preview_addresses_name_files_by_id() {
    for path in [
        "/wiki/pages/viewpageattachments.action?pageId=2001&amp;preview=%2F2001%2F5001%2Fold-name.pdf",
        "/wiki/pages/viewpage.action?pageId=2001&amp;preview=/2001/5001/old-name.pdf",
        "/wiki/spaces/ENG/pages/2001/Deployment+Guide?preview=/2001/5001/old-name.pdf",
        "/wiki/display/ENG/Deployment+Guide?preview=%2F2001%2F5001%2Fold-name.pdf",
        "?preview=/2001/att5001/old-name.pdf",
    ] {
        let mut site = site(&link(path), "old-name.pdf");
        site.file("att5001", OTHER, "new-name.pdf");
        site.file("att50011", OTHER, "third.pdf");
        let expected = [("att5001", "linked-elsewhere"), ("att50011", "unreferenced"), ("other", "unreferenced")];
        assert_usage(&site, &expected);
        assert_evidence(&site, "att5001", "URL", Proven);
        assert_usage(&site, &[("own", "unreferenced")]);
    }
}

#[test]
fn a_preview_of_an_unknown_id_falls_back_to_page_and_name() {
    let url = "/wiki/pages/viewpage.action?pageId=2001&amp;preview=/2001/5009/a+b.pdf";
    assert_other(&link(url), "a+b.pdf", "URL", Possible);
    assert_other(&link(url), "a b.pdf", "URL", Possible);
    // deleted and uploaded again: the id in the address is that of the file in the trash
    let mut again = site(&link(url), "a b.pdf");
    again.file("att5009", OTHER, "a b.pdf").status = confluence_storage_analyzer::inventory::Status::Trashed;
    assert_usage(&again, &[("other", "linked-elsewhere"), ("att5009", "not-judged"), ("own", "unreferenced")]);
}

#[test]
fn rest_v1_downloads_name_files_by_id() {
    let mut site = site(&link("/wiki/rest/api/content/2001/child/attachment/att5001/download"), "a.pdf");
    site.file("att5001", OTHER, "b.pdf");
    site.file("att50010", OTHER, "c.pdf");
    assert_usage(&site, &[("att5001", "linked-elsewhere"), ("att50010", "unreferenced"), ("other", "unreferenced")]);
    assert_evidence(&site, "att5001", "URL", Proven);
}

#[test]
fn rest_v2_addresses_name_files_by_id() {
    for url in ["/wiki/api/v2/attachments/att5001/thumbnail/download", "/wiki/rest/api/content/att5001/version/2"] {
        let mut site = site(&link(url), "a.pdf");
        site.file("att5001", OTHER, "b.pdf");
        site.file("att500", OTHER, "c.pdf");
        assert_usage(&site, &[("att5001", "linked-elsewhere"), ("att500", "unreferenced"), ("other", "unreferenced")]);
        assert_evidence(&site, "att5001", "URL", Possible);
    }
}

#[test]
fn media_and_blob_addresses_name_files_by_media_id() {
    let id = "62149a0b-9e5d-4e56-bab5-17b8a0d84da5";
    for url in [
        format!("https://api.media.atlassian.com/file/{id}/binary?client=x"),
        format!("blob:https://acme.atlassian.net/1#media-blob-url=true&amp;id={id}&amp;collection=contentId-2001"),
    ] {
        let mut site = site(&format!(r#"<img src="{url}"/>"#), "a.png");
        site.inventory.attachments[1].file_id = Some(id.to_owned());
        site.inventory.attachments[0].file_id = Some(id.replace('6', "7"));
        assert_usage(&site, &[("other", "linked-elsewhere"), ("own", "unreferenced")]);
        assert_evidence(&site, "other", "URL", Possible);
    }
    let mut foreign = site(&link(&format!("https://media.example/file/{id}/binary")), "a.png");
    foreign.inventory.attachments[0].file_id = Some(id.to_owned());
    assert_usage(&foreign, &[("own", "unreferenced")]);
}

#[test]
fn tiny_links_name_pages() {
    // 6QM is the tiny link of page 1001, not a file of that name
    assert_nothing(&link("/wiki/x/6QM"), "6QM");
}

#[test]
fn share_links_name_pages() {
    assert_nothing(&link("/wiki/l/cp/a.png"), "a.png");
}

#[test]
fn page_addresses_name_no_file() {
    for url in [
        "/wiki/pages/viewpage.action?pageId=1001#a.png",
        "/wiki/pages/viewpageattachments.action?pageId=1001&amp;fileName=x",
        "/wiki/spaces/ENG/pages/1001/a.png",
        "/wiki/display/ENG/a.png",
        "#attachments",
        "#a.png",
    ] {
        assert_nothing(&link(url), "a.png");
    }
}

#[test]
fn smart_links_name_files_by_their_href() {
    let card = |appearance: &str, url: &str| {
        format!(r#"<p><a href="{url}" data-card-appearance="{appearance}">https://x.example/a.pdf</a></p>"#)
    };
    let file = "https://acme.atlassian.net/wiki/download/attachments/1001/a.pdf";
    assert_own(&card("inline", file), "a.pdf", "linked", "URL", Proven);
    for appearance in ["block", "embed"] {
        assert_own(&card(appearance, file), "a.pdf", "embedded", "URL", Proven);
        assert_nothing(&card(appearance, "https://acme.atlassian.net/wiki/spaces/ENG/pages/1001"), "a.pdf");
    }
}

#[test]
fn similar_ids_and_encoded_separators_are_not_confused() {
    // one id is a prefix of another
    let mut prefixes = site(&link("/wiki/download/attachments/10010/a.pdf"), "a.pdf");
    prefixes.page("10010", "Ten", "");
    prefixes.file("ten", "10010", "a.pdf");
    assert_usage(&prefixes, &[("ten", "linked-elsewhere"), ("own", "unreferenced"), ("other", "unreferenced")]);
    for host in ["acme.atlassian.net.evil", "not-acme.atlassian.net"] {
        assert_doubted(&link(&format!("https://{host}/wiki/download/attachments/1001/a.pdf")), "a.pdf");
    }
    for url in [
        "https://x.example/?u=/wiki/download/attachments/1001/a.pdf",
        "https://x.example/?u=https://acme.atlassian.net/wiki/download/attachments/1001/a.pdf",
        "https://x.example/?preview=/1001/own/a.pdf",
    ] {
        assert_nothing(&link(url), "a.pdf");
    }
    // `&amp;` is a separator; `#` and `?` end a name unless they are encoded; `;` is part of the name
    let own = |name: &str| link(&format!("/wiki/download/attachments/1001/{name}"));
    assert_own(&own("a.pdf?x=1&amp;y=2"), "a.pdf", "linked", "URL", Proven);
    assert_own(&own("a%23b%3Fc;d.pdf"), "a#b?c;d.pdf", "linked", "URL", Proven);
    assert_nothing(&own("a#b.pdf"), "a#b.pdf");
    assert_nothing(&own("a?b.pdf"), "a?b.pdf");
}
