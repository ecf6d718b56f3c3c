//! Snapshots over several weeks: changes, durations of states, repeated weeks, imported files.

use confluence_sim::site::{Content, ContentType, Status};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::history::SnapshotStatus;
use serde_json::{Value, json};

use super::harness::{Harness, noon_of, rows, weeks_ago};
use super::knowledge_base::{ADA, CONFIGURATION, ago, site};

/// Returns a row of an earlier week: id, title, space, parent, version.
fn earlier_row<'a>(
    id: &'a str,
    title: &'a str,
    space: &'a str,
    parent: &'a str,
    edits: &'a str,
) -> [(&'a str, &'a str); 6] {
    [
        ("page_id", id),
        ("page_title", title),
        ("space_key", space),
        ("parent_id", parent),
        ("edit_count", edits),
        ("schema_version", "1"),
    ]
}

fn change(harness: &Harness, id: &str, change: impl FnOnce(&mut Content)) {
    harness.server.change_site(|site| change(site.contents.iter_mut().find(|content| content.id == id).unwrap()));
}

fn refuse(path: &str) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), Occurrence::From(1), Fault::status(403))
}

#[test]
fn changes_between_two_weeks_are_counted() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    // 1013 did not exist; 1002 had another title, two fewer versions and another parent; 1006 was in another space
    let pages = [
        earlier_row("1000", "Wissen", "KB", "", "2"),
        earlier_row("1001", "Handbook", "KB", "1000", "3"),
        earlier_row("1002", "Old title", "KB", "1001", "2"),
        earlier_row("1003", "Third page", "KB", "1002", "1"),
        earlier_row("1004", "Fourth page", "KB", "1900", "1"),
        earlier_row("1005", "Put away", "KB", "1000", "1"),
        earlier_row("1006", "Below archived", "HR", "1005", "2"),
        earlier_row("1007", "Lost page", "KB", "1990", "1"),
        earlier_row("1008", "Thrown away", "KB", "1000", "1"),
        earlier_row("1009", "Live notes", "KB", "", "1"),
        earlier_row("1010", "Original", "KB", "1002", "1"),
        earlier_row("1011", "Copy", "KB", "1002", "1"),
        earlier_row("1012", "Near copy", "KB", "1002", "1"),
        earlier_row("1014", "Reticent", "KB", "1000", "1"),
        earlier_row("1015", "Big and unread", "KB", "1003", "2"),
        earlier_row("1099", "Nowhere now", "KB", "1000", "1"),
    ];
    harness.record(weeks_ago(2), true, &["KB", "HR"], &pages.each_ref().map(<[_; 6]>::as_slice));
    let result = harness.snapshot(&[]).exits_with(0).json();
    // ~mina was not measured in that week, so its pages are not new; the page of HR was moved, so it is not gone
    let expected = json!({"new": 1, "edited": 2, "moved": 2, "retitled": 1, "archived": 1, "gone": 2});
    assert_eq!(result["changes"], expected);
    let edits = |id: &str| harness.pages()[id]["edits_since_last_snapshot"].clone();
    assert_eq!([edits("1001"), edits("1002"), edits("1003"), edits("1013"), edits("3001")], ["0", "2", "1", "", ""]);
}

#[test]
fn with_an_incomplete_list_no_page_is_gone() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    harness.snapshot(&[]).exits_with(0);
    let week = weeks_ago(1);
    let other = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    other.record(
        week,
        true,
        &["KB", "HR"],
        &[&earlier_row("1000", "Wissen", "KB", "", "2"), &earlier_row("3000", "Mina", "~mina", "", "1")],
    );
    let responses = Fault::edit_json(|response: &mut Value| {
        // the last page of results is missing, and the server refuses the next one
        response["results"].as_array_mut().unwrap().clear();
        response["_links"]["next"] = json!("/wiki/api/v2/pages?cursor=refused");
    });
    let route = || RoutePattern::path("/wiki/api/v2/pages").unwrap();
    let refused = route().with_query("cursor", "refused");
    let key = other.server.site(|site| site.spaces.iter().find(|space| space.key == "~mina").unwrap().id.clone());
    let faults = FaultPlan::none().on(refused, Occurrence::From(1), Fault::status(403)).on(
        route().with_query("space-id", &key),
        Occurrence::From(1),
        responses,
    );
    other.server.set_faults(faults);
    let result = other.snapshot(&[]).exits_with(3).json();
    assert_eq!(result["changes"]["gone"], 0, "{result}");
    assert!(!other.pages().contains_key("3000"), "the list lacks the page");
}

