//! The command over several weeks: what happened since, states that last, weeks that are taken again, old files.

use confluence_sim::site::{Content, Kind, Status};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::history::Status as Worth;
use serde_json::{Value, json};

use super::bench::{Bench, noon_of, rows, weeks_ago};
use super::knowledge_base::{ADA, CONFIGURATION, ago, site};

/// What a week knew of a page: id, title, space, parent, version.
fn known<'a>(id: &'a str, title: &'a str, space: &'a str, parent: &'a str, edits: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("page_id", id),
        ("page_title", title),
        ("space_key", space),
        ("parent_id", parent),
        ("edit_count", edits),
        ("schema_version", "1"),
    ]
}

fn change(bench: &Bench, id: &str, change: impl FnOnce(&mut Content)) {
    bench.server.change_site(|site| change(site.contents.iter_mut().find(|content| content.id == id).unwrap()));
}

fn refuse(path: &str) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), Occurrence::From(1), Fault::status(403))
}

#[test]
fn changes_are_those_between_two_weeks() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    // 1013 was not there; 1002 had another title, two versions fewer and another parent; 1006 came from another space
    let pages = [
        known("1000", "Wissen", "KB", "", "2"),
        known("1001", "Handbook", "KB", "1000", "3"),
        known("1002", "Old title", "KB", "1001", "2"),
        known("1003", "Third page", "KB", "1002", "1"),
        known("1004", "Fourth page", "KB", "1900", "1"),
        known("1005", "Put away", "KB", "1000", "1"),
        known("1006", "Below archived", "HR", "1005", "2"),
        known("1007", "Lost page", "KB", "1990", "1"),
        known("1008", "Thrown away", "KB", "1000", "1"),
        known("1009", "Live notes", "KB", "", "1"),
        known("1010", "Original", "KB", "1002", "1"),
        known("1011", "Copy", "KB", "1002", "1"),
        known("1012", "Near copy", "KB", "1002", "1"),
        known("1014", "Reticent", "KB", "1000", "1"),
        known("1015", "Big and unread", "KB", "1003", "2"),
        known("1099", "Nowhere now", "KB", "1000", "1"),
    ];
    bench.record(weeks_ago(2), true, &["KB", "HR"], &pages.each_ref().map(<[_; 6]>::as_slice));
    let told = bench.snapshot(&[]).ends(0).json();
    // ~mina was not chosen then, so its pages are not new; nor is HR's page gone, which moved
    let expected = json!({"new": 1, "edited": 2, "moved": 2, "retitled": 1, "archived": 1, "gone": 2});
    assert_eq!(told["changes"], expected);
    let edits = |id: &str| bench.pages()[id]["edits_since_last_snapshot"].clone();
    assert_eq!([edits("1001"), edits("1002"), edits("1003"), edits("1013"), edits("3001")], ["0", "2", "1", "", ""]);
}

#[test]
fn a_list_with_a_hole_makes_no_page_gone() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    bench.snapshot(&[]).ends(0);
    let week = weeks_ago(1);
    let other = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    other.record(
        week,
        true,
        &["KB", "HR"],
        &[&known("1000", "Wissen", "KB", "", "2"), &known("3000", "Mina", "~mina", "", "1")],
    );
    let answers = Fault::edit_json(|answer: &mut Value| {
        // the last page of the list is missing, and the server refuses to go on
        answer["results"].as_array_mut().unwrap().clear();
        answer["_links"]["next"] = json!("/wiki/api/v2/pages?cursor=refused");
    });
    let route = || RoutePattern::path("/wiki/api/v2/pages").unwrap();
    let refused = route().with_query("cursor", "refused");
    let key = other.server.site(|site| site.spaces.iter().find(|space| space.key == "~mina").unwrap().id.clone());
    let faults = FaultPlan::none().on(refused, Occurrence::From(1), Fault::status(403)).on(
        route().with_query("space-id", &key),
        Occurrence::From(1),
        answers,
    );
    other.server.set_faults(faults);
    let told = other.snapshot(&[]).ends(3).json();
    assert_eq!(told["changes"]["gone"], 0, "{told}");
    assert!(!other.pages().contains_key("3000"), "the hole is there");
}

