//! The program: its folder, lists of files, output and exit statuses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::Utc;
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use serde_json::Value;
use sha2::{Digest, Sha256};
use test_support::known_site::{self, UNREFERENCED_FILES};

use crate::races::changes::edit;
use crate::races::site::used;
use crate::run_program::{Finished, Server, file_name, rows_of};

/// The known site with a report about it.
fn audited() -> (Server, Finished) {
    let server = Server::start(known_site::site().0, FaultPlan::none());
    let audit = server.run(&[]);
    assert_eq!(audit.status, 0, "{}", audit.stderr);
    (server, audit)
}

/// Returns the folder of the only recheck.
fn folder_of(finished: &Finished) -> PathBuf {
    let folders = rechecks(finished);
    assert_eq!(folders.len(), 1, "{folders:?}\n{}", finished.stderr);
    folders[0].clone()
}

fn rechecks(finished: &Finished) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(finished.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| file_name(path).starts_with("confluence_recheck_")).collect()
}

fn results(folder: &Path) -> BTreeMap<String, String> {
    let rows = rows_of(&folder.join("recheck.csv")).into_iter();
    rows.map(|row| (row["Attachment ID"].clone(), row["Result"].clone())).collect()
}

fn json_of(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("recheck.json")).unwrap()).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_recheck_writes_a_page_a_table_and_a_manifest() {
    let (server, audit) = audited();
    let report = audit.report();
    server.server.change_site(|site| edit("1007", &used()).apply(site, Utc::now()));
    let recheck = server.run(&["recheck", path(&report)]);
    assert_eq!(recheck.status, 0, "{}", recheck.stderr);
    assert!(recheck.reports().is_empty());
    let folder = folder_of(&recheck);
    assert!(!file_name(&folder).ends_with("_INCOMPLETE"));
    assert_eq!(recheck.stdout.trim_end(), path(&folder.join("index.html")));
    for words in
        ["complete: ", "rechecked: 2 files of confluence_analysis_", "used now: 1 file", "unreferenced: 1 file"]
    {
        assert!(recheck.stderr.contains(words), "{words}: {}", recheck.stderr);
    }
    let rows = rows_of(&folder.join("recheck.csv"));
    let [in_use, unreferenced] = rows.as_slice() else { panic!("{rows:#?}") };
    assert_eq!((&*in_use["Attachment ID"], &*in_use["Result"]), ("att901", "used-now"));
    let user = &in_use["Used By"];
    assert!(user.starts_with("page 1007 \"Plain\" (http://"), "{user}");
    assert!(user.ends_with("): image \"unused.mov\" proven"), "{user}");
    assert_eq!((&*unreferenced["Attachment ID"], &*unreferenced["Result"]), ("att902", "still-unreferenced"));
    assert_eq!((&*unreferenced["Space Key"], &*unreferenced["All Versions Size(Bytes)"]), ("ENG", "18300"));
    assert_eq!((&*unreferenced["Used By"], &*unreferenced["Reason"], &*unreferenced["Run Complete"]), ("", "", "Yes"));
    assert!(unreferenced["Checked At"].ends_with('Z'), "{unreferenced:?}");
    let json = json_of(&folder);
    assert_eq!(json["complete"], true);
    assert_eq!(json["report"]["folder"], file_name(&report));
    assert_eq!(json["results"]["still-unreferenced"]["files"], 1);
    assert_eq!(json["results"]["still-unreferenced"]["bytes"], 18_300);
    assert_eq!(json["files"][0]["used_by"][0]["content"], "1007");
    for file in json["checksums"].as_array().unwrap() {
        let bytes = std::fs::read(folder.join(file["path"].as_str().unwrap())).unwrap();
        let sum = Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        assert_eq!(file["sha256"], sum);
    }
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    assert!(page.contains("still unreferenced") && page.contains("spare.png") && !page.contains("INCOMPLETE"));
}

#[test]
fn json_has_the_paths_the_counts_and_the_status() {
    let (server, audit) = audited();
    let recheck = server.run(&["recheck", path(&audit.report()), "--json"]);
    let object: Value = serde_json::from_str(&recheck.stdout).unwrap();
    assert_eq!((&object["complete"], &object["exit_code"], &object["files"]), (&true.into(), &0.into(), &2.into()));
    assert_eq!(object["folder"], path(&folder_of(&recheck)));
    assert_eq!(object["results"]["still-unreferenced"]["files"], 2);
}

