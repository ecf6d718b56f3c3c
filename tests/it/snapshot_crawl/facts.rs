//! Facts about pages compared with the data of the server: details, labels, restrictions, views, links.

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;
use confluence_client::RequestKind;
use confluence_sim::readership::AllowedAccounts;
use confluence_sim::site::{Content as Served, ContentType, Status};
use confluence_sim::{FaultPlan, Site};
use confluence_storage_analyzer::audit::{AuditOptions, Usage, analyze};
use confluence_storage_analyzer::inventory::snapshot::{MetricGroup, TreeParent, ViewedLast};
use confluence_storage_analyzer::inventory::{
    AccountId, ContentId, ContentKind, ParentKind, Subtype, save_run, take_inventory,
};
use confluence_storage_analyzer::progress::Progress;

use super::Harness;

#[tokio::test(start_paused = true)]
async fn a_page_has_the_labels_restrictions_and_editor_of_the_site() {
    let harness = Harness::sample(&[], FaultPlan::none()).await;
    let run = harness.run().await;
    let (facts, pages) = (run.facts(), harness.pages());
    assert_eq!(facts.pages.len(), pages.len());
    let (mut restricted, mut labelled) = (0, 0);
    for page in &pages {
        let read = run.page(&page.id);
        let labels: BTreeSet<String> = page.labels.iter().cloned().collect();
        labelled += usize::from(!labels.is_empty());
        assert_eq!(read.labels, Some(labels.into_iter().collect()), "{}", page.title);
        let named = |allowed: &AllowedAccounts| Some(!allowed.users.is_empty() || !allowed.groups.is_empty());
        assert_eq!(read.restricted_view, named(&page.restrictions.read), "{}", page.title);
        assert_eq!(read.restricted_edit, named(&page.restrictions.update), "{}", page.title);
        restricted += usize::from(read.restricted_view == Some(true));
        let editor = page.properties.get("editor").map_or("", |value| value.as_str().unwrap());
        assert_eq!(read.editor.as_deref(), Some(editor), "{}", page.title);
        assert_eq!((&read.contributors, &read.versions, &read.engagement), (&None, &None, &None), "not asked for");
    }
    assert!(restricted > 3 && labelled > 3, "{restricted} restricted, {labelled} labelled");
    assert!(pages.iter().any(|page| harness.is_in_archived_space(page)) && run.notes().is_empty(), "{}", run.notes());
}

#[tokio::test(start_paused = true)]
async fn details_are_in_the_list_of_pages() {
    let harness = Harness::sample(&[MetricGroup::Links], FaultPlan::none()).await;
    harness.server.change_site(|site| {
        let page = site.contents.iter_mut().find(|content| content.kind == ContentType::Page).unwrap();
        let version = page.versions.last_mut().unwrap();
        (version.minor, version.message) = (true, "typo".to_owned());
    });
    let run = harness.run().await;
    run.facts();
    for page in harness.pages() {
        let read = run.inventory.contents.iter().find(|content| content.id.as_str() == page.id).unwrap();
        let details = read.details.as_ref().unwrap();
        let version = page.version().unwrap();
        assert_eq!(details.subtype, Some(Subtype::Page));
        assert!(details.position.is_some());
        assert_eq!(details.last_owner.as_ref().map(AccountId::as_str), page.last_owner.as_deref());
        assert_eq!(details.minor_edit, Some(version.minor));
        assert_eq!(details.message.as_deref(), Some(version.message.as_str()).filter(|text| !text.is_empty()));
        assert!(details.tiny_link.as_deref().is_some_and(|link| link.starts_with("/x/")));
    }
    let resolution = |word: &str| {
        let details = run.inventory.contents.iter().filter_map(|content| content.details.as_ref());
        details.filter(|details| details.resolution.as_ref().is_some_and(|settled| settled.as_str() == word)).count()
    };
    let served = |word: &str| {
        let on_trash = |site: &Site, id: &str| site.contents.iter().any(|c| c.id == id && c.status.is_trash());
        harness.server.site(|site| {
            // the server sends it for replies too, which are not threads
            let threads = site.contents.iter().filter(|content| content.parent.is_none());
            let comments = threads.filter(|content| content.resolution.as_deref() == Some(word));
            comments.filter(|comment| !on_trash(site, comment.container.as_deref().unwrap())).count()
        })
    };
    assert!(served("resolved") > 0);
    assert_eq!((resolution("open"), resolution("resolved")), (served("open"), served("resolved")));
}