#[test]
fn a_state_lasts_since_the_first_of_the_snapshots_that_saw_it() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let since = noon_of(weeks_ago(5)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let in_state = |id: &'static str, state: &'static str| {
        let mut page = known(id, id, "KB", "1000", "1").to_vec();
        page.extend([
            ("workflow_state", state),
            ("workflow_since", since.as_str()),
            ("workflow_since_source", "snapshots"),
        ]);
        page
    };
    let pages = [in_state("1001", "Review"), in_state("1002", "Draft")];
    bench.record(weeks_ago(1), true, &["KB", "HR"], &pages.each_ref().map(Vec::as_slice));
    bench.snapshot(&[]).ends(0);
    let pages = bench.pages();
    let (same, other) = (&pages["1001"], &pages["1002"]);
    assert_eq!(
        (same["workflow_since"].as_str(), same["workflow_since_source"].as_str()),
        (since.as_str(), "snapshots")
    );
    let days = (chrono::Utc::now() - noon_of(weeks_ago(5))).num_days();
    assert_eq!(same["workflow_days_in_state"], days.to_string());
    assert_eq!(other["workflow_since"], other["snapshot_at"], "it was in another state before");
    assert_eq!(bench.finding("workflow_stalled"), if days >= 30 { vec!["1001"] } else { vec![] });
}

#[test]
fn the_same_week_again_is_one_week_and_the_newer_rows() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    bench.snapshot(&[]).ends(0);
    let history = || rows(&bench.data().join("confluence_data_history.csv"));
    let (first, changes) = (history(), bench.snapshot(&[]).ends(0).json()["changes"].clone());
    assert_eq!(changes, Value::Null, "there is no week before this one");
    let key = |row: &super::bench::Row| (row["snapshot_week"].clone(), row["page_id"].clone());
    assert_eq!(first.iter().map(key).collect::<Vec<_>>(), history().iter().map(key).collect::<Vec<_>>());
    change(&bench, "1003", |page| page.title = "Renamed".to_owned());
    bench.snapshot(&[]).ends(0);
    let titles: Vec<String> =
        history().into_iter().filter(|row| row["page_id"] == "1003").map(|row| row["page_title"].clone()).collect();
    assert_eq!(titles, ["Renamed"]);
    assert_eq!(bench.history().weeks().count(), 1);
}

#[test]
fn an_incomplete_run_does_not_replace_the_complete_week() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    bench.snapshot(&[]).ends(0);
    let weekly = bench.data().join(format!("confluence_data_{}.csv", weeks_ago(0)));
    let before = std::fs::read(&weekly).unwrap();
    bench.server.set_faults(refuse("/wiki/api/v2/footer-comments"));
    let run = bench.snapshot(&[]).ends(3);
    let told = run.json();
    assert_eq!((&told["complete"], &told["in_history"], &told["exit_code"]), (&json!(false), &json!(false), &json!(3)));
    assert!(run.stderr.contains("INCOMPLETE") && run.stderr.contains("which stay"), "{}", run.stderr);
    assert_eq!(std::fs::read(&weekly).unwrap(), before);
    assert_eq!(bench.history().week(weeks_ago(0)).unwrap().status, Worth::Complete);
    let pages = bench.pages();
    assert!(pages.values().all(|row| row["snapshot_status"] == "incomplete" && row["fetch_status"] == "partial"));
    assert!(pages["1001"]["comments_footer"].is_empty() && pages["1001"]["fetch_errors"].contains("comments"));
    // the dashboard is of the week, and says that there was such a run
    let page = std::fs::read_to_string(bench.data().join("index.html")).unwrap();
    assert!(page.contains("A later run of this week was incomplete"), "the run is not passed over");
    // and the other way round: complete replaces incomplete
    let other = Bench::start(site(), refuse("/wiki/api/v2/footer-comments")).configure(CONFIGURATION);
    assert_eq!(other.snapshot(&[]).ends(3).json()["in_history"], true, "better than nothing");
    other.server.set_faults(FaultPlan::none());
    other.snapshot(&[]).ends(0);
    assert_eq!(other.history().week(weeks_ago(0)).unwrap().status, Worth::Complete);
}