#[test]
fn lists_of_the_report_choose_files() {
    let (server, audit) = audited();
    let report = audit.report();
    let list = audit.folder.path().join("list.txt");
    let copied = "Unreferenced files: no use found\nRun: x\n\nFile name\tBytes of all versions\tAttachment ID\tEvidence\n\
                  spare.png\t18300\tatt902\tno use found\n";
    let cases: [(&str, &[&str]); 3] = [("att901\n", &["att901"]), ("902\n", &["att902"]), (copied, &["att902"])];
    for (text, expected) in cases {
        std::fs::write(&list, text).unwrap();
        let recheck = server.run(&["recheck", path(&report), "--files", path(&list)]);
        assert_eq!(recheck.status, 0, "{}", recheck.stderr);
        assert_eq!(results(&folder_of(&recheck)).keys().collect::<Vec<_>>(), expected);
    }
    let table = report.join("ENG/ENG_unreferenced.csv");
    let recheck = server.run(&["recheck", path(&report), "--files", path(&table)]);
    assert_eq!(results(&folder_of(&recheck)).keys().collect::<Vec<_>>(), UNREFERENCED_FILES);
}

#[test]
fn rows_of_other_files_are_refused_before_any_request() {
    let (server, audit) = audited();
    let list = audit.folder.path().join("list.csv");
    std::fs::write(&list, "Attachment ID\natt901\natt101\natt77777\n").unwrap();
    let before = server.server.requests().len();
    let recheck = server.run(&["recheck", path(&audit.report()), "--files", path(&list)]);
    assert_eq!((recheck.status, recheck.stdout.as_str()), (2, ""));
    for words in ["line 3: att101 is not unreferenced in the report: it is embedded", "line 4: att77777 is not in the"]
    {
        assert!(recheck.stderr.replace("\n  ", " ").contains(words), "{}", recheck.stderr);
    }
    assert_eq!(server.server.requests().len(), before);
    assert!(rechecks(&recheck).is_empty());
}

#[test]
fn a_report_without_unreferenced_files_is_refused() {
    let refused = Fault::Answer { status: 403, headers: Vec::new(), body: "{}".to_owned() };
    let route = RoutePattern::path("/wiki/api/v2/blogposts").unwrap();
    let faults = FaultPlan::none().on(route, Occurrence::From(1), refused);
    let server = Server::start(known_site::site().0, faults);
    let incomplete = server.run(&[]);
    assert_eq!(incomplete.status, 3, "{}", incomplete.stderr);
    let within = server.run(&["--space", "ENG", "--references-within"]);
    let cases = [
        (incomplete.report(), "it is incomplete"),
        (within.report(), "incomplete"),
        (incomplete.report().join("ENG"), "scan.json.gz"),
    ];
    for (folder, why) in cases {
        let recheck = server.run(&["recheck", path(&folder)]);
        assert_eq!(recheck.status, 2, "{}", recheck.stderr);
        assert!(recheck.stderr.contains(why), "{why}: {}", recheck.stderr);
    }
    server.server.set_faults(FaultPlan::none());
    let within = server.run(&["--space", "ENG", "--references-within"]);
    let recheck = server.run(&["recheck", path(&within.report())]);
    assert!(recheck.status == 2 && recheck.stderr.contains("--references-within"), "{}", recheck.stderr);
}

#[test]
fn an_incomplete_recheck_is_marked_in_every_place() {
    let (server, audit) = audited();
    let refused = Fault::Answer { status: 403, headers: Vec::new(), body: "{}".to_owned() };
    let route = RoutePattern::path("/wiki/api/v2/blogposts").unwrap();
    server.server.set_faults(FaultPlan::none().on(route, Occurrence::From(1), refused));
    let recheck = server.run(&["recheck", path(&audit.report())]);
    assert_eq!(recheck.status, 3, "{}", recheck.stderr);
    let folder = folder_of(&recheck);
    assert!(file_name(&folder).ends_with("_INCOMPLETE"));
    assert!(results(&folder).values().all(|result| result == "not-known"), "{:?}", results(&folder));
    let json = json_of(&folder);
    assert_eq!((&json["complete"], &json["exit_code"]), (&false.into(), &3.into()));
    assert!(!json["incomplete_reasons"].as_array().unwrap().is_empty());
    assert!(json["results"]["still-unreferenced"].is_null() && json["results"]["not-known"]["files"] == 2);
    assert!(recheck.stderr.contains("still unreferenced: not known"), "{}", recheck.stderr);
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("INCOMPLETE – do not delete anything on the basis of this recheck."));
}

