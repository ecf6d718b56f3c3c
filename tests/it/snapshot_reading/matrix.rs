//! Every request of a snapshot, each going wrong in every way, one by one. A snapshot that says it is complete has the
//! columns of one without faults; one that does not names every row whose columns may differ, and leaves empty what it
//! does not know. The requests are those that a snapshot sends, whichever they are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use confluence_sim::readers::View;
use confluence_sim::site::{ContentVersion, Kind};
use confluence_sim::{Fault, FaultPlan, Occurrence, RequestLogEntry, RoutePattern, Site};
use confluence_storage_analyzer::inventory::snapshot::{MetricGroup, read_facts, take_pages};
use confluence_storage_analyzer::metrics::{Input, Rules, columns, measure};
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::spreadsheet::Value;

use super::Bench;

const GROUPS: [MetricGroup; 4] = [MetricGroup::Core, MetricGroup::People, MetricGroup::Links, MetricGroup::Engagement];

/// What follows from other columns, which a row may have less of, and names of people, for which ids stand in.
const DERIVED: [&str; 7] =
    ["health_score", "health_reasons", "impact_score", "staleness", "creator_name", "last_editor", "owner_name"];
/// The list of those who watch a page has no other view.
const WATCHERS: &str = "/notification/";
/// What a row says of itself.
const STATUS: [&str; 3] = ["snapshot_status", "fetch_status", "fetch_errors"];

/// The row of each page: each column by its name.
type Rows = BTreeMap<String, BTreeMap<&'static str, Value>>;

fn ago(days: i64) -> DateTime<Utc> {
    noon() - TimeDelta::days(days)
}

/// The moment that all rows are measured at.
fn noon() -> DateTime<Utc> {
    Utc::now().date_naive().and_hms_opt(0, 0, 0).unwrap().and_utc()
}