#[test]
fn a_state_lasts_since_the_first_uninterrupted_snapshot_that_saw_it() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let since = noon_of(weeks_ago(5)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let in_state = |id: &'static str, state: &'static str| {
        let mut page = earlier_row(id, id, "KB", "1000", "1").to_vec();
        page.extend([
            ("workflow_state", state),
            ("workflow_since", since.as_str()),
            ("workflow_since_source", "snapshots"),
        ]);
        page
    };
    let pages = [in_state("1001", "Review"), in_state("1002", "Draft")];
    harness.record(weeks_ago(1), true, &["KB", "HR"], &pages.each_ref().map(Vec::as_slice));
    harness.snapshot(&[]).exits_with(0);
    let pages = harness.pages();
    let (same, other) = (&pages["1001"], &pages["1002"]);
    assert_eq!(
        (same["workflow_since"].as_str(), same["workflow_since_source"].as_str()),
        (since.as_str(), "snapshots")
    );
    let days = (chrono::Utc::now() - noon_of(weeks_ago(5))).num_days();
    assert_eq!(same["workflow_days_in_state"], days.to_string());
    assert_eq!(other["workflow_since"], other["snapshot_at"], "the page was in another state before");
    assert_eq!(harness.finding("workflow_stalled"), if days >= 30 { vec!["1001"] } else { vec![] });
}

#[test]
fn a_second_snapshot_in_a_week_replaces_the_rows_of_the_first() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    harness.snapshot(&[]).exits_with(0);
    let history = || rows(&harness.data().join("confluence_data_history.csv"));
    let (first, changes) = (history(), harness.snapshot(&[]).exits_with(0).json()["changes"].clone());
    assert_eq!(changes, Value::Null, "there is no earlier week");
    let key = |row: &super::harness::Row| (row["snapshot_week"].clone(), row["page_id"].clone());
    assert_eq!(first.iter().map(key).collect::<Vec<_>>(), history().iter().map(key).collect::<Vec<_>>());
    change(&harness, "1003", |page| page.title = "Renamed".to_owned());
    harness.snapshot(&[]).exits_with(0);
    let titles: Vec<String> =
        history().into_iter().filter(|row| row["page_id"] == "1003").map(|row| row["page_title"].clone()).collect();
    assert_eq!(titles, ["Renamed"]);
    assert_eq!(harness.history().weeks().count(), 1);
}

#[test]
fn an_incomplete_run_does_not_replace_the_complete_week() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    harness.snapshot(&[]).exits_with(0);
    let weekly = harness.data().join(format!("confluence_data_{}.csv", weeks_ago(0)));
    let before = std::fs::read(&weekly).unwrap();
    harness.server.set_faults(refuse("/wiki/api/v2/footer-comments"));
    let run = harness.snapshot(&[]).exits_with(3);
    let result = run.json();
    assert_eq!(
        (&result["complete"], &result["in_history"], &result["exit_code"]),
        (&json!(false), &json!(false), &json!(3))
    );
    assert!(run.stderr.contains("INCOMPLETE") && run.stderr.contains("which are kept"), "{}", run.stderr);
    assert_eq!(std::fs::read(&weekly).unwrap(), before);
    assert_eq!(harness.history().week(weeks_ago(0)).unwrap().status, SnapshotStatus::Complete);
    let pages = harness.pages();
    assert!(pages.values().all(|row| row["snapshot_status"] == "incomplete" && row["fetch_status"] == "partial"));
    assert!(pages["1001"]["comments_footer"].is_empty() && pages["1001"]["fetch_errors"].contains("comments"));
    // the dashboard is of the week, and mentions the later run
    let page = std::fs::read_to_string(harness.data().join("index.html")).unwrap();
    assert!(page.contains("A later run of this week, which began at "), "the dashboard mentions the run");
    assert!(page.contains(", was incomplete and is not included in these figures"), "the dashboard gives the reason");
    // the other way round, a complete run replaces incomplete rows
    let other = Harness::start(site(), refuse("/wiki/api/v2/footer-comments")).configure(CONFIGURATION);
    assert_eq!(
        other.snapshot(&[]).exits_with(3).json()["in_history"],
        true,
        "incomplete rows are recorded if there are none"
    );
    other.server.set_faults(FaultPlan::none());
    other.snapshot(&[]).exits_with(0);
    assert_eq!(other.history().week(weeks_ago(0)).unwrap().status, SnapshotStatus::Complete);
}

