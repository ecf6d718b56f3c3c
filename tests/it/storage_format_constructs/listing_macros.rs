//! Macros that show files without naming them.

use confluence_storage_analyzer::inventory::ContentKind;

use super::{OTHER, OWN, Possible, Proven, assert_evidence, assert_usage, call};
use test_support::test_site::{TestSite, old_version};

/// Pages 1001 (with `body`) and 2001, each with images and a document.
fn album(body: &str) -> TestSite {
    let mut site = TestSite::acme();
    site.page(OWN, "Release Plan", body);
    site.page(OTHER, "Deployment Guide", "");
    for (id, page, name, media_type) in [
        ("own-a", OWN, "a.png", "image/png"),
        ("own-b", OWN, "b.jpg", "image/jpeg"),
        ("own-pdf", OWN, "c.pdf", "application/pdf"),
        ("other-a", OTHER, "a.png", "image/png"),
        ("other-pdf", OTHER, "c.pdf", "application/pdf"),
    ] {
        site.file(id, page, name).media_type = Some(media_type.to_owned());
    }
    site
}

const UNREFERENCED: &str = "unreferenced";

#[test]
fn a_gallery_shows_the_images_of_its_own_page() {
    let site = album(&call("gallery", &[("columns", "3")]));
    assert_usage(
        &site,
        &[("own-a", "embedded"), ("own-b", "embedded"), ("own-pdf", UNREFERENCED), ("other-a", UNREFERENCED)],
    );
    assert_evidence(&site, "own-a", "macro gallery", Proven);
}

#[test]
fn a_gallery_shows_the_images_of_the_pages_it_names() {
    let site = album(&call("gallery", &[("page", "Deployment Guide")]));
    assert_usage(&site, &[("other-a", "linked-elsewhere"), ("other-pdf", UNREFERENCED), ("own-a", UNREFERENCED)]);
    let mut far = album(&call("gallery", &[("page", "Release Plan, OPS:Runbook")]));
    far.content(ContentKind::Page, "3001", Some("OPS"), "Runbook", "");
    far.file("ops", "3001", "a.png");
    assert_usage(&far, &[("ops", "linked-elsewhere"), ("own-a", "embedded"), ("other-a", UNREFERENCED)]);
}

/// The editor writes the page of a parameter as a complete link.
#[test]
fn the_page_of_a_macro_may_be_a_link() {
    let parameter = r#"<ac:parameter ac:name="page"><ac:link><ri:page ri:content-title="Deployment Guide"/></ac:link></ac:parameter>"#;
    let end = "</ac:structured-macro>";
    let with_page = |name: &str| album(&call(name, &[]).replace(end, &format!("{parameter}{end}")));
    let gallery = with_page("gallery");
    assert_usage(&gallery, &[("other-a", "linked-elsewhere"), ("other-pdf", UNREFERENCED), ("own-a", UNREFERENCED)]);
    let list = with_page("attachments");
    assert_usage(&list, &[("other-a", "listed"), ("other-pdf", "listed"), ("own-a", UNREFERENCED)]);
}

#[test]
fn a_gallery_includes_and_excludes_names() {
    let include = album(&call("gallery", &[("include", "a.png, x.png")]));
    assert_usage(&include, &[("own-a", "embedded"), ("own-b", UNREFERENCED), ("other-a", UNREFERENCED)]);
    let exclude = album(&call("gallery", &[("exclude", "a.png")]));
    assert_usage(&exclude, &[("own-a", UNREFERENCED), ("own-b", "embedded")]);
    // it is not known whether case counts: possibly shown either way
    let case = album(&call("gallery", &[("exclude", "A.PNG"), ("include", "A.png")]));
    assert_usage(&case, &[("own-a", "embedded"), ("own-b", UNREFERENCED)]);
    assert_evidence(&case, "own-a", "macro gallery", Possible);
}

#[test]
fn a_gallery_includes_a_file_by_its_old_name() {
    let mut site = album(&call("gallery", &[("include", "old.png")]));
    site.inventory.attachments[0].old_versions.push(old_version(1, "old.png", 5));
    assert_usage(&site, &[("own-a", "embedded"), ("own-b", UNREFERENCED)]);
    assert_evidence(&site, "own-a", "macro gallery", Possible);
    site.file("current", OWN, "old.png");
    assert_usage(&site, &[("own-a", UNREFERENCED), ("current", "embedded")]);
}

#[test]
fn a_gallery_filters_by_labels() {
    let labelled = |parameter: &str, value: &str| {
        let mut site = album(&call("gallery", &[(parameter, value)]));
        site.inventory.attachments[0].labels = Some(vec!["red".to_owned(), "blue".to_owned()]);
        site.inventory.attachments[1].labels = Some(vec!["red".to_owned()]);
        site
    };
    assert_usage(&labelled("includeLabel", "red, blue"), &[("own-a", "embedded"), ("own-b", UNREFERENCED)]);
    assert_usage(&labelled("includeLabel", "red"), &[("own-a", "embedded"), ("own-b", "embedded")]);
    assert_usage(&labelled("excludeLabel", "blue"), &[("own-a", UNREFERENCED), ("own-b", "embedded")]);
    let mut unread = labelled("includeLabel", "red");
    unread.inventory.attachments[0].labels = None;
    assert_usage(&unread, &[("own-a", "embedded")]);
    assert_evidence(&unread, "own-a", "macro gallery", Possible);
}

#[test]
fn a_gallery_may_contain_images() {
    let body = r#"<ac:structured-macro ac:name="gallery"><ac:parameter ac:name="include">
        <ri:attachment ri:filename="a.png"/></ac:parameter></ac:structured-macro>"#;
    assert_usage(&album(body), &[("own-a", "embedded"), ("own-b", UNREFERENCED), ("other-a", UNREFERENCED)]);
}