/// Two spaces that hold one of everything that a column tells of; and more of each list than one item.
fn site() -> Site {
    let link = |title: &str| format!(r#"<ac:link><ri:page ri:content-title="{title}"/></ac:link>"#);
    let by_id = r#"<a href="/wiki/pages/viewpage.action?pageId=7777">gone</a>"#;
    let mut site = Site::new().person("b1", "Bea Berg").person("c1", "Cem Can").person("d1", "Dan Day");
    site.account_statuses.insert("c1".to_owned(), "inactive".to_owned());
    site = site.space("KB", "Knowledge").with_space(|space| space.homepage = Some("1000".to_owned()));
    site = site.page("1000", "Home", &format!("{} {by_id} {}", link("Guide"), link("Nowhere")));
    site = site.folder("50", "Folder").with_content(|folder| folder.parent = Some(("1000".to_owned(), Kind::Page)));
    for (number, title) in ["Guide", "Plan", "Notes", "Last"].into_iter().enumerate() {
        let body = format!("<p>{title}: some text</p>{}", link(if number == 1 { "Last" } else { "Home" }));
        site = site.page(&(1001 + number).to_string(), title, &body).with_content(|page| {
            let parent = if number == 0 { ("1000".to_owned(), Kind::Page) } else { ("50".to_owned(), Kind::Folder) };
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
            page.readers.views = vec![View { at: Utc::now() - TimeDelta::days(4), viewer: "d1".to_owned() }];
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
        .filter(|content| content.kind == Kind::Page && content.versions.len() == 1)
        .for_each(|page| page.versions = vec![ContentVersion::new(1, ago(100), "d1")]);
    site
}

/// What a snapshot gave.
struct Taken {
    rows: Rows,
    complete: bool,
    /// What it tells of the site as a whole: what is not offered, and stays empty.
    notes: Vec<String>,
    gaps: String,
}

/// Reads all of that site, blog posts in rows of their own.
async fn start(faults: FaultPlan) -> Bench {
    let mut bench = Bench::start(site(), &GROUPS, faults).await;
    bench.options.blog_post_rows = true;
    bench
}

/// The rows of a snapshot, and whether it is complete; `None` where it stopped.
async fn snapshot(bench: &Bench) -> Option<Taken> {
    let (api, progress) = (bench.api(), Progress::silent());
    let mut inventory = take_pages(&api, &bench.options, &bench.groups, &progress).await.ok()?;
    let keys: Vec<String> = inventory.spaces.iter().map(|space| space.key.clone()).collect();
    let facts = read_facts(&api, &mut inventory, &bench.options, &bench.groups, &keys, &progress).await.ok()?;
    let complete = inventory.coverage.is_complete();
    let frame = columns::Frame { week: "2026-W47".to_owned(), taken_at: noon(), run_id: "r".to_owned(), complete };
    let rows = measure(&Input {
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
    // each server has an address of its own
    let cell = |value| match value {
        Value::Text(text) => Value::Text(text.replace(bench.server.base_url(), "@base")),
        other => other,
    };
    let row = |row| {
        let cells = columns::cells(&all, row, &frame).into_iter().map(cell);
        all.iter().map(|column| column.name).zip(cells).collect()
    };
    let rows = rows.iter().map(|one| (one.id.clone(), row(one))).collect();
    Some(Taken { rows, complete, notes: facts.notes, gaps: format!("{:?}", inventory.coverage.gaps) })
}

/// What tells one request from another: all but where in a list it is, and moments.
fn route(request: &RequestLogEntry) -> (String, Vec<(String, String)>) {
    let pairs = url::form_urlencoded::parse(request.query.as_bytes()).into_owned();
    let pairs = pairs.filter(|(key, _)| key != "cursor" && key != "fromDate");
    (request.path.clone(), pairs.collect())
}

fn pattern((path, query): &(String, Vec<(String, String)>)) -> RoutePattern {
    let escaped: String = path.chars().flat_map(|c| if c == '[' || c == '*' { vec!['?'] } else { vec![c] }).collect();
    query.iter().fold(RoutePattern::path(&escaped).unwrap(), |pattern, (key, value)| pattern.with_query(key, value))
}

/// Takes items out of a list, without a sign.
fn cut(from: fn(&mut Vec<serde_json::Value>)) -> Fault {
    Fault::edit_json(move |answer| {
        let Some(items) = answer["results"].as_array_mut() else { return };
        from(items);
        if let Some(links) = answer["_links"].as_object_mut() {
            links.remove("next");
        }
    })
}

/// What is wrong with a snapshot, beside one without faults.
fn wrong(whole: &Rows, Taken { rows, complete, notes, gaps }: &Taken) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, truth) in whole {
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
            let is_told = is_left_out && (!is_ok || !notes.is_empty());
            if differs && !STATUS.contains(name) && !is_told {
                let errors = &row["fetch_errors"];
                wrong.push(format!("page {id}: {name} is {value:?}, not {:?} ({errors:?})", truth[name]));
            }
        }
        if !is_ok && row["fetch_errors"] == Value::Empty {
            wrong.push(format!("page {id}: nobody says what is missing"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(format!("complete: {complete} {gaps}"));
    }
    wrong
}

/// Every request of a snapshot, with this fault whenever it is sent.
async fn each_request_with(words: &str, passed_over: &str, fault: impl Fn() -> Fault) {
    let bench = start(FaultPlan::none()).await;
    let Taken { rows: whole, complete, notes, gaps } = snapshot(&bench).await.unwrap();
    assert!(complete && notes.is_empty(), "{gaps} {notes:?}");
    for row in whole.values() {
        assert_eq!(row["fetch_status"], Value::text("ok"), "{:?}", row["fetch_errors"]);
    }
    let mut routes: BTreeSet<_> = bench.server.requests().iter().map(route).collect();
    assert!(routes.len() > 70, "{}", routes.len());
    // and all views of what has several
    let paths: Vec<&String> = routes.iter().map(|(path, _)| path).collect();
    let several = paths.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| (pair[0].clone(), Vec::new()));
    let several: Vec<_> = several.collect();
    routes.extend(several);
    let mut all = Vec::new();
    for route in routes.iter().filter(|(path, _)| passed_over.is_empty() || !path.contains(passed_over)) {
        let faults = FaultPlan::none().on(pattern(route), Occurrence::From(1), fault());
        let bench = start(faults).await;
        let Some(taken) = snapshot(&bench).await else { continue };
        let wrong = wrong(&whole, &taken);
        if !wrong.is_empty() {
            all.push(format!("{words} on {route:?}:\n  {}", wrong.join("\n  ")));
        }
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn each_request_refused() {
    each_request_with("403", "", || Fault::status(403)).await;
}

#[tokio::test(start_paused = true)]
async fn each_request_not_found() {
    // a folder that is not found twice is not visible, and what lies below it has no parent to be seen
    each_request_with("404", "/folders/", || Fault::status(404)).await;
}

#[tokio::test(start_paused = true)]
async fn each_request_failing() {
    each_request_with("500", "", || Fault::status(500)).await;
}

#[tokio::test(start_paused = true)]
async fn each_list_without_its_end() {
    each_request_with("last item missing", WATCHERS, || cut(|items| drop(items.pop()))).await;
}

#[tokio::test(start_paused = true)]
async fn each_list_without_its_beginning() {
    each_request_with("first item missing", WATCHERS, || {
        cut(|items| drop((!items.is_empty()).then(|| items.remove(0))))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn each_list_with_a_hole() {
    each_request_with("second item missing", WATCHERS, || {
        cut(|items| drop((items.len() > 2).then(|| items.remove(1))))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn each_list_empty() {
    each_request_with("no items", WATCHERS, || cut(Vec::clear)).await;
}