#[tokio::test(start_paused = true)]
async fn only_the_chosen_spaces_are_read() {
    let harness = Harness::sample(&[], FaultPlan::none()).await.spaces(&["ENG"]);
    let run = harness.run().await;
    run.facts();
    let space = run.inventory.spaces.iter().find(|space| space.key == "ENG").unwrap().id.clone();
    assert!(run.inventory.spaces.len() > 1, "all spaces are known");
    let contents = &run.inventory.contents;
    assert!(contents.iter().all(|page| page.kind == ContentKind::Page && page.space == Some(space.clone())));
    assert!(contents.iter().all(|page| page.body.is_some() || page.status.is_trash()));
    assert!(contents.iter().any(|page| page.status.is_trash()), "pages of all statuses");
    let pages: HashSet<&ContentId> = contents.iter().map(|page| &page.id).collect();
    let files = &run.inventory.attachments;
    assert!(!files.is_empty() && files.iter().all(|file| pages.contains(file.container.id().unwrap())));
    assert!(files.iter().flat_map(|file| &file.old_versions).all(|version| version.size.is_none()));
    for unread in ["/blogposts", "/footer-comments", "/inline-comments", "/template/page", "/users-bulk"] {
        assert_eq!(harness.sent(unread), 0, "{unread}");
    }
    assert!(!run.inventory.people.is_empty());
    let audit = analyze(&run.inventory, &AuditOptions::default());
    assert!(
        audit.files.iter().all(|file| file.usage != Usage::Unreferenced),
        "this crawl is not sufficient to judge files"
    );
}

