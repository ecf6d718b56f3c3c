//! `demo`, the first command of a new user: its verdicts, figures and files.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use chrono::Utc;
use confluence_sim::sample;
use scraper::{Html, Selector};
use tempfile::TempDir;

use crate::run_program::{Finished, file_name, program, rows_of};

const SPACES: [&str; 8] = ["CLASSIC", "DES", "ENG", "HR", "MKT", "PROD", "SUP", "~712020mina"];

/// The result of one run of the command, shared by all tests.
fn demo() -> &'static Finished {
    static RUN: LazyLock<Finished> = LazyLock::new(|| {
        let folder = TempDir::new().unwrap();
        let output = program(folder.path()).arg("demo").output().unwrap();
        Finished::new(output, folder)
    });
    &RUN
}

#[test]
fn every_file_of_the_sample_gets_the_usage_it_was_built_with() {
    let run = demo();
    assert_eq!(run.status, 0, "{}", run.stderr);
    let expected: BTreeMap<String, &str> =
        sample(Utc::now()).expected.into_iter().map(|(id, expected)| (id, expected.usage.as_str())).collect();
    let found = run.usages();
    assert_eq!(found.len(), expected.len());
    for (id, usage) in &expected {
        assert_eq!(found[id], *usage, "{id}");
    }
    let mut words: Vec<&str> = expected.into_values().collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), 7, "the sample shows every usage: {words:?}");
}

#[test]
fn a_missing_folder_is_created_and_an_impossible_one_is_reported() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let refused = program(folder.path()).args(["demo", "--output", "file/new"]).output().unwrap();
    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(6), "{stderr}");
    assert!(stderr.contains("cannot write to the output folder") && stderr.contains("--output"), "{stderr}");
    let made = program(folder.path()).args(["demo", "--output", "new/folder"]).output().unwrap();
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    let names = fs::read_dir(folder.path().join("new/folder")).unwrap().map(|entry| file_name(&entry.unwrap().path()));
    assert_eq!(names.filter(|name| name.starts_with("confluence_")).count(), 2, "the report and the history");
}

/// The totals of the report equal sums over the sample's own data, computed by independent code.
#[test]
fn the_totals_are_those_of_the_sample() {
    let run = demo();
    let manifest = run.run_json();
    let totals = sample(Utc::now()).site.totals();
    let number = |value: &serde_json::Value, key: &str| value[key].as_u64().unwrap_or_else(|| panic!("{key}: {value}"));
    let same = |found: &serde_json::Value, truth: &confluence_sim::SpaceFigures, place: &str| {
        assert_eq!(number(found, "pages"), truth.pages, "pages of {place}");
        assert_eq!(number(found, "blog_posts"), truth.posts, "posts of {place}");
        assert_eq!(number(found, "attachments"), truth.attachments, "attachments of {place}");
        assert_eq!(number(found, "versions"), truth.versions, "versions of {place}");
        assert_eq!(number(found, "current_bytes"), truth.current_bytes, "current bytes of {place}");
        assert_eq!(number(found, "old_bytes"), truth.old_bytes, "old bytes of {place}");
        assert_eq!(number(found, "trash_files"), truth.trash_files, "trash files of {place}");
        assert_eq!(number(found, "trash_bytes"), truth.trash_bytes, "trash bytes of {place}");
    };
    same(&manifest["totals"], &totals.all, "the site");
    assert_eq!(number(&manifest["totals"], "unknown_sizes"), 0);
    let unreferenced: u64 = run
        .rows("attachments.csv")
        .iter()
        .filter(|row| row["Usage"] == "unreferenced" && row["Protected"].is_empty())
        .map(|row| row["All Versions Size(Bytes)"].parse::<u64>().unwrap())
        .sum();
    assert_eq!(number(&manifest["totals"], "unreferenced_bytes"), unreferenced);
}