#[test]
fn a_gallery_shows_images_of_any_declared_type() {
    let mut site = album(&call("gallery", &[]));
    for (id, name, media_type) in [
        ("untyped", "d.webp", None),
        ("binary", "e.PNG", Some("application/octet-stream")),
        ("upper", "f", Some("IMAGE/PNG")),
        ("odd", "g.png", Some("text/plain")),
        ("archive", "h.png.zip", None),
    ] {
        site.file(id, OWN, name).media_type = media_type.map(str::to_owned);
    }
    assert_usage(
        &site,
        &[("untyped", "embedded"), ("binary", "embedded"), ("upper", "embedded"), ("archive", UNREFERENCED)],
    );
    assert_evidence(&site, "odd", "macro gallery", Possible);
}

#[test]
fn an_attachments_macro_lists_the_files_of_its_page() {
    let site = album(&call("attachments", &[("upload", "false"), ("old", "true")]));
    assert_usage(
        &site,
        &[("own-a", "listed"), ("own-pdf", "listed"), ("other-a", UNREFERENCED), ("other-pdf", UNREFERENCED)],
    );
    assert_evidence(&site, "own-pdf", "macro attachments", Proven);
    let other = album(&call("attachments", &[("page", "Deployment Guide")]));
    assert_usage(&other, &[("other-a", "listed"), ("other-pdf", "listed"), ("own-a", UNREFERENCED)]);
}

#[test]
fn patterns_of_an_attachments_macro_match_complete_names() {
    let site = album(&call("attachments", &[("patterns", r".*\.jpg, c\.p.f, a")]));
    assert_usage(
        &site,
        &[("own-b", "listed"), ("own-pdf", "listed"), ("own-a", UNREFERENCED), ("other-pdf", UNREFERENCED)],
    );
    // an invalid regular expression excludes no file
    let broken = album(&call("attachments", &[("patterns", "*.png")]));
    assert_usage(&broken, &[("own-a", "listed"), ("own-pdf", "listed"), ("other-a", UNREFERENCED)]);
    assert_evidence(&broken, "own-pdf", "macro attachments", Possible);
}

#[test]
fn an_attachments_macro_filters_by_labels() {
    let mut site = album(&call("attachments", &[("labels", "red blue")]));
    site.inventory.attachments[0].labels = Some(vec!["red".to_owned(), "blue".to_owned()]);
    site.inventory.attachments[1].labels = Some(vec!["red".to_owned()]);
    assert_usage(&site, &[("own-a", "listed"), ("own-b", UNREFERENCED), ("own-pdf", UNREFERENCED)]);
}

#[test]
fn space_attachments_is_not_a_use_but_causes_a_notice() {
    let site = album(&call("space-attachments", &[("space", "ENG")]));
    assert_usage(&site, &[("own-a", UNREFERENCED), ("other-pdf", UNREFERENCED)]);
    let notices = site.audit().notices;
    assert!(notices.len() == 1 && notices[0].contains("space ENG"), "{notices:?}");
    assert!(album("<p/>").audit().notices.is_empty());
}

#[test]
fn file_cards_name_their_file() {
    let card = r#"<p class="media-group"><ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name">
        <ri:attachment ri:filename="c.pdf"/></ac:parameter></ac:structured-macro></p>"#;
    assert_usage(&album(card), &[("own-pdf", "embedded"), ("own-a", UNREFERENCED), ("other-pdf", UNREFERENCED)]);
}

#[test]
fn search_results_are_not_a_use_but_cause_a_notice() {
    let cql = [("cql", "type = attachment and space = ENG"), ("type", "attachment")];
    for name in ["contentbylabel", "livesearch", "search"] {
        let site = album(&call(name, &cql));
        assert_usage(&site, &[("own-a", UNREFERENCED), ("own-pdf", UNREFERENCED), ("other-a", UNREFERENCED)]);
        let notices = site.audit().notices;
        assert!(notices.len() == 1 && notices[0].contains(&format!("macro {name}")), "{notices:?}");
        assert!(album(&call(name, &[("cql", "type = page")])).audit().notices.is_empty());
    }
}

#[test]
fn images_of_pdf_exports_are_not_a_use() {
    let body = call("scroll-ignore", &[("template", "cover of Release Plan")]);
    assert_usage(&album(&body), &[("own-a", UNREFERENCED), ("own-pdf", UNREFERENCED), ("other-a", UNREFERENCED)]);
}

#[test]
fn macros_over_the_work_limit_leave_files_undetermined() {
    let lists = |count: usize, pattern: fn(usize) -> String| -> String {
        (0..count).map(|at| call("attachments", &[("page", "Deployment Guide"), ("patterns", &pattern(at))])).collect()
    };
    let same = album(&lists(5_000, |_| "a.*".to_owned()));
    assert_usage(&same, &[("other-a", "listed"), ("other-pdf", UNREFERENCED), ("own-a", UNREFERENCED)]);
    assert!(same.audit().notices.is_empty());

    let different = album(&(lists(5_000, |at| format!("x{at}")) + &super::image("late.png")));
    assert_usage(&different, &[("other-a", "undetermined"), ("other-pdf", "undetermined"), ("own-a", UNREFERENCED)]);
    let notices = different.audit().notices;
    assert!(notices.iter().any(|notice| notice.contains("more files than can be looked up")), "{notices:?}");
    // a name after them is not looked up either
    let mut late = album(&(lists(5_000, |at| format!("x{at}")) + &super::image("late.png")));
    late.file("late", OWN, "late.png");
    assert_usage(&late, &[("late", "undetermined"), ("own-pdf", UNREFERENCED)]);
}
