//! Addresses as they occur in bodies.

use super::*;

fn site() -> OwnSite {
    OwnSite::new("https://acme.atlassian.net/wiki", &["wiki.acme.example".to_owned()])
}

fn first_file(url: &str) -> Option<(String, ContainerRef)> {
    match site().meaning(url)? {
        UrlMeaning::Files(targets) => match targets.into_iter().next()?.0 {
            Target::File { name, container, .. } => Some((name, container)),
            _ => None,
        },
        _ => None,
    }
}

fn attachment(url: &str) -> Option<String> {
    match site().meaning(url)? {
        UrlMeaning::Files(targets) => match targets.into_iter().next()?.0 {
            Target::Attachment { id, .. } => Some(id),
            _ => None,
        },
        _ => None,
    }
}

fn by_id(id: &str) -> ContainerRef {
    ContainerRef::Content(id.to_owned())
}

#[test]
fn download_addresses_name_files_on_every_host_of_the_site() {
    for url in [
        "/wiki/download/attachments/1001/a%20b.pdf?version=1&modificationDate=5&cacheVersion=1&api=v2",
        "/download/attachments/1001/a%20b.pdf",
        "https://acme.atlassian.net/wiki/download/attachments/1001/a%20b.pdf#page=2",
        "HTTP://ACME.atlassian.net:80/wiki/download/attachments/1001/a%20b.pdf",
        "https://acme.atlassian.net:443/download/attachments/1001/a%20b.pdf",
        "//acme.atlassian.net/wiki/download/attachments/1001/a b.pdf",
        "https://wiki.acme.example/download/attachments/1001/a%20b.pdf",
        "/wiki/download/thumbnails/1001/a%20b.pdf?width=300",
    ] {
        assert_eq!(first_file(url), Some(("a b.pdf".to_owned(), by_id("1001"))), "{url}");
    }
}

#[test]
fn addresses_on_other_hosts_never_name_files_of_the_site() {
    for url in [
        "https://other.atlassian.net/wiki/download/attachments/1001/a.pdf",
        "https://acme.atlassian.net.evil.example/wiki/download/attachments/1001/a.pdf",
        "https://notacme.atlassian.net/wiki/download/attachments/1001/a.pdf",
        "https://acme.atlassian.net@evil.example/wiki/download/attachments/1001/a.pdf",
        "https://acme.atlassian.net:8443/wiki/download/attachments/1001/a.pdf",
        "https://evil.example/?u=https://acme.atlassian.net/wiki/download/attachments/1001/a.pdf",
        "ftp://acme.atlassian.net/wiki/download/attachments/1001/a.pdf",
        "mailto:x@acme.atlassian.net/wiki/download/attachments/1001/a.pdf",
    ] {
        assert_eq!(site().meaning(url), None, "{url}");
    }
}

#[test]
fn names_are_decoded_once_and_other_decodings_come_second() {
    let readings = |url| match site().meaning(url) {
        Some(UrlMeaning::Files(targets)) => targets
            .into_iter()
            .filter_map(|(target, _)| match target {
                Target::File { name, other_readings, .. } => Some((name, other_readings)),
                _ => None,
            })
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        readings("/download/attachments/1/100%25%20done.pdf"),
        [("100% done.pdf".to_owned(), vec!["100%25%20done.pdf".to_owned()])]
    );
    assert_eq!(
        readings("/download/attachments/1/a%2520b.pdf"),
        [("a%20b.pdf".to_owned(), vec!["a b.pdf".to_owned(), "a%2520b.pdf".to_owned()])]
    );
    let plus = readings("/download/attachments/1/C+guide.pdf");
    assert_eq!(plus.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["C+guide.pdf", "C guide.pdf"]);
    assert_eq!(readings("/download/attachments/1/C%2B%2B.pdf").len(), 1);
    assert_eq!(readings("/download/attachments/1/%DCber.pdf")[0].0, "Über.pdf");
    assert_eq!(readings("/download/attachments/1/a;b.pdf")[0].0, "a;b.pdf");
}

#[test]
fn embedded_page_names_space_and_title() {
    let url = "/wiki/download/attachments/embedded-page/ENG/Release%20Plan/flow.png?api=v2";
    let container = ContainerRef::Page { title: "Release Plan".to_owned(), space: Some("ENG".to_owned()) };
    assert_eq!(first_file(url), Some(("flow.png".to_owned(), container)));
}

#[test]
fn preview_names_the_attachment_id() {
    for url in [
        "https://acme.atlassian.net/wiki/display/ENG/Release+Plan?preview=/1001/5001/deck.pptx",
        "/wiki/pages/viewpageattachments.action?pageId=1001&preview=%2F1001%2F5001%2Fdeck.pptx",
        "/pages/viewpage.action?pageId=1001&amp;preview=%2F1001%2Fatt5001%2Fdeck.pptx",
        "/wiki/spaces/ENG/pages/1001/Plan?preview=%252F1001%252F5001%252Fdeck.pptx",
        "?preview=/1001/5001/deck.pptx",
    ] {
        assert_eq!(attachment(url), Some("5001".to_owned()), "{url}");
    }
}

#[test]
fn rest_addresses_name_the_attachment_id() {
    for url in [
        "/wiki/rest/api/content/1001/child/attachment/att5001/download",
        "/wiki/api/v2/attachments/att5001/thumbnail/download",
        "/rest/api/content/att5001/version/2",
    ] {
        assert_eq!(attachment(url), Some("5001".to_owned()), "{url}");
    }
    assert_eq!(attachment("/wiki/rest/api/content/5001"), None);
}

