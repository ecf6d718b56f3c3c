//! Every column for every kind of page, compared with the expected values.

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};

use super::expected_values::{CLOUD, DATA_CENTER, POOR, WITH_AUDIT, check};
use super::harness::{Harness, weeks_ago};
use super::knowledge_base::{CONFIGURATION, data_center, details, on_pages, site};

/// All groups of metrics.
pub(crate) const ALL: [&str; 2] = ["--metrics", "core,people,engagement,links,workflow"];

#[test]
fn cloud_with_every_group() {
    let harness = Harness::start(site(), details()).configure(CONFIGURATION);
    let before = [
        ("page_id", "1001"),
        ("space_key", "KB"),
        ("page_title", "Handbook"),
        ("edit_count", "1"),
        ("workflow_state", "Draft"),
    ];
    harness.record(weeks_ago(1), true, &["KB", "HR"], &[&before]);
    let run = harness.snapshot(&ALL).exits_with(0);
    assert_eq!(run.json()["complete"], true);
    check(&harness, CLOUD);
    let ids: Vec<String> = harness.pages().into_keys().collect();
    let current = ["1000", "1001", "1002", "1003", "1004", "1006", "1007", "1009", "1010", "1011", "1012", "1013"];
    assert_eq!(ids, [&current[..], &["1014", "1015", "3000", "3001", "3002"]].concat());
}

#[test]
fn data_center_has_parameters_due_dates_and_reviewers() {
    let harness = Harness::start(data_center(), FaultPlan::none()).configure(CONFIGURATION);
    let run = harness.snapshot(&[]).exits_with(0);
    check(&harness, DATA_CENTER);
    assert_eq!(harness.finding("workflow_stalled"), ["1001", "1004"], "40 days; page 1002 is in a final state");
    assert_eq!(harness.finding("workflow_overdue"), ["1001"]);
    assert_eq!(run.stderr.matches("workflow parameters of 1 page could not be read").count(), 1, "{}", run.stderr);
}

/// Cached measures of an earlier run with other markers must not be used.
#[test]
fn todo_markers_can_be_configured() {
    let mut harness = Harness::start(site(), FaultPlan::none());
    for (words, marked) in [("TODO, FIXME", "1"), ("Write, TODO, later", "3"), ("todo", "0")] {
        harness = harness.configure(&format!("[snapshot]\ntodo_markers = {words}\n"));
        harness.run(&["snapshot", "--space", "KB", "--metrics", "core"]).exits_with(0);
        assert_eq!(harness.pages()["1001"]["todo_markers"], marked, "{words}");
    }
    let refused = harness.configure("[snapshot]\ntodo_markers = TODO, to do\n").run(&["snapshot"]).exits_with(2);
    assert!(refused.stderr.contains("`todo_markers`: invalid word `to do`"), "{}", refused.stderr);
}

/// The text of the 22 columns that models in Power BI and Excel depend on.
#[test]
fn the_compatible_columns_are_written_as_the_legacy_script_writes_them() {
    let harness = Harness::start(data_center(), FaultPlan::none()).configure(CONFIGURATION);
    harness.snapshot(&[]).exits_with(0);
    let text = std::fs::read_to_string(harness.data().join("confluence_data_current.csv")).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let row = &harness.pages()["1001"];
    let header = "space_key,page_title,page_url,page_created,date_modified,creator_name,page_depth,child_pages,\
        workflow_name,owner_value,project_relevance,labels,word_count,char_count,attachment_count,image_count,\
        table_count,unique_contributors,edit_count,last_editor,extraction_date,extraction_time,snapshot_week,page_id,";
    assert!(text.starts_with(header), "{}", text.lines().next().unwrap());
    let expected = format!(
        "\r\n\"KB\",\"Handbook\",\"{}/spaces/KB/pages/1001/Handbook\",\"{}\",\"{}\",\"Ada Admin\",1,0,\"Docs approval\",\
         \"Bea B.\",\"high\",\"alpha;guide\",29,144,2,2,1,2,3,\"Ada Admin\",\"{}\",\"{}\",\"{}\",\"1001\",",
        harness.server.base_url(),
        row["page_created"],
        row["date_modified"],
        row["extraction_date"],
        row["extraction_time"],
        row["snapshot_week"],
    );
    assert!(text.contains(&expected), "{expected}\nis not in\n{text}");
}

#[test]
fn values_that_were_not_asked_for_or_not_read_are_empty_and_never_zero() {
    let refused = |faults: FaultPlan, path: &str| {
        faults.on(RoutePattern::path(path).unwrap(), Occurrence::From(1), Fault::status(403))
    };
    let faults = on_pages(|page| {
        if page["id"] == "1014" {
            page.as_object_mut().unwrap().remove("body");
        }
    });
    let unread = ["v2/pages/1014", "v2/attachments", "v2/folders/1900"].map(|path| format!("/wiki/api/{path}"));
    let faults = unread.iter().fold(faults, |faults, path| refused(faults, path));
    let harness = Harness::start(site(), refused(faults, "/wiki/rest/api/content/search"));
    let run = harness.snapshot(&["--space", "KB", "--metrics", "core"]).exits_with(3);
    assert_eq!(run.json()["complete"], false);
    check(&harness, POOR);
    assert_eq!(harness.finding("orphans_tree"), ["1007", "1009"], "page 1004 may have a parent");
}

#[test]
fn with_an_audit_unreferenced_files_are_counted() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    harness.run(&["audit", "--snapshot", "--json", "--no-cache"]).exits_with(0);
    check(&harness, WITH_AUDIT);
}

#[test]
fn a_row_names_everything_that_was_asked_for_and_not_read() {
    let broken =
        ["rest/api/analytics/content/1002/views", "api/v2/pages/1003/likes/count", "api/v2/pages/1001/versions"];
    let faults = broken.iter().fold(details(), |faults, path| {
        let path = RoutePattern::path(&format!("/wiki/{path}")).unwrap();
        faults.on(path, Occurrence::From(1), Fault::status(500))
    });
    let harness = Harness::start(site(), faults).configure(CONFIGURATION);
    assert_eq!(harness.snapshot(&ALL).exits_with(3).json()["complete"], false);
    let pages = harness.pages();
    let status = |id: &str| (pages[id]["fetch_status"].as_str(), pages[id]["fetch_errors"].as_str());
    assert_eq!(
        ["1001", "1002", "1003", "1004"].map(status),
        [("partial", "versions"), ("partial", "views"), ("partial", "likes"), ("ok", ""),]
    );
    assert_eq!((pages["1002"]["views_total"].as_str(), pages["1002"]["likes"].as_str()), ("", "0"));
}