#[test]
fn what_can_no_longer_be_seen_makes_a_recheck_incomplete() {
    let (server, audit) = audited();
    server.server.change_site(|site| site.contents.retain(|content| content.id != "1007"));
    let recheck = server.run(&["recheck", path(&audit.report())]);
    assert_eq!(recheck.status, 3, "{}", recheck.stderr);
    assert!(file_name(&folder_of(&recheck)).ends_with("_INCOMPLETE"));
    let recheck = server.run(&["recheck", path(&audit.report()), "--accept-deleted", "1007,9999"]);
    assert_eq!(recheck.status, 0, "{}", recheck.stderr);
    assert!(recheck.stderr.contains("--accept-deleted 9999 is not needed"), "{}", recheck.stderr);
    let folder = folder_of(&recheck);
    assert!(results(&folder).values().all(|result| result == "still-unreferenced"));
    assert_eq!(json_of(&folder)["options"]["accepted as deleted"], "1007, 9999");
}

#[test]
fn a_report_of_another_site_is_refused() {
    let (_, audit) = audited();
    let other = Server::start(known_site::site().0, FaultPlan::none());
    let recheck = other.run(&["recheck", path(&audit.report())]);
    assert_eq!(recheck.status, 2, "{}", recheck.stderr);
    assert!(recheck.stderr.contains("the site is http"), "{}", recheck.stderr);
    assert!(rechecks(&recheck).is_empty());
}

#[test]
fn a_dry_run_counts_the_requests_and_writes_nothing() {
    let (server, audit) = audited();
    let dry_run = server.run(&["recheck", path(&audit.report()), "--dry-run", "--json"]);
    assert_eq!(dry_run.status, 0, "{}", dry_run.stderr);
    let object: Value = serde_json::from_str(&dry_run.stdout).unwrap();
    let plan = &object["dry_run"]["plan"];
    assert_eq!(plan["remembered_versions"], 1, "the old version of spare.png: {plan}");
    assert!(plan["requests"]["attachment version"].is_null(), "{plan}");
    assert!(rechecks(&dry_run).is_empty());
    let before = server.server.requests().len();
    let recheck = server.run(&["recheck", path(&audit.report()), "--no-cache"]);
    assert_eq!(recheck.status, 0, "{}", recheck.stderr);
    let planned = plan["requests"].as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>();
    let sent = (server.server.requests().len() - before) as u64;
    assert!(planned <= sent && sent <= planned + 20, "{planned} planned, {sent} sent: {plan}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_recheck_is_incomplete() {
    use crate::end_to_end::processes::{signal, start};
    let (server, audit) = audited();
    let (reached, wait) = std::sync::mpsc::channel();
    let templates = || RoutePattern::path("/wiki/rest/api/template/*").unwrap();
    let signal_request = Fault::change_site(move |_| {
        let _ = reached.send(());
    });
    let faults = FaultPlan::none().on(templates(), Occurrence::Only(2), signal_request);
    server.server.set_faults(faults.on(templates(), Occurrence::From(2), Fault::Stall));
    let folder = tempfile::TempDir::new().unwrap();
    let child = start(&server, folder.path(), "", &["recheck", path(&audit.report())]);
    wait.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    let recheck = Finished::new(output, folder);
    assert_eq!(recheck.status, 130, "{}", recheck.stderr);
    let folder = folder_of(&recheck);
    assert!(file_name(&folder).ends_with("_INCOMPLETE"));
    assert!(results(&folder).values().all(|result| result == "not-known"));
    assert_eq!(json_of(&folder)["exit_code"], 130);
}