/// A file of the older script: its 22 columns, twice in one week, and a week before.
#[test]
fn weeks_of_the_older_script_are_taken_over() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let base = bench.server.base_url().to_owned();
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
    std::fs::write(bench.path("old.csv"), lines.join("\r\n")).unwrap();
    // a week of our own comes first, so that imported rows stand in files with all columns
    bench.snapshot(&[]).ends(0);
    let run = bench.snapshot(&["--import-history", "old.csv"]).ends(0);
    assert!(run.stderr.contains("2 weeks"), "{}", run.stderr);
    let worth: Vec<(String, Worth)> =
        bench.history().weeks().map(|week| (week.week.to_string(), week.status)).collect();
    let expected = [(3, Worth::Imported), (1, Worth::Imported), (0, Worth::Complete)];
    assert_eq!(worth, expected.map(|(weeks, status)| (weeks_ago(weeks).to_string(), status)));
    let words: Vec<String> = rows(&bench.data().join("confluence_data_history.csv"))
        .into_iter()
        .filter(|row| row["page_id"] == "1001")
        .map(|row| row["word_count"].clone())
        .collect();
    assert_eq!(words, ["29", "30", "10"], "the newest week first; the last extraction of a week counts");
    // an imported week tells no parents, so nothing has moved
    assert_eq!((&run.json()["changes"]["moved"], &run.json()["changes"]["edited"]), (&json!(0), &json!(1)));
    let weeks: Vec<(String, String)> = rows(&bench.data().join("model/dim_week.csv"))
        .into_iter()
        .map(|row| (row["status"].clone(), row["in_trends"].clone()))
        .collect();
    let week = |status: &str, shown: &str| (status.to_owned(), shown.to_owned());
    assert_eq!(weeks, [week("imported", "1"), week("missing", "0"), week("imported", "1"), week("complete", "1")]);
    let again = bench.snapshot(&["--import-history", "old.csv"]).ends(0);
    assert!(again.stderr.contains("was already imported"), "{}", again.stderr);
    // a week that is imported only does not look complete
    let imported = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    std::fs::copy(bench.path("old.csv"), imported.path("old.csv")).unwrap();
    imported.server.set_faults(refuse("/wiki/api/v2/pages"));
    imported.snapshot(&["--import-history", "old.csv"]).ends(5);
    imported.run(&["history", "export"]).ends(0);
    let page = std::fs::read_to_string(imported.data().join("index.html")).unwrap();
    assert!(page.contains("does not say whether everything was read"), "{page}");
    let mistyped = bench.snapshot(&["--import-history", "oold.csv"]).ends(2);
    assert!(mistyped.stderr.contains("there is no such file"), "{}", mistyped.stderr);
}

/// The same table as Excel saves it in Germany, and where nobody can tell the day from the month.
#[test]
fn a_history_that_a_spreadsheet_saved_is_taken_over_or_refused_before_anything_is_written() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let header = "space_key;page_title;page_url;page_created;word_count;extraction_date;extraction_time";
    let line = |id: u32, created: &str, words: &str, date: &str| {
        format!("KB;Page {id};https://old.example/pages/viewpage.action?pageId={id};{created};{words};{date};8:00")
    };
    let save = |rows: &[String]| {
        let text = [&[header.to_owned()], rows].concat().join("\r\n");
        std::fs::write(bench.path("old.csv"), format!("\u{FEFF}{text}")).unwrap();
    };
    for (date, words, problem) in [
        ("3/4/2024", "12", "`3/4/2024` in extraction_date (line 3) has the day or the month first"),
        ("2024-04-03", "12 words", "line 3: `12 words` in word_count is no whole number"),
        ("2024-04-31", "12", "line 3: `2024-04-31` in extraction_date is no date"),
    ] {
        save(&[line(1001, "2024-01-15", "1.234", "2024-04-03"), line(1002, "2024-01-15", words, date)]);
        let run = bench.snapshot(&["--import-history", "old.csv"]).ends(2);
        assert!(run.stderr.contains(problem) && run.stderr.contains("yyyy-mm-dd"), "{}", run.stderr);
        assert!(!bench.data().exists(), "nothing is written");
    }
    let german = weeks_ago(2).monday().format("%d.%m.%Y").to_string();
    save(&[line(1001, "15.01.2024", "1.234", &german), line(1002, "15.01.2024", "2.000", &german)]);
    let run = bench.snapshot(&["--import-history", "old.csv"]).ends(0);
    assert!(run.stderr.contains("2 rows of 1 week") && run.stderr.contains("it lacks columns"), "{}", run.stderr);
    let weeks = rows(&bench.data().join("confluence_data_history.csv"));
    let imported = weeks.iter().filter(|row| row["snapshot_status"] == "imported");
    let told: Vec<[&str; 4]> = imported
        .map(|row| ["page_id", "page_created", "word_count", "extraction_time"].map(|column| row[column].as_str()))
        .collect();
    assert_eq!(told, [["1001", "2024-01-15", "1234", "08:00:00"], ["1002", "2024-01-15", "2000", "08:00:00"]]);
}