#[test]
fn the_report_folder_has_the_documented_files() {
    let run = demo();
    let report = run.report();
    assert_eq!(run.stdout.lines().last(), report.join("index.html").to_str(), "the last line is the result");
    let mut names: Vec<String> =
        fs::read_dir(&report).unwrap().map(|entry| file_name(&entry.unwrap().path())).collect();
    names.sort();
    let (folders, files): (Vec<String>, Vec<String>) = names.into_iter().partition(|name| report.join(name).is_dir());
    assert_eq!(
        files,
        [
            "attachments.csv",
            "attachments.html",
            "confluence_storage.xlsx",
            "duplicates.csv",
            "index.html",
            "run.json",
            "scan.json.gz",
            "uses.csv",
            "versions.csv"
        ]
    );
    let of_spaces: Vec<&String> = folders.iter().filter(|folder| *folder != "owners").collect();
    assert_eq!((of_spaces.len(), folders.len()), (SPACES.len(), SPACES.len() + 1), "{folders:?}");
    for folder in of_spaces {
        for kind in ["attachments.csv", "attachments.html", "unreferenced.csv", "unreferenced.html"] {
            assert!(report.join(folder).join(format!("{folder}_{kind}")).is_file(), "{folder}_{kind}");
        }
    }
}

#[test]
fn the_metrics_folder_has_the_documented_files() {
    let run = demo();
    let data = run.folder.path().join("confluence_data");
    assert_eq!(run.stdout.lines().next(), data.join("index.html").to_str());
    let week = Utc::now().format("%G-W%V").to_string();
    for file in [
        "index.html".to_owned(),
        "confluence_data_current.csv".to_owned(),
        format!("confluence_data_{week}.csv"),
        "confluence_data_history.csv".to_owned(),
        "confluence_data.xlsx".to_owned(),
        "history.json".to_owned(),
        "findings/outdated.csv".to_owned(),
        "model/fact_page_week.csv".to_owned(),
        "model/dim_page.csv".to_owned(),
        "model/dim_space.csv".to_owned(),
        "model/dim_user.csv".to_owned(),
        "model/dim_week.csv".to_owned(),
        "model/data_dictionary.csv".to_owned(),
        "model/views.sql".to_owned(),
        "model/confluence_data.pbids".to_owned(),
        "model/power_query.txt".to_owned(),
        "model/tableau.txt".to_owned(),
    ] {
        assert!(data.join(&file).is_file(), "{file}");
    }
    // twelve earlier weeks: one without a snapshot, one incomplete
    let weeks = rows_of(&data.join("model/dim_week.csv"));
    let of = |status: &str| weeks.iter().filter(|week| week["status"] == status).count();
    assert_eq!((of("complete"), of("incomplete"), of("missing")), (11, 1, 1), "{weeks:?}");
    assert!(data.join("archived_snapshots").read_dir().unwrap().count() == 1, "one week is beyond the retention");
}

#[test]
fn the_tables_have_the_documented_columns_and_agree_with_each_other() {
    let run = demo();
    let all = run.rows("attachments.csv");
    let header = fs::read_to_string(run.report().join("attachments.csv")).unwrap();
    let header = header.trim_start_matches('\u{feff}').lines().next().unwrap();
    assert_eq!(
        header,
        "Filename,Size(Bytes),Size(MB),Download URL,Original Page,Linked on Page,Linked on Other Pages,Attachment Page \
         Link,API Delete Link,Attachment ID,Space Key,Container ID,Container Type,Container Title,Container \
         URL,Container Owner,Status,Media Type,Versions,All Versions Size(Bytes),Created,Last Modified,Author,Usage,\
         Linked Content IDs,Evidence,Certainty,Protected,Duplicate Group,Run Complete,\
         Reason,Unreferenced Since,Unreferenced Runs"
    );
    let listed: usize = SPACES[..7].iter().map(|key| run.rows(&format!("{key}/{key}_attachments.csv")).len()).sum();
    let with_space = all.iter().filter(|row| SPACES[..7].contains(&row["Space Key"].as_str())).count();
    assert_eq!(listed, with_space);
    for key in &SPACES[..7] {
        for row in run.rows(&format!("{key}/{key}_unreferenced.csv")) {
            assert_eq!((row["Usage"].as_str(), row["Run Complete"].as_str()), ("unreferenced", "Yes"));
            assert_eq!(row["Linked on Page"], "No");
            assert_eq!(row["Linked on Other Pages"], "");
        }
    }
    let versions: u64 = all.iter().map(|row| row["Versions"].parse::<u64>().unwrap()).sum();
    assert_eq!(run.rows("versions.csv").len() as u64, versions, "a row for every version");
    for row in all.iter().filter(|row| row["Usage"] == "embedded") {
        assert!(row["Evidence"].contains(&row["Container ID"]), "{row:?}");
        assert_eq!(row["Linked on Page"], "Yes");
    }
}

