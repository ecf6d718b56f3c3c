//! Owners of unreferenced files: who can decide, the folder `owners/`, and the decisions that come back.

mod decisions;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use chrono::Utc;
use confluence_client::{Api, ConnectionSettings, Credentials};
use confluence_sim::{DemoServer, Fault, FaultPlan, ServedAs, Site, sample_site};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::audit_run::{AuditRun, crawl_and_audit};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::{CrawlOptions, OwnerRole, contents_by_id};
use confluence_storage_analyzer::progress::Progress;
use tempfile::TempDir;

use crate::run_program::{Server, file_name, program, rows_of};
use test_support::harness::always;

/// A page with one unreferenced file: its people by role.
struct Case {
    owner: Option<&'static str>,
    editor: &'static str,
    author: &'static str,
    uploader: &'static str,
    decides: Option<(&'static str, OwnerRole)>,
}

const ACTIVE: &str = "active-1";
const OTHER: &str = "active-2";
const LEFT: &str = "left-1";
const CLOSED: &str = "left-2";
const APP: &str = "app-1";
const ADMINISTRATOR: &str = "admin-1";

const CASES: &[Case] = &[
    Case {
        owner: Some(ACTIVE),
        editor: OTHER,
        author: OTHER,
        uploader: OTHER,
        decides: Some((ACTIVE, OwnerRole::PageOwner)),
    },
    Case { owner: None, editor: OTHER, author: ACTIVE, uploader: OTHER, decides: Some((ACTIVE, OwnerRole::PageOwner)) },
    Case {
        owner: Some(LEFT),
        editor: ACTIVE,
        author: OTHER,
        uploader: OTHER,
        decides: Some((ACTIVE, OwnerRole::LastEditor)),
    },
    Case {
        owner: Some(LEFT),
        editor: APP,
        author: ACTIVE,
        uploader: OTHER,
        decides: Some((ACTIVE, OwnerRole::PageAuthor)),
    },
    Case {
        owner: Some(LEFT),
        editor: APP,
        author: CLOSED,
        uploader: OTHER,
        decides: Some((OTHER, OwnerRole::Uploader)),
    },
    Case {
        owner: Some(APP),
        editor: APP,
        author: CLOSED,
        uploader: LEFT,
        decides: Some((ADMINISTRATOR, OwnerRole::SpaceAdministrator)),
    },
];

/// A site with one page per case in the space `ENG`, whose first administrator has left, and one page in the space `OLD`
/// about which no one can decide.
pub(super) fn site() -> Site {
    let mut site = Site::new();
    for (id, name) in [
        (ACTIVE, "Jane Doe"),
        (OTHER, "Ötzi Älm"),
        (LEFT, "Left Long-Ago"),
        (CLOSED, "Closed Account"),
        (APP, "Diagram Bot"),
        (ADMINISTRATOR, "Jane Doe"),
    ] {
        site = site.person(id, name);
    }
    site.account_statuses =
        [(LEFT, "inactive"), (CLOSED, "closed")].map(|(id, status)| (id.into(), status.into())).into();
    site.apps.insert(APP.to_owned());
    site = site.space("ENG", "Engineering");
    let eng = site.spaces[0].id.clone();
    site.space_administrators.insert(eng, vec![LEFT.to_owned(), ADMINISTRATOR.to_owned()]);
    let nobody_active = Case { owner: Some(LEFT), editor: LEFT, author: CLOSED, uploader: APP, decides: None };
    for (number, case) in CASES.iter().chain([&nobody_active]).enumerate() {
        if number == CASES.len() {
            site = site.space("OLD", "Old things");
        }
        site = site
            .page(&format!("{}", 1001 + number), &format!("Page {number}"), "<p>text</p>")
            .with_content(|page| {
                page.owner = case.owner.map(str::to_owned);
                case.author.clone_into(&mut page.author);
                case.editor.clone_into(&mut page.versions[0].author);
            })
            .attachment(&format!("att{}", 2001 + number), &format!("file {number}.pdf"), 1000 + number as u64)
            .with_attachment(|file| case.uploader.clone_into(&mut file.versions[0].author));
    }
    site.page("1100", "In use", "<p><ac:image><ri:attachment ri:filename=\"used.png\"/></ac:image></p>")
        .attachment("att2100", "used.png", 5)
}

async fn audit(served_as: ServedAs, site: Site, faults: FaultPlan) -> (DemoServer, AuditRun) {
    let server = DemoServer::start_as_with(served_as, site, faults).await.unwrap();
    let credentials = Credentials::basic(server.user(), server.token().into());
    let api = Api::connect(ConnectionSettings::new(server.base_url(), credentials)).await.unwrap();
    let run =
        crawl_and_audit(&api, &CrawlOptions::default(), &AuditOptions::default(), &Progress::silent()).await.unwrap();
    (server, run)
}

/// Returns who decides about each unreferenced file, by file name, and whether the account is known to be active.
fn owners(run: &AuditRun) -> BTreeMap<String, Option<(String, OwnerRole, bool)>> {
    let contents = contents_by_id(&run.inventory.contents);
    let unreferenced = run.audit.files.iter().filter(|file| file.usage == Usage::Unreferenced);
    let owner = unreferenced.map(|verdict| {
        let file = &run.inventory.attachments[verdict.attachment];
        let content = file.container.id().and_then(|id| contents.get(id.as_str()).copied());
        let owner = run.inventory.owner_of(file, content, verdict.space.as_ref());
        (file.title.clone(), owner.map(|owner| (owner.account.as_str().to_owned(), owner.role, owner.is_active)))
    });
    owner.collect()
}

#[tokio::test]
async fn the_first_active_person_decides_on_every_kind_of_site() {
    for served_as in [ServedAs::Cloud, ServedAs::Gateway, ServedAs::data_center("confluence")] {
        let mut site = site();
        let is_data_center = matches!(served_as, ServedAs::DataCenter { .. });
        if is_data_center {
            // there, an app is an account like any other
            site.account_statuses.insert(APP.to_owned(), "inactive".to_owned());
        }
        let (server, run) = audit(served_as.clone(), site, FaultPlan::none()).await;
        assert_eq!(run.status, ExitStatus::Complete, "{served_as:?}: {:#?}", run.inventory.coverage.gaps);
        let owners = owners(&run);
        for (number, case) in CASES.iter().enumerate() {
            // Data Center has no owners of pages, so the author counts as one
            let decides = if !is_data_center || ![ACTIVE, OTHER].contains(&case.author) {
                case.decides
            } else {
                Some((case.author, OwnerRole::PageOwner))
            };
            let expected = decides.map(|(account, role)| (account.to_owned(), role, true));
            assert_eq!(owners[&format!("file {number}.pdf")], expected, "{served_as:?}, case {number}");
        }
        assert_eq!(owners[&format!("file {}.pdf", CASES.len())], None, "{served_as:?}");
        let permissions = server.requests().iter().filter(|request| request.path.ends_with("/permissions")).count();
        assert_eq!(permissions, 2, "{served_as:?}: one request per space without another active owner");
    }
}

#[tokio::test]
async fn a_site_that_refuses_accounts_or_permissions_leaves_the_run_complete_and_says_so() {
    for (path, status, says) in [
        ("/wiki/api/v2/users-bulk", 403, "account statuses are not known"),
        ("/wiki/api/v2/users-bulk", 404, "account statuses are not known"),
        ("/wiki/api/v2/users-bulk", 500, "it is not known which owners are active"),
        ("/wiki/api/v2/spaces/*/permissions", 403, "administrators of 2 spaces are not known"),
        ("/wiki/api/v2/spaces/*/permissions", 404, "administrators of 2 spaces are not known"),
        ("/wiki/api/v2/spaces/*/permissions", 500, "administrators of 2 spaces are not known"),
    ] {
        let (_server, run) = audit(ServedAs::Cloud, site(), always(path, Fault::status(status))).await;
        assert_eq!(run.status, ExitStatus::Complete, "{path} {status}: {:#?}", run.inventory.coverage.gaps);
        let warnings = &run.inventory.coverage.warnings;
        let notices = warnings.iter().filter(|warning| warning.contains(says)).count();
        assert_eq!(notices, 1, "{path} {status}: {warnings:#?}");
        let owners = owners(&run);
        assert_eq!(owners.len(), CASES.len() + 1, "{path} {status}");
        if path.ends_with("users-bulk") {
            let unknown = owners.values().flatten().filter(|(_, _, is_active)| !is_active).count();
            assert_eq!(unknown, owners.len(), "an account of unknown status is not active");
        } else {
            assert_eq!(owners["file 5.pdf"], None, "{status}");
        }
    }
}

#[tokio::test]
async fn without_unreferenced_files_nothing_is_read_about_owners() {
    let used = "<p><ac:image><ri:attachment ri:filename=\"used.png\"/></ac:image></p>";
    let site = Site::new().space("ENG", "Engineering").page("1", "Page", used).attachment("att2", "used.png", 5);
    let (server, run) = audit(ServedAs::Cloud, site, FaultPlan::none()).await;
    assert_eq!(run.status, ExitStatus::Complete);
    let about_owners = |path: &str| path.ends_with("/users-bulk") || path.ends_with("/permissions");
    assert!(!server.requests().iter().any(|request| about_owners(&request.path)));
    assert!(run.inventory.owners.accounts.is_empty());
}

#[tokio::test]
async fn an_incomplete_run_reads_nothing_about_owners() {
    let faults = always("/wiki/api/v2/footer-comments", Fault::status(403));
    let (server, run) = audit(ServedAs::Cloud, site(), faults).await;
    assert_eq!(run.status, ExitStatus::Incomplete);
    assert!(!server.requests().iter().any(|request| request.path.ends_with("/users-bulk")));
}

#[tokio::test]
async fn almost_all_unreferenced_bytes_of_the_sample_site_have_an_active_owner() {
    let (_server, run) = audit(ServedAs::Cloud, sample_site(Utc::now()), FaultPlan::none()).await;
    assert_eq!(run.status, ExitStatus::Complete);
    let contents = contents_by_id(&run.inventory.contents);
    let (mut all, mut owned) = (0, 0);
    for verdict in run.audit.files.iter().filter(|file| file.is_candidate()) {
        let file = &run.inventory.attachments[verdict.attachment];
        let bytes = file.all_bytes().unwrap_or_default();
        let content = file.container.id().and_then(|id| contents.get(id.as_str()).copied());
        all += bytes;
        if run.inventory.owner_of(file, content, verdict.space.as_ref()).is_some_and(|owner| owner.is_active) {
            owned += bytes;
        }
    }
    assert!(all > 1 << 30 && owned * 100 >= all * 95, "{owned} of {all}");
}

/// Runs the program without a server.
pub(super) fn offline(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program(folder);
    command.args(arguments);
    command
}

/// Returns the names of the files in the folder `owners` of a report.
pub(super) fn files(report: &Path) -> Vec<String> {
    let entries = fs::read_dir(report.join("owners")).unwrap().map(|entry| file_name(&entry.unwrap().path()));
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[test]
fn each_owner_gets_a_page_and_sheets_and_a_report_renders_the_same_again() {
    let server = Server::start(site(), FaultPlan::none());
    let run = server.run(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let names = files(&run.report());
    let of = |stem: &str| names.iter().filter(|name| name.starts_with(stem)).count();
    // two people are called Jane Doe
    assert_eq!((of("jane-doe-"), of("jane-doe."), of("otzi-alm."), of("no-active-owner.")), (6, 0, 3, 3), "{names:?}");
    assert!(!names.iter().any(|name| name.contains(ACTIVE) || name.contains(ADMINISTRATOR)), "{names:?}");
    let page = fs::read_to_string(run.report().join("owners/otzi-alm.html")).unwrap();
    for text in
        ["Ötzi Älm", "file 4.pdf", "uploader", "no use found", "Hello Ötzi Älm,", "otzi-alm.xlsx", "Page 4", "preview="]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("../") && !page.contains("used.png"), "the page is sent alone");
    let unknown = fs::read_to_string(run.report().join("owners/no-active-owner.html")).unwrap();
    assert!(unknown.contains("file 6.pdf") && !unknown.contains("Hello"));
    let list = fs::read_to_string(run.report().join("owners/index.html")).unwrap();
    assert!(list.contains("7 unreferenced files") && list.contains("can decide about 6 files"), "{list}");
    let rows = rows_of(&run.report().join("owners/otzi-alm.csv"));
    assert_eq!((rows.len(), rows[0]["Attachment ID"].as_str(), rows[0]["Decision"].as_str()), (1, "att2005", ""));
    assert_eq!(rows[0]["Owner Role"], "uploader");
    let again = TempDir::new().unwrap();
    let report = run.report();
    offline(again.path(), &["report", report.to_str().unwrap()]).assert().success();
    let rendered = fs::read_dir(again.path()).unwrap().map(|entry| entry.unwrap().path());
    let rendered = rendered.into_iter().find(|path| file_name(path).starts_with("confluence_analysis_")).unwrap();
    assert_eq!(files(&rendered), names);
    for name in names {
        let read = |folder: &Path| fs::read(folder.join("owners").join(&name)).unwrap();
        assert!(read(&report) == read(&rendered), "{name} differs");
    }
}

#[test]
fn an_incomplete_report_has_a_note_instead_of_lists_for_owners() {
    let server = Server::start(site(), always("/wiki/api/v2/footer-comments", Fault::status(403)));
    let run = server.run(&[]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert_eq!(files(&run.report()), ["index.html"]);
    let list = fs::read_to_string(run.report().join("owners/index.html")).unwrap();
    assert!(list.contains("no lists for owners, because the run is incomplete") && list.contains("INCOMPLETE"));
}

#[test]
fn a_space_with_the_key_owners_has_another_folder() {
    let site = Site::new().space("owners", "Owners").page("1", "Page", "<p/>").attachment("att2", "a.pdf", 5);
    let run = Server::start(site, FaultPlan::none()).run(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(files(&run.report()).len(), 4);
}

#[test]
fn the_plan_says_how_many_requests_owners_may_take() {
    let server = Server::start(site(), FaultPlan::none());
    let run = server.run(&["--dry-run", "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let object: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    // accounts of the files, accounts of administrators, and two spaces
    assert_eq!(object["dry_run"]["plan"]["for_owners"], 4);
    assert!(!server.server.requests().iter().any(|request| request.path.ends_with("/users-bulk")));
    let before = server.server.requests().len();
    server.run(&[]);
    let sent = server.server.requests().into_iter().skip(before);
    let sent = sent.filter(|request| request.path.ends_with("/users-bulk") || request.path.ends_with("/permissions"));
    assert_eq!(sent.count(), 4, "as planned at most");
}

#[test]
fn unreadable_accounts_are_one_notice_and_owners_of_unknown_status() {
    let server = Server::start(site(), always("/wiki/api/v2/users-bulk", Fault::status(403)));
    let run = server.run(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.stderr.matches("warning: owners of unreferenced files").count(), 1, "{}", run.stderr);
    assert!(
        !server.server.requests().iter().any(|request| request.path.ends_with("/permissions")),
        "no use without accounts"
    );
    let list = fs::read_to_string(run.report().join("owners/index.html")).unwrap();
    assert!(list.contains("account status not known") && list.contains("can decide about 0 files"), "{list}");
}