/// A file of the legacy script with its 22 columns, with two extractions in one week and one in an earlier week.
#[test]
fn weeks_of_the_legacy_script_are_imported() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let base = harness.server.base_url().to_owned();
    let header = "space_key,page_title,page_url,page_created,date_modified,creator_name,page_depth,child_pages,\
        workflow_name,owner_value,project_relevance,labels,word_count,char_count,attachment_count,image_count,\
        table_count,unique_contributors,edit_count,last_editor,extraction_date,extraction_time";
    let line = |weeks: usize, time: &str, edits: u32, words: u32| {
        let day = weeks_ago(weeks).monday();
        format!(
            "KB,Handbook,{base}/spaces/KB/pages/1001/Handbook,2024-01-01,2024-02-02,Ada Admin,1,0,,,,guide,{words},900,\
             1,0,1,1,{edits},Ada Admin,{day},{time}"
        )
    };
    let lines = [header.to_owned(), line(3, "08:00:00", 1, 10), line(1, "08:00:00", 1, 20), line(1, "09:00:00", 2, 30)];
    std::fs::write(harness.path("old.csv"), lines.join("\r\n")).unwrap();
    // a week of this program is first, so that imported rows are in files with all columns
    harness.snapshot(&[]).exits_with(0);
    let run = harness.snapshot(&["--import-history", "old.csv"]).exits_with(0);
    assert!(run.stderr.contains("2 weeks"), "{}", run.stderr);
    let statuses: Vec<(String, SnapshotStatus)> =
        harness.history().weeks().map(|week| (week.week.to_string(), week.status)).collect();
    let expected = [(3, SnapshotStatus::Imported), (1, SnapshotStatus::Imported), (0, SnapshotStatus::Complete)];
    assert_eq!(statuses, expected.map(|(weeks, status)| (weeks_ago(weeks).to_string(), status)));
    let words: Vec<String> = rows(&harness.data().join("confluence_data_history.csv"))
        .into_iter()
        .filter(|row| row["page_id"] == "1001")
        .map(|row| row["word_count"].clone())
        .collect();
    assert_eq!(words, ["29", "30", "10"], "the newest week first; the last extraction of a week counts");
    // an imported week has no parents, so no page has moved
    assert_eq!((&run.json()["changes"]["moved"], &run.json()["changes"]["edited"]), (&json!(0), &json!(1)));
    let weeks: Vec<(String, String)> = rows(&harness.data().join("model/dim_week.csv"))
        .into_iter()
        .map(|row| (row["status"].clone(), row["in_trends"].clone()))
        .collect();
    let week = |status: &str, shown: &str| (status.to_owned(), shown.to_owned());
    assert_eq!(weeks, [week("imported", "1"), week("missing", "0"), week("imported", "1"), week("complete", "1")]);
    let again = harness.snapshot(&["--import-history", "old.csv"]).exits_with(0);
    assert!(again.stderr.contains("was already imported"), "{}", again.stderr);
    // an imported week does not look complete
    let imported = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    std::fs::copy(harness.path("old.csv"), imported.path("old.csv")).unwrap();
    imported.server.set_faults(refuse("/wiki/api/v2/pages"));
    imported.snapshot(&["--import-history", "old.csv"]).exits_with(5);
    imported.run(&["history", "export"]).exits_with(0);
    let page = std::fs::read_to_string(imported.data().join("index.html")).unwrap();
    assert!(page.contains("does not say whether everything was read"), "{page}");
    let mistyped = harness.snapshot(&["--import-history", "oold.csv"]).exits_with(2);
    assert!(mistyped.stderr.contains("the file does not exist"), "{}", mistyped.stderr);
}

/// The same table as Excel saves it with a German locale, and with ambiguous dates.
#[test]
fn a_legacy_file_saved_by_a_spreadsheet_is_imported_or_refused_before_anything_is_written() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let header = "space_key;page_title;page_url;page_created;word_count;extraction_date;extraction_time";
    let line = |id: u32, created: &str, words: &str, date: &str| {
        format!("KB;Page {id};https://old.example/pages/viewpage.action?pageId={id};{created};{words};{date};8:00")
    };
    let save = |rows: &[String]| {
        let text = [&[header.to_owned()], rows].concat().join("\r\n");
        std::fs::write(harness.path("old.csv"), format!("\u{FEFF}{text}")).unwrap();
    };
    for (date, words, problem) in [
        ("3/4/2024", "12", "`3/4/2024` in extraction_date (line 3) may have the day or the month first"),
        ("2024-04-03", "12 words", "line 3: `12 words` in word_count is not a whole number"),
        ("2024-04-31", "12", "line 3: `2024-04-31` in extraction_date is not a date"),
    ] {
        save(&[line(1001, "2024-01-15", "1.234", "2024-04-03"), line(1002, "2024-01-15", words, date)]);
        let run = harness.snapshot(&["--import-history", "old.csv"]).exits_with(2);
        assert!(run.stderr.contains(problem) && run.stderr.contains("yyyy-mm-dd"), "{}", run.stderr);
        assert!(!harness.data().exists(), "nothing is written");
    }
    let german = weeks_ago(2).monday().format("%d.%m.%Y").to_string();
    save(&[line(1001, "15.01.2024", "1.234", &german), line(1002, "15.01.2024", "2.000", &german)]);
    let run = harness.snapshot(&["--import-history", "old.csv"]).exits_with(0);
    assert!(run.stderr.contains("2 rows of 1 week") && run.stderr.contains("missing columns"), "{}", run.stderr);
    let weeks = rows(&harness.data().join("confluence_data_history.csv"));
    let imported = weeks.iter().filter(|row| row["snapshot_status"] == "imported");
    let found: Vec<[&str; 4]> = imported
        .map(|row| ["page_id", "page_created", "word_count", "extraction_time"].map(|column| row[column].as_str()))
        .collect();
    assert_eq!(found, [["1001", "2024-01-15", "1234", "08:00:00"], ["1002", "2024-01-15", "2000", "08:00:00"]]);
}