#[test]
fn weeks_beyond_the_retention_go_to_the_archive_unless_told_otherwise() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let page = known("1000", "Wissen", "KB", "", "2");
    (1..=3).rev().for_each(|weeks| bench.record(weeks_ago(weeks), true, &["KB", "HR"], &[&page]));
    let name = |weeks: usize| format!("confluence_data_{}.csv", weeks_ago(weeks));
    let is_out = |weeks: usize| bench.data().join(name(weeks)).exists();
    let is_archived = |weeks: usize| bench.data().join("archived_snapshots").join(name(weeks)).exists();
    bench.snapshot(&["--retain", "1", "--no-archive"]).ends(0);
    assert!((0..=3).all(|weeks| is_out(weeks) && !is_archived(weeks)));
    bench.snapshot(&["--retain", "1"]).ends(0);
    assert!(is_out(0) && (1..=3).all(|weeks| !is_out(weeks) && is_archived(weeks)));
    let weeks: Vec<String> = rows(&bench.data().join("confluence_data_history.csv"))
        .iter()
        .map(|row| row["snapshot_week"].clone())
        .collect();
    assert!((0..=3).all(|ago| weeks.contains(&weeks_ago(ago).to_string())), "the history keeps them all");
}

/// A space without pages was chosen before: its first page is new.
#[test]
fn the_first_page_of_an_empty_space_is_new() {
    let site = Site::new().space("KB", "Knowledge Base").space("EMPTY", "Empty");
    let bench = Bench::start(site, FaultPlan::none());
    bench.server.change_site(|site| {
        let page = site.new_content(Kind::Page, "1", "First", "<p>text</p>");
        site.contents.push(page);
    });
    bench.record(weeks_ago(1), true, &["KB", "EMPTY"], &[&[("page_id", "9"), ("space_key", "KB")]]);
    change(&bench, "1", |page| (page.status, page.created_at) = (Status::Current, ago(1)));
    let told = bench.snapshot(&[]).ends(0).json();
    assert_eq!(told["changes"], json!({"new": 1, "edited": 0, "moved": 0, "retitled": 0, "archived": 0, "gone": 1}));
    assert_eq!(bench.pages()["1"]["owner_id"], ADA);
}

/// Most pages of a space are suddenly out of sight: more likely hidden from the account than deleted.
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
        let bench = Bench::start(site.clone(), FaultPlan::none());
        let known = before(pages);
        let known: Vec<&[(&str, &str)]> = known.iter().map(|page| &page[..]).collect();
        bench.record(weeks_ago(1), true, &["KB"], &known);
        let told = bench.snapshot(arguments).ends(status).json();
        assert_eq!(told["complete"], json!(status == 0), "7 of {pages} pages, {arguments:?}");
    }
    // a week of another space in between hides nothing
    let bench = Bench::start(site, FaultPlan::none());
    let known = before(11);
    bench.record(weeks_ago(2), true, &["KB"], &known.iter().map(|page| &page[..]).collect::<Vec<_>>());
    bench.record(weeks_ago(1), true, &["HR"], &[&[("page_id", "99"), ("space_key", "HR")]]);
    bench.snapshot(&["--space", "KB"]).ends(3);
}
