//! Effects of faults on a snapshot: a gap, a note or a value from another source, never a wrong value.

use std::collections::BTreeMap;

use confluence_client::RequestError;
use confluence_sim::readership::PageView;
use confluence_sim::site::ContentVersion;
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::inventory::ListKind;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use confluence_storage_analyzer::inventory::snapshot::MetricGroup;

use super::{Harness, pages};

const SWEEP: &str = "**/content/search";

fn on(path: &str, occurrence: Occurrence, fault: Fault) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), occurrence, fault)
}

fn always(path: &str, fault: Fault) -> FaultPlan {
    on(path, Occurrence::From(1), fault)
}

/// Keeps only the first hits of every response, without any indication of it.
fn only_first(count: usize) -> Fault {
    Fault::edit_json(move |response| response["results"].as_array_mut().unwrap().truncate(count))
}

#[tokio::test(start_paused = true)]
async fn a_refused_sweep_is_a_gap_and_causes_no_request_per_page() {
    for status in [400, 403] {
        let harness = Harness::sample(&[MetricGroup::People], always(SWEEP, Fault::status(status))).await;
        let run = harness.run().await;
        let units = run.inventory.coverage.units[&UnitKind::PageSweep];
        assert_eq!(
            (units.failed + units.denied, units.ok),
            (units.planned - 1, 1),
            "{status}: only the sweep of archived spaces"
        );
        assert!(!run.inventory.coverage.is_complete());
        assert_eq!((harness.sent("/labels"), harness.sent("/byOperation")), (0, 0), "{status}");
        for page in harness.pages().iter().filter(|page| !harness.is_in_archived_space(page)) {
            let read = run.page(&page.id);
            assert_eq!((&read.labels, read.restricted_view, &read.contributors), (&None, None, &None));
            assert!(read.versions.is_some(), "the rest is read");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pages_missing_from_the_search_are_read_one_by_one() {
    let mut site = pages(20);
    site.contents.iter_mut().for_each(|page| page.labels.push("kept".to_owned()));
    let harness = Harness::start(site, &[], always(SWEEP, only_first(15))).await;
    let run = harness.run().await;
    run.facts();
    assert_eq!((harness.sent("/labels"), harness.sent("/byOperation")), (0, 5));
    assert!(harness.pages().iter().all(|page| run.page(&page.id).labels.as_deref() == Some(&["kept".to_owned()])));
    assert_eq!(run.page("1000").restricted_view, Some(false));
    assert_eq!(run.page("1019").restricted_view, Some(false));
    assert!(run.notes().contains("5 pages are not in the search index"), "{}", run.notes());
}

#[tokio::test(start_paused = true)]
async fn many_pages_missing_from_the_search_are_a_gap_and_cause_no_request_per_page() {
    let harness = Harness::start(pages(150), &[], always(SWEEP, only_first(20))).await;
    let run = harness.run().await;
    assert_eq!(run.inventory.coverage.units[&UnitKind::PageSweep].failed, 1);
    assert_eq!((harness.sent("/labels"), harness.sent("/byOperation")), (0, 0));
    assert!(run.page("1000").labels.is_some() && run.page("1149").labels.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_page_that_only_the_search_shows_makes_the_list_incomplete_f_99() {
    let harness = Harness::start(pages(20), &[], always("**/api/v2/pages", Fault::DroppedTail(1))).await;
    let run = harness.run().await;
    assert_eq!(run.inventory.coverage.units[&UnitKind::ListComparison].failed, 1, "each order lacks one page");
    assert!(!run.inventory.coverage.is_complete());
    // both orders lack the same page, but the search shows it
    let hidden =
        Fault::edit_json(|response| response["results"].as_array_mut().unwrap().retain(|page| page["id"] != "1004"));
    let run = Harness::start(pages(20), &[], always("**/api/v2/pages", hidden)).await.run().await;
    assert_eq!(run.inventory.coverage.units[&UnitKind::SearchComparison].failed, 1);
    assert!(!run.inventory.is_whole(ListKind::Pages) && run.inventory.is_whole(ListKind::BlogPosts));
    // the same for a blog post does not affect pages
    let hidden =
        Fault::edit_json(|response| response["results"].as_array_mut().unwrap().retain(|post| post["id"] != "2000"));
    let site = pages(20).post("2000", "News", "").post("2001", "More news", "");
    let mut harness = Harness::start(site, &[], always("**/api/v2/blogposts", hidden)).await;
    harness.options.blog_post_rows = true;
    let run = harness.run().await;
    assert_eq!(run.inventory.coverage.units[&UnitKind::SearchComparison].failed, 1);
    assert!(run.inventory.is_whole(ListKind::Pages) && !run.inventory.is_whole(ListKind::BlogPosts));
}

#[tokio::test(start_paused = true)]
async fn a_list_of_attachments_that_ends_too_early_is_noticed_f_99() {
    let list = RoutePattern::path("**/api/v2/attachments").unwrap().with_query("sort", "created-date");
    let cut = FaultPlan::none().on(list, Occurrence::From(1), Fault::DroppedTail(3));
    let run = Harness::sample(&[], cut).await.run().await;
    assert!(!run.inventory.coverage.is_complete(), "another list shows the newest files");
    // no list shows a file, but the bodies name many
    let empty = always("**/api/v2/attachments", only_first(0));
    let harness = Harness::sample(&[], empty).await;
    let run = harness.run().await;
    assert!(!run.inventory.coverage.is_complete());
    assert_eq!(run.inventory.attachments.len(), 0);
    // two pages of results of each list, and ten owners
    assert!(harness.sent("/attachments") <= 2 + 2 + 10, "a sample of the owners is enough");
}

#[tokio::test(start_paused = true)]
async fn a_page_deleted_before_its_versions_are_read_is_gone() {
    let delete = Fault::change_site(|site| site.contents.retain(|content| content.id != "1001"));
    let mut site = pages(3);
    for page in &mut site.contents {
        let author = page.author.clone();
        let at = chrono::Utc::now() - chrono::TimeDelta::days(3);
        page.versions.push(ContentVersion::new(2, at, &author));
    }
    let faults = on("**/pages/1001/versions", Occurrence::Only(1), delete);
    let harness = Harness::start(site, &[MetricGroup::People], faults).await;
    let run = harness.run().await;
    run.facts();
    assert_eq!(run.inventory.coverage.units[&UnitKind::PageVersions].gone, 1);
    assert_eq!(run.page("1001").versions, None);
    assert_eq!(run.page("1002").versions.as_ref().unwrap().list.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn if_accounts_are_refused_their_names_come_from_the_other_endpoint() {
    let harness = Harness::sample(&[MetricGroup::People], always("**/users-bulk", Fault::status(403))).await;
    let run = harness.run().await;
    let accounts = &run.facts().accounts;
    assert!(accounts.len() > 5 && accounts.values().all(|account| account.name.is_some() && account.active.is_none()));
    assert!(run.notes().contains("account statuses are not known"), "{}", run.notes());
    assert_eq!(harness.sent("/user/bulk"), 1);
    assert!(!run.inventory.people.is_empty());
}

#[tokio::test(start_paused = true)]
async fn accounts_that_fail_are_a_gap() {
    let harness = Harness::sample(&[MetricGroup::People], always("**/users-bulk", Fault::status(500))).await;
    let run = harness.run().await;
    assert_eq!(run.inventory.coverage.units[&UnitKind::Accounts].failed, 1);
    assert!(run.facts.unwrap().accounts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn analytics_that_are_not_available_are_not_requested_for_every_page() {
    for status in [403, 404, 501] {
        let faults = always("**/analytics/**", Fault::status(status));
        let harness = Harness::sample(&[MetricGroup::Engagement], faults).await;
        let run = harness.run().await;
        run.facts();
        let mut by_space: BTreeMap<String, usize> = BTreeMap::new();
        harness.pages().into_iter().for_each(|page| *by_space.entry(page.space_id).or_default() += 1);
        let asked: usize = by_space.values().map(|pages| (*pages).min(3)).sum();
        assert_eq!(harness.sent("/views"), asked, "{status}: three pages of each space");
        assert!(run.notes().contains("views are not available to this account on this site"), "{}", run.notes());
        for engagement in run.facts().pages.values().filter_map(|page| page.engagement.as_ref()) {
            assert_eq!((engagement.views_total, engagement.viewed_last), (None, None));
            assert!(engagement.likes.is_some() && engagement.watchers.is_some());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn refused_analytics_of_one_space_do_not_affect_other_spaces() {
    let site = |restricted: &[usize]| {
        let mut site = Site::new();
        for (number, key) in ["ENG", "HR", "OPS"].into_iter().enumerate() {
            site = site.space(key, key);
            for page in 0..8 {
                site = site.page(&format!("{}", 1000 * (number + 1) + page), &format!("Page {page}"), "").with_content(
                    |page| page.readers.views.push(PageView { at: chrono::Utc::now(), viewer: "a".to_owned() }),
                );
            }
        }
        site.behaviour.analytics_restricted = restricted.iter().map(|at| site.spaces[*at].id.clone()).collect();
        site
    };
    // the first space, the last one, and one in between
    for restricted in 0..3 {
        let harness = Harness::start(site(&[restricted]), &[MetricGroup::Engagement], FaultPlan::none()).await;
        let run = harness.run().await;
        let key = ["ENG", "HR", "OPS"][restricted];
        run.facts();
        for page in harness.pages() {
            let read = run.page(&page.id).engagement.as_ref().unwrap();
            let is_kept_back = page.id.starts_with(&(restricted + 1).to_string());
            let views = (!is_kept_back).then_some(1);
            assert_eq!((read.views_total, read.viewers_90d, read.likes), (views, views, Some(0)), "{}", page.id);
        }
        assert!(run.notes().contains(&format!("views are not available to this account in 1 of 3 spaces ({key})")));
        let gaps = &run.inventory.coverage.gaps;
        assert!(gaps.iter().any(|gap| gap.subject == format!("views in space {key}")), "{gaps:#?}");
        assert_eq!(harness.sent("/views"), 3 + 2 * 8 * 3, "three pages that are refused, the others in full");
    }
    let harness = Harness::start(site(&[0, 2]), &[MetricGroup::Engagement], FaultPlan::none()).await;
    assert!(harness.run().await.notes().contains("in 2 of 3 spaces (ENG, OPS)"));
}

#[tokio::test(start_paused = true)]
async fn refused_analytics_of_one_page_do_not_affect_its_space() {
    let harness = Harness::start(
        pages(6),
        &[MetricGroup::Engagement],
        always("**/analytics/content/1000/**", Fault::status(403)),
    );
    let run = harness.await.run().await;
    assert_eq!(run.inventory.coverage.units[&UnitKind::Engagement].denied, 1, "only this page");
    assert_eq!(run.page("1000").engagement.as_ref().unwrap().views_total, None);
    assert_eq!(run.page("1005").engagement.as_ref().unwrap().views_total, Some(0));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_first_page_does_not_affect_the_others() {
    let delete = Fault::change_site(|site| site.contents.retain(|content| content.id != "1000"));
    let faults = on("**/pages/1000/likes/count", Occurrence::Only(1), delete);
    let harness = Harness::start(pages(6), &[MetricGroup::Engagement], faults).await;
    let run = harness.run().await;
    run.facts();
    assert_eq!(run.page("1000").engagement, None);
    assert_eq!(run.page("1005").engagement.as_ref().unwrap().likes, Some(0));
    assert_eq!(run.inventory.coverage.units[&UnitKind::Engagement].gone, 1);
    assert!(run.facts().notes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_page_whose_views_fail_is_a_gap_without_views() {
    let faults = always("**/analytics/content/1004/views", Fault::status(500));
    let harness = Harness::start(pages(6), &[MetricGroup::Engagement], faults).await;
    let run = harness.run().await;
    assert_eq!(run.inventory.coverage.units[&UnitKind::Engagement].failed, 1);
    let read = run.page("1004").engagement.as_ref().unwrap();
    assert_eq!((read.views_total, read.likes), (None, Some(0)));
    assert_eq!(run.page("1003").engagement.as_ref().unwrap().views_total, Some(0));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_stops_early_says_so_and_is_never_complete() {
    let all = MetricGroup::ALL;
    let faultless = Harness::sample(&all, FaultPlan::none()).await;
    faultless.run().await.facts();
    let requests = faultless.server.requests().len();
    for part in [3, 5, 8] {
        let stop = u32::try_from(requests * part / 10).unwrap();
        let harness = Harness::sample(&all, FaultPlan::none().unauthorized_from(stop)).await;
        let run = harness.run().await;
        assert!(matches!(run.facts, Err(RequestError::Unauthenticated { .. })), "{part}");
        assert!(!run.inventory.coverage.is_complete());
        assert!(harness.server.requests().len() < requests * part / 10 + 30, "{part}");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_too_long_for_the_server_are_split_f_17() {
    let mut site = Site::new();
    for number in 0..24 {
        let link = |id: usize| format!("<a href=\"/wiki/pages/viewpage.action?pageId={number}5{id:03}\">x</a>");
        let links = (0..20).map(link).collect::<Vec<_>>().concat();
        site = site.space(&format!("~{number:0100}"), "Space").page(&format!("{}", 100 + number), "Page", &links);
    }
    let too_long = |path: &str, bytes: usize| (RoutePattern::path(path).unwrap().at_least(bytes), Fault::status(414));
    let (sweep, lists) = (too_long(SWEEP, 530), too_long("**/api/v2/pages", 600));
    let faults = FaultPlan::none().on(sweep.0, Occurrence::From(1), sweep.1).on(lists.0, Occurrence::From(1), lists.1);
    let harness = Harness::start(site, &[MetricGroup::Links], faults).await;
    let run = harness.run().await;
    run.facts();
    assert!(harness.server.requests().iter().filter(|request| request.status == 414).count() > 8);
    assert!(run.facts().pages.values().all(|page| page.restricted_view == Some(false)));
    assert_eq!(run.facts().missing_targets.len(), 24 * 20);
}

#[tokio::test(start_paused = true)]
async fn refused_watchers_are_not_a_gap_if_a_space_begins_with_blog_posts() {
    let site =
        Site::new().space("ENG", "Engineering").post("1000", "News", "<p>text</p>").page("1001", "Page", "<p>text</p>");
    let faults = on("/wiki/rest/api/content/*/notification/child-created", Occurrence::From(1), Fault::status(403));
    let mut harness = Harness::start(site, &[MetricGroup::Engagement], faults).await;
    harness.options.blog_post_rows = true;
    let run = harness.run().await;
    run.facts();
    assert!(run.notes().contains("watchers are not available"), "{}", run.notes());
}
