//! Fault matrix of the snapshot: every request that a snapshot sends fails in every way, one by one. A snapshot that says
//! it is complete has the same columns as one without faults. An incomplete one marks every row whose columns may differ,
//! and leaves unknown cells empty.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use confluence_sim::readership::PageView;
use confluence_sim::site::{ContentType, ContentVersion};
use confluence_sim::{Fault, FaultPlan, Occurrence, RequestLogEntry, RoutePattern, Site};
use confluence_storage_analyzer::inventory::snapshot::{MetricGroup, read_page_facts, read_page_inventory};
use confluence_storage_analyzer::metrics::{MeasureInput, Rules, columns, measure};
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::spreadsheet::Value;

use super::Harness;

const GROUPS: [MetricGroup; 4] = [MetricGroup::Core, MetricGroup::People, MetricGroup::Links, MetricGroup::Engagement];

/// Columns that are computed from other columns, which may be empty, and names of people, which ids may replace.
const DERIVED: [&str; 7] =
    ["health_score", "health_reasons", "impact_score", "staleness", "creator_name", "last_editor", "owner_name"];
/// The list of watchers of a page, which cannot be cross-checked.
const WATCHERS: &str = "/notification/";
/// Columns about the completeness of the row.
const STATUS: [&str; 3] = ["snapshot_status", "fetch_status", "fetch_errors"];

/// Rows by page id, with their values by column name.
type Rows = BTreeMap<String, BTreeMap<&'static str, Value>>;

fn ago(days: i64) -> DateTime<Utc> {
    noon() - TimeDelta::days(days)
}

/// The time at which all rows are measured.
fn noon() -> DateTime<Utc> {
    Utc::now().date_naive().and_hms_opt(0, 0, 0).unwrap().and_utc()
}