#[test]
fn the_dashboard_says_complete_and_its_links_lead_to_existing_files() {
    let run = demo();
    let report = run.report();
    let page = Html::parse_document(&fs::read_to_string(report.join("index.html")).unwrap());
    let text = |selector: &str| {
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).flat_map(|element| element.text()).collect::<String>()
    };
    assert!(text("main").contains("Complete") || text("body").contains("Complete"));
    assert!(!text("title").contains("INCOMPLETE"));
    let links = Selector::parse("a[href]").unwrap();
    let local: Vec<&str> = page
        .select(&links)
        .filter_map(|link| link.value().attr("href"))
        .filter(|href| !href.contains("://") && !href.starts_with('#'))
        .collect();
    assert!(local.len() > 2 * SPACES.len(), "{local:?}");
    for href in local {
        let path = href.split(['#', '?']).next().unwrap();
        let path = percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned();
        assert!(report.join(&path).exists(), "{href}");
    }
}

#[test]
fn the_report_can_be_rendered_again_from_its_saved_scan() {
    let run = demo();
    let report = run.report();
    let again = TempDir::new().unwrap();
    let output = program(again.path()).arg("report").arg(&report).output().unwrap();
    let rendered = Finished::new(output, again);
    assert_eq!(rendered.status, 0, "{}", rendered.stderr);
    for file in ["attachments.csv", "confluence_storage.xlsx", "index.html", "ENG/ENG_attachments.html", "versions.csv"]
    {
        let (first, second) = (fs::read(report.join(file)).unwrap(), fs::read(rendered.report().join(file)).unwrap());
        assert!(first == second, "{file} differs");
    }
}

#[test]
fn with_json_the_result_is_one_object() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path()).args(["demo", "--json", "--quiet"]).output().unwrap();
    let run = Finished::new(output, folder);
    let object: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((object["complete"].as_bool(), object["exit_code"].as_i64()), (Some(true), Some(0)));
    assert_eq!(object["index"].as_str().unwrap(), run.report().join("index.html").to_str().unwrap());
    // warnings are printed even then
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(
        run.stderr.starts_with("warning: 1 address on confluence.larkspur.example.reseller.example"),
        "{}",
        run.stderr
    );
}

/// The page has broken links of every kind, and working ones.
#[test]
fn the_broken_links_of_the_link_list_are_named_and_no_other() {
    let rows = rows_of(&demo().folder.path().join("confluence_data/findings/broken_links.csv"));
    let of_list = rows.iter().filter(|row| row["page_title"] == "Old help centre: links");
    let mut named: Vec<(&str, &str)> = of_list
        .map(|row| {
            let kind = row["target_kind"].as_str();
            let part = match kind {
                "page" => "target_title",
                "content" => "target_id",
                "file" => "target_file",
                _ => "target_anchor",
            };
            (kind, row[part].as_str())
        })
        .collect();
    named.sort_unstable();
    let site = sample(Utc::now()).site;
    let in_trash = site.contents.iter().find(|page| page.title == "Untitled idea").expect("a page in the trash");
    let mut expected = [
        // two links to an anchor on another page, one of them by URL
        ("anchor", "Asia"),
        ("anchor", "Opening hours"),
        ("anchor", "Opening-hours"),
        ("content", "99440001"),
        ("content", "99440002"),
        ("content", &in_trash.id),
        ("file", "Warranty card 2019.pdf"),
        ("file", "Warranty leaflet.pdf"),
        ("file", "help centre logo.svg"),
        ("file", "help centre plan.pdf"),
        ("file", "opening hours.png"),
        ("file", "opening hours.xlsx"),
        ("file", "price of repairs.pdf"),
        ("page", "Agency pitch"),
        ("page", "Help centre 2019"),
        ("page", "Start"),
    ];
    expected.sort_unstable();
    assert_eq!(named, expected);
}