#[test]
fn media_addresses_name_the_file_id() {
    let id = "62149a0b-9e5d-4e56-bab5-17b8a0d84da5";
    for url in [
        format!("https://api.media.atlassian.com/file/{id}/binary?token=x"),
        format!(
            "blob:https://acme.atlassian.net/123#media-blob-url=true&id={}&collection=contentId-1",
            id.to_uppercase()
        ),
    ] {
        assert_eq!(
            site().meaning(&url),
            Some(UrlMeaning::Files(vec![(Target::FileId { id: id.to_owned() }, Certainty::Possible)])),
            "{url}"
        );
    }
}

#[test]
fn page_addresses_name_contents_not_files() {
    let content = |id: &str| Some(UrlMeaning::ContentId(id.to_owned()));
    assert_eq!(site().meaning("/wiki/spaces/ENG/pages/100123/Release+Plan"), content("100123"));
    assert_eq!(site().meaning("/wiki/pages/viewpage.action?pageId=1001#attachments"), content("1001"));
    assert_eq!(site().meaning("/pages/viewpage.action?pageId=1001"), content("1001"));
    let perhaps = Some(UrlMeaning::PossibleId("1001".to_owned()));
    assert_eq!(site().meaning("/wiki/plugins/servlet/app?pageId=1001"), perhaps);
    assert_eq!(site().meaning("/wiki/pages/viewpageattachments.action?pageId=1001"), content("1001"));
    assert_eq!(
        site().meaning("/wiki/display/ENG/Release+Plan"),
        Some(UrlMeaning::PageTitle { space: "ENG".to_owned(), title: "Release Plan".to_owned() })
    );
    assert_eq!(site().meaning("/wiki/l/cp/abc"), None);
    assert_eq!(site().meaning("#attachments"), None);
}

#[test]
fn codes_of_tiny_links_are_content_ids() {
    for (code, id) in [
        ("AQ", "1"),
        ("AAE", "256"),
        ("6QM", "1001"),
        ("6QM?x=1#y", "1001"),
        ("--g_", "4126975"),
        ("vYNyI", "544375741"),
        ("B8OEDQw", "51766412039"),
        ("---------38", "9223372036854775807"),
    ] {
        assert_eq!(tiny_link(code).as_deref(), Some(id), "{code}");
    }
    for other in ["", "AAAA", "not a code", "a+b/", "ÄQ", "AQ=", "wayTooLongForAnId"] {
        assert_eq!(tiny_link(other), None, "{other}");
    }
}

#[test]
fn addresses_below_the_context_path_of_data_center_name_files_and_contents() {
    for base in ["https://wiki.acme.example/confluence", "https://wiki.acme.example", "https://acme.example/it/wiki"] {
        let site = OwnSite::new(base, &[]);
        let context = base.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default();
        for prefix in [base, context.as_str()] {
            for (path, name, container) in [
                ("/download/attachments/1001/a%20b.pdf?version=1&modificationDate=5&api=v2", "a b.pdf", by_id("1001")),
                ("/download/thumbnails/1001/a%20b.pdf?api=v2", "a b.pdf", by_id("1001")),
                (
                    "/download/attachments/embedded-page/ENG/Release%20Plan/flow.png?api=v2",
                    "flow.png",
                    ContainerRef::Page { title: "Release Plan".to_owned(), space: Some("ENG".to_owned()) },
                ),
            ] {
                let url = format!("{prefix}{path}");
                let Some(UrlMeaning::Files(targets)) = site.meaning(&url) else { panic!("{url} names no file") };
                let Target::File { name: found, container: on, .. } = &targets[0].0 else { panic!("{url}") };
                assert_eq!((found.as_str(), on), (name, &container), "{url}");
                assert_eq!(targets[0].1, Certainty::Proven, "{url}");
            }
            let meaning = |path: &str| site.meaning(&format!("{prefix}{path}"));
            let by_attachment = |certainty| {
                let target = Target::Attachment { id: "5001".to_owned(), fallback: None };
                Some(UrlMeaning::Files(vec![(target, certainty)]))
            };
            let path = "/rest/api/content/1001/child/attachment/att5001/data";
            assert_eq!(meaning(path), by_attachment(Certainty::Proven));
            assert_eq!(meaning("/rest/api/content/att5001"), by_attachment(Certainty::Possible));
            let plan = UrlMeaning::PageTitle { space: "ENG".to_owned(), title: "Release Plan".to_owned() };
            assert_eq!(meaning("/display/ENG/Release+Plan"), Some(plan.clone()));
            assert_eq!(meaning("/pages/viewpage.action?spaceKey=ENG&title=Release+Plan"), Some(plan));
            let page = Some(UrlMeaning::ContentId("1001".to_owned()));
            assert_eq!(meaning("/pages/viewpage.action?pageId=1001"), page);
            assert_eq!(meaning("/pages/viewpageattachments.action?pageId=1001"), page);
            assert_eq!(meaning("/display/ENG"), Some(UrlMeaning::Space("ENG".to_owned())));
            let preview = "/display/ENG/Release+Plan?preview=%2F1001%2F5001%2Fdeck.pptx";
            assert!(matches!(meaning(preview), Some(UrlMeaning::Files(_))), "{prefix}");
            assert_eq!(meaning("/x/6QM"), Some(UrlMeaning::AnyId("1001".to_owned())));
        }
    }
}