/// Two spaces with something for every column, and several items in each list.
fn site() -> Site {
    let link = |title: &str| format!(r#"<ac:link><ri:page ri:content-title="{title}"/></ac:link>"#);
    let by_id = r#"<a href="/wiki/pages/viewpage.action?pageId=7777">gone</a>"#;
    let mut site = Site::new().person("b1", "Bea Berg").person("c1", "Cem Can").person("d1", "Dan Day");
    site.account_statuses.insert("c1".to_owned(), "inactive".to_owned());
    site = site.space("KB", "Knowledge").with_space(|space| space.homepage = Some("1000".to_owned()));
    site = site.page("1000", "Home", &format!("{} {by_id} {}", link("Guide"), link("Nowhere")));
    site =
        site.folder("50", "Folder").with_content(|folder| folder.parent = Some(("1000".to_owned(), ContentType::Page)));
    for (number, title) in ["Guide", "Plan", "Notes", "Last"].into_iter().enumerate() {
        let body = format!("<p>{title}: some text</p>{}", link(if number == 1 { "Last" } else { "Home" }));
        site = site.page(&(1001 + number).to_string(), title, &body).with_content(|page| {
            let parent = if number == 0 {
                ("1000".to_owned(), ContentType::Page)
            } else {
                ("50".to_owned(), ContentType::Folder)
            };
            page.parent = Some(parent);
            page.owner = Some("c1".to_owned());
            page.labels = vec!["kept".to_owned(), format!("l{number}")];
            page.restrictions.update.users = vec!["b1".to_owned()];
            let edits = [(80, "b1"), (60, "c1"), (9, "d1"), (3, "b1")];
            let edits = (1..).zip(&edits[number..]);
            page.versions = edits.map(|(at, (days, who))| ContentVersion::new(at, ago(*days), who)).collect();
            page.created_at = page.versions[0].created_at;
            page.readers.likes = vec!["b1".to_owned()];
            page.readers.watchers = vec!["b1".to_owned(), "c1".to_owned()];
            page.readers.views = vec![PageView { at: Utc::now() - TimeDelta::days(4), viewer: "d1".to_owned() }];
        });
        let id = 100 * (number + 1);
        site = site.attachment(&format!("att{}", 8000 + id), "plan.png", 1_000);
        site = site.footer_comment(&(3000 + id).to_string(), &link("Plan")).reply(&(3001 + id).to_string(), "");
        site = site.reply(&(3002 + id).to_string(), &link("Notes"));
        site = site.inline_comment(&(3003 + id).to_string(), "<p>open</p>");
    }
    site = site.post("2001", "News", &link("Plan")).post("2002", "Old news", &link("Notes"));
    site = site.space("HR", "People").page("1100", "Rules", "<p>rules</p>").page("1101", "Forms", "<p>forms</p>");
    site.contents
        .iter_mut()
        .filter(|content| content.kind == ContentType::Page && content.versions.len() == 1)
        .for_each(|page| page.versions = vec![ContentVersion::new(1, ago(100), "d1")]);
    site
}

/// The result of a snapshot.
struct SnapshotResult {
    rows: Rows,
    complete: bool,
    /// What the site does not offer, so that columns stay empty.
    notes: Vec<String>,
    gaps: String,
}

/// Starts a server; blog posts have rows of their own.
async fn start(faults: FaultPlan) -> Harness {
    let mut harness = Harness::start(site(), &GROUPS, faults).await;
    harness.options.blog_post_rows = true;
    harness
}

/// Takes a snapshot; `None` if it stopped.
async fn snapshot(harness: &Harness) -> Option<SnapshotResult> {
    let (api, progress) = (harness.api(), Progress::silent());
    let mut inventory = read_page_inventory(&api, &harness.options, &harness.groups, &progress).await.ok()?;
    let keys: Vec<String> = inventory.spaces.iter().map(|space| space.key.clone()).collect();
    let facts =
        read_page_facts(&api, &mut inventory, &harness.options, &harness.groups, &keys, &progress).await.ok()?;
    let complete = inventory.coverage.is_complete();
    let frame =
        columns::SnapshotFrame { week: "2026-W47".to_owned(), taken_at: noon(), run_id: "r".to_owned(), complete };
    let rows = measure(&MeasureInput {
        inventory: &inventory,
        facts: &facts,
        workflow: &BTreeMap::new(),
        audit: None,
        spaces: &keys,
        read: &keys,
        previous: None,
        rules: &Rules::default(),
        frame: &frame,
    });
    let all = columns::all();
    // each server has another address
    let cell = |value| match value {
        Value::Text(text) => Value::Text(text.replace(harness.server.base_url(), "@base")),
        other => other,
    };
    let row = |row| {
        let cells = columns::cells(&all, row, &frame).into_iter().map(cell);
        all.iter().map(|column| column.name).zip(cells).collect()
    };
    let rows = rows.iter().map(|one| (one.id.clone(), row(one))).collect();
    Some(SnapshotResult { rows, complete, notes: facts.notes, gaps: format!("{:?}", inventory.coverage.gaps) })
}

/// Identifies a request: path and query without cursors and times.
fn route(request: &RequestLogEntry) -> (String, Vec<(String, String)>) {
    let pairs = url::form_urlencoded::parse(request.query.as_bytes()).into_owned();
    let pairs = pairs.filter(|(key, _)| key != "cursor" && key != "fromDate");
    (request.path.clone(), pairs.collect())
}

fn pattern((path, query): &(String, Vec<(String, String)>)) -> RoutePattern {
    let escaped: String = path.chars().flat_map(|c| if c == '[' || c == '*' { vec!['?'] } else { vec![c] }).collect();
    query.iter().fold(RoutePattern::path(&escaped).unwrap(), |pattern, (key, value)| pattern.with_query(key, value))
}

/// Removes items from a list, without any indication of it.
fn cut(from: fn(&mut Vec<serde_json::Value>)) -> Fault {
    Fault::edit_json(move |response| {
        let Some(items) = response["results"].as_array_mut() else { return };
        from(items);
        if let Some(links) = response["_links"].as_object_mut() {
            links.remove("next");
        }
    })
}

/// Compares a snapshot with one without faults. Returns all wrong values.
fn wrong(faultless: &Rows, SnapshotResult { rows, complete, notes, gaps }: &SnapshotResult) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, truth) in faultless {
        let Some(row) = rows.get(id) else {
            if *complete {
                wrong.push(format!("page {id} is missing in a complete snapshot"));
            }
            continue;
        };
        let is_ok = row["fetch_status"] == Value::text("ok");
        for (name, value) in row {
            let differs = *value != truth[name];
            let is_left_out = *value == Value::Empty || DERIVED.contains(name);
            let is_marked = is_left_out && (!is_ok || !notes.is_empty());
            if differs && !STATUS.contains(name) && !is_marked {
                let errors = &row["fetch_errors"];
                wrong.push(format!("page {id}: {name} is {value:?}, not {:?} ({errors:?})", truth[name]));
            }
        }
        if !is_ok && row["fetch_errors"] == Value::Empty {
            wrong.push(format!("page {id}: the row does not say what is missing"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(format!("complete: {complete} {gaps}"));
    }
    wrong
}

/// Takes one snapshot per request of a snapshot, with the fault on that request. Skips paths that contain `skipped`.
async fn each_request_with(words: &str, skipped: &str, fault: impl Fn() -> Fault) {
    let harness = start(FaultPlan::none()).await;
    let SnapshotResult { rows: faultless, complete, notes, gaps } = snapshot(&harness).await.unwrap();
    assert!(complete && notes.is_empty(), "{gaps} {notes:?}");
    for row in faultless.values() {
        assert_eq!(row["fetch_status"], Value::text("ok"), "{:?}", row["fetch_errors"]);
    }
    let mut routes: BTreeSet<_> = harness.server.requests().iter().map(route).collect();
    assert!(routes.len() > 70, "{}", routes.len());
    // and all variants of a path together
    let paths: Vec<&String> = routes.iter().map(|(path, _)| path).collect();
    let several = paths.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| (pair[0].clone(), Vec::new()));
    let several: Vec<_> = several.collect();
    routes.extend(several);
    let mut all = Vec::new();
    for route in routes.iter().filter(|(path, _)| skipped.is_empty() || !path.contains(skipped)) {
        let faults = FaultPlan::none().on(pattern(route), Occurrence::From(1), fault());
        let harness = start(faults).await;
        let Some(result) = snapshot(&harness).await else { continue };
        let wrong = wrong(&faultless, &result);
        if !wrong.is_empty() {
            all.push(format!("{words} on {route:?}:\n  {}", wrong.join("\n  ")));
        }
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn no_refused_request_leads_to_a_wrong_value() {
    each_request_with("403", "", || Fault::status(403)).await;
}

#[tokio::test(start_paused = true)]
async fn no_request_with_a_404_response_leads_to_a_wrong_value() {
    // a folder with two 404 responses is not visible, so the pages below it have no visible parent
    each_request_with("404", "/folders/", || Fault::status(404)).await;
}

#[tokio::test(start_paused = true)]
async fn no_failing_request_leads_to_a_wrong_value() {
    each_request_with("500", "", || Fault::status(500)).await;
}

#[tokio::test(start_paused = true)]
async fn no_list_without_its_last_item_leads_to_a_wrong_value() {
    each_request_with("last item missing", WATCHERS, || cut(|items| drop(items.pop()))).await;
}

#[tokio::test(start_paused = true)]
async fn no_list_without_its_first_item_leads_to_a_wrong_value() {
    each_request_with("first item missing", WATCHERS, || {
        cut(|items| drop((!items.is_empty()).then(|| items.remove(0))))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_list_without_its_second_item_leads_to_a_wrong_value() {
    each_request_with("second item missing", WATCHERS, || {
        cut(|items| drop((items.len() > 2).then(|| items.remove(1))))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_empty_list_leads_to_a_wrong_value() {
    each_request_with("no items", WATCHERS, || cut(Vec::clear)).await;
}