#[tokio::test(start_paused = true)]
async fn posts_and_comments_of_the_chosen_spaces_are_read_for_links() {
    let harness = Harness::sample(&[MetricGroup::Links], FaultPlan::none()).await.spaces(&["ENG", "SUP"]);
    let run = harness.run().await;
    run.facts();
    let ids: Vec<_> = run
        .inventory
        .spaces
        .iter()
        .filter(|space| ["ENG", "SUP"].contains(&space.key.as_str()))
        .map(|s| &s.id)
        .collect();
    let of = |kind: ContentKind| run.inventory.contents.iter().filter(move |content| content.kind == kind);
    for kind in [ContentKind::BlogPost, ContentKind::FooterComment, ContentKind::InlineComment] {
        assert!(of(kind).count() > 0, "{kind:?}");
        assert!(of(kind).all(|content| content.space.as_ref().is_some_and(|id| ids.contains(&id))), "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn folders_and_whiteboards_above_pages_are_read_once_up_to_the_root() {
    let mut site = Site::new().space("ENG", "Engineering").page("1", "Home", "").folder("10", "Outer");
    site = site.with_content(|folder| folder.parent = Some(("1".into(), ContentType::Page)));
    site = site.folder("11", "Inner").with_content(|folder| folder.parent = Some(("10".into(), ContentType::Folder)));
    for id in ["2", "3"] {
        site = site.page(id, id, "").with_content(|page| page.parent = Some(("11".into(), ContentType::Folder)));
    }
    site = site.page("4", "4", "").with_content(|page| page.parent = Some(("99".into(), ContentType::Whiteboard)));
    let harness = Harness::start(site, &[], FaultPlan::none()).await;
    let run = harness.run().await;
    let parent = |id: &str| run.facts().parents[&ContentId::new(id)].clone();
    let folder = |title: &str, parent: &str, kind: ParentKind| {
        let parent = Some((ContentId::new(parent), kind));
        Some(TreeParent { title: title.to_owned(), kind: ParentKind::Folder, parent })
    };
    assert_eq!(parent("11"), folder("Inner", "10", ParentKind::Folder));
    assert_eq!(parent("10"), folder("Outer", "1", ParentKind::Page));
    assert_eq!(parent("99"), None, "it does not exist or is not visible");
    assert_eq!((harness.sent("/folders/10"), harness.sent("/folders/11")), (1, 1));
    assert_eq!(harness.sent("/whiteboards/99"), 2, "only a second 404 counts as missing");
}

#[tokio::test(start_paused = true)]
async fn views_likes_and_watchers_are_counted_as_the_site_counts_them() {
    let harness = Harness::sample(&[MetricGroup::Engagement], FaultPlan::none()).await;
    let run = harness.run().await;
    let now = run.inventory.scan.started_at;
    run.facts();
    let mut met = BTreeSet::new();
    for page in harness.pages() {
        let read = run.page(&page.id).engagement.as_ref();
        if page.status != Status::Current {
            assert_eq!(read, None);
            continue;
        }
        let read = read.unwrap();
        let since = |days: i64| page.readers.views.iter().filter(move |view| view.at >= now - TimeDelta::days(days));
        let views = |days: i64| since(days).count() as u64;
        let viewers = since(90).map(|view| &view.viewer).collect::<HashSet<_>>().len() as u64;
        assert_eq!(read.views_total, Some(page.readers.views.len() as u64));
        assert_eq!((read.views_30d, read.views_90d), (Some(views(30)), Some(views(90))));
        assert_eq!(read.viewers_90d, Some(viewers));
        let steps = [
            (30, ViewedLast::Days30),
            (90, ViewedLast::Days90),
            (180, ViewedLast::Days180),
            (365, ViewedLast::Days365),
            (99_999, ViewedLast::Longer),
        ];
        let last = steps.iter().find(|(days, _)| views(*days) > 0).map_or(ViewedLast::Never, |(_, last)| *last);
        assert_eq!(read.viewed_last, Some(last), "{}", page.title);
        met.insert(last);
        assert_eq!(read.likes, Some(page.readers.likes.len() as u64));
        assert_eq!(read.watchers, Some(page.readers.watchers.len() as u64));
    }
    assert_eq!(met.len(), 6, "{met:?}");
}

#[tokio::test(start_paused = true)]
async fn watchers_beyond_one_response_are_not_counted() {
    let site = pages_with(|page| page.readers.watchers = (0..201).map(|number| number.to_string()).collect());
    let harness = Harness::start(site, &[MetricGroup::Engagement], FaultPlan::none()).await;
    let run = harness.run().await;
    run.facts();
    assert_eq!(run.page("1000").engagement.as_ref().unwrap().watchers, None);
    assert_eq!(harness.sent("/child-created"), 1);
}

fn pages_with(change: impl FnOnce(&mut Served)) -> Site {
    super::pages(1).with_content(change)
}

#[tokio::test(start_paused = true)]
async fn targets_that_no_list_shows_are_missing() {
    let link = |id: &str| format!("<p><a href=\"/wiki/pages/viewpage.action?pageId={id}\">x</a></p>");
    let body: String = ["2001", "2002", "2003", "2004", "1000", "999999"].into_iter().map(link).collect();
    let site = Site::new()
        .space("ENG", "Engineering")
        .page("1000", "Home", &body)
        .post("2004", "Own post", "")
        .space("OPS", "Operations")
        .page("2001", "Elsewhere", "")
        .page("2002", "In the trash", "")
        .with_content(|page| page.status = Status::Trashed)
        .post("2003", "Post elsewhere", "");
    let harness = Harness::start(site, &[MetricGroup::Links], FaultPlan::none()).await.spaces(&["ENG"]);
    let run = harness.run().await;
    assert_eq!(run.facts().missing_targets, BTreeSet::from([ContentId::new("999999")]));
    assert_eq!(run.inventory.requests.of(RequestKind::LinkTargets), 2);
}

#[tokio::test(start_paused = true)]
async fn labels_that_the_search_truncates_are_read_page_by_page() {
    let mut site = super::pages(3);
    site.behaviour.label_cap = Some(2);
    for (page, count) in site.contents.iter_mut().zip([1, 2, 3]) {
        page.labels = (0..count).map(|number| format!("label-{number}")).collect();
    }
    let harness = Harness::start(site, &[], FaultPlan::none()).await;
    let run = harness.run().await;
    run.facts();
    let counts = ["1000", "1001", "1002"].map(|id| run.page(id).labels.as_ref().unwrap().len());
    assert_eq!(counts, [1, 2, 3]);
    assert_eq!(harness.sent("/labels"), 2, "a page with as many labels as the limit may have more");
}

#[tokio::test(start_paused = true)]
async fn sizes_of_old_versions_come_from_an_earlier_audit() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = Harness::sample(&[], FaultPlan::none()).await.cache(folder.path());
    let audit = take_inventory(&harness.api(), &harness.options, &Progress::silent()).await.unwrap();
    save_run(&harness.options, &audit).unwrap();
    harness.options.cache = None;
    harness = harness.cache(folder.path());
    let run = harness.run().await;
    run.facts();
    assert_eq!(run.inventory.requests.of(RequestKind::AttachmentVersion), 0);
    let (mut sized, mut unknown) = (0, 0);
    for file in &run.inventory.attachments {
        let audited = audit.attachments.iter().find(|audited| audited.id == file.id).unwrap();
        assert_eq!(u32::try_from(file.old_versions.len()).unwrap() + 1, file.version);
        for version in &file.old_versions {
            if let Some(audited) = audited.old_versions.iter().find(|audited| audited.number == version.number) {
                assert_eq!(version.size, audited.size);
                sized += 1;
            } else {
                assert_eq!(version.size, None, "an unknown size is not zero");
                unknown += 1;
            }
        }
    }
    assert!(sized > 20 && unknown > 0, "{sized} with sizes, {unknown} without");
}