#[test]
fn older_weeks_are_archived_unless_no_archive_is_passed() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let page = earlier_row("1000", "Wissen", "KB", "", "2");
    (1..=3).rev().for_each(|weeks| harness.record(weeks_ago(weeks), true, &["KB", "HR"], &[&page]));
    let name = |weeks: usize| format!("confluence_data_{}.csv", weeks_ago(weeks));
    let is_out = |weeks: usize| harness.data().join(name(weeks)).exists();
    let is_archived = |weeks: usize| harness.data().join("archived_snapshots").join(name(weeks)).exists();
    harness.snapshot(&["--retain", "1", "--no-archive"]).exits_with(0);
    assert!((0..=3).all(|weeks| is_out(weeks) && !is_archived(weeks)));
    harness.snapshot(&["--retain", "1"]).exits_with(0);
    assert!(is_out(0) && (1..=3).all(|weeks| !is_out(weeks) && is_archived(weeks)));
    let weeks: Vec<String> = rows(&harness.data().join("confluence_data_history.csv"))
        .iter()
        .map(|row| row["snapshot_week"].clone())
        .collect();
    assert!((0..=3).all(|ago| weeks.contains(&weeks_ago(ago).to_string())), "the history keeps them all");
}

/// The earlier week measured the space when it had no pages.
#[test]
fn the_first_page_of_an_empty_space_is_new() {
    let site = Site::new().space("KB", "Knowledge Base").space("EMPTY", "Empty");
    let harness = Harness::start(site, FaultPlan::none());
    harness.server.change_site(|site| {
        let page = site.new_content(ContentType::Page, "1", "First", "<p>text</p>");
        site.contents.push(page);
    });
    harness.record(weeks_ago(1), true, &["KB", "EMPTY"], &[&[("page_id", "9"), ("space_key", "KB")]]);
    change(&harness, "1", |page| (page.status, page.created_at) = (Status::Current, ago(1)));
    let result = harness.snapshot(&[]).exits_with(0).json();
    assert_eq!(result["changes"], json!({"new": 1, "edited": 0, "moved": 0, "retitled": 0, "archived": 0, "gone": 1}));
    assert_eq!(harness.pages()["1"]["owner_id"], ADA);
}

/// Many pages of a space are suddenly not visible: they are more likely hidden from the account than deleted.
#[test]
fn a_space_that_shrank_makes_the_snapshot_incomplete_unless_that_is_accepted_f_58() {
    let mut site = Site::new().space("KB", "Knowledge Base");
    for page in 1..=7 {
        site = site.page(&page.to_string(), &format!("Page {page}"), "<p>text</p>");
    }
    let before = |pages: u32| -> Vec<[(&'static str, &'static str); 2]> {
        (1..=pages).map(|page| [("page_id", page.to_string().leak() as &str), ("space_key", "KB")]).collect()
    };
    for (pages, arguments, status) in
        [(10, &[][..], 0), (11, &[][..], 3), (11, &["--accept-shrink"][..], 0), (9, &[][..], 0)]
    {
        let harness = Harness::start(site.clone(), FaultPlan::none());
        let known = before(pages);
        let known: Vec<&[(&str, &str)]> = known.iter().map(|page| &page[..]).collect();
        harness.record(weeks_ago(1), true, &["KB"], &known);
        let result = harness.snapshot(arguments).exits_with(status).json();
        assert_eq!(result["complete"], json!(status == 0), "7 of {pages} pages, {arguments:?}");
    }
    // a week of another space in between does not hide the earlier number of pages
    let harness = Harness::start(site, FaultPlan::none());
    let known = before(11);
    harness.record(weeks_ago(2), true, &["KB"], &known.iter().map(|page| &page[..]).collect::<Vec<_>>());
    harness.record(weeks_ago(1), true, &["HR"], &[&[("page_id", "99"), ("space_key", "HR")]]);
    harness.snapshot(&["--space", "KB"]).exits_with(3);
}
