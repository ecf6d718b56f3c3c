//! `docs/saved-scan.md` lists every field of `scan.json.gz`, and older files stay readable.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use chrono::DateTime;
use confluence_client::{Api, ConnectionSettings, Credentials, Timeouts};
use confluence_sim::site::{Content, ContentType, Status};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, sample_site};
use confluence_storage_analyzer::audit::{self, AuditOptions, Usage};
use confluence_storage_analyzer::audit_history::AuditHistoryFacts;
use confluence_storage_analyzer::commands::audit_run::crawl_and_audit;
use confluence_storage_analyzer::comparison::{
    ChangeTotals, ComparedRun, ComparisonSummary, FileChangeKind, Obstacle, ObstacleKind, StorageChange, StorageFigures,
};
use confluence_storage_analyzer::inventory::{CrawlOptions, UnreadVersion};
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::report::{self, CheckedThreshold, ReportInput, RunFacts, scan_json};
use serde_json::Value;
use storage_format::TodoMarkers;
use tempfile::TempDir;

use test_support::earlier_runs;
use test_support::harness::{also, without};

const DOCUMENT: &str = include_str!("../../docs/saved-scan.md");
const VERSION_1: &str = include_str!("../fixtures/scan-version-1.json");

/// Fields by the path of the object that has them.
type Fields = BTreeMap<String, BTreeSet<String>>;

/// The objects whose keys are data; the path of their values ends in `*`.
const MAPS: [&str; 9] = [
    "run.audit.kept",
    "run.previous.changes",
    "inventory.owners.accounts",
    "inventory.owners.administrators",
    "inventory.people",
    "inventory.requests",
    "inventory.plan.requests",
    "inventory.coverage.units",
    "inventory.contents[].body.measures.macros",
];

/// Returns the fields that the document lists, and the objects in which not every field is always present. A row of the
/// document is relative to the path in its heading.
fn documented() -> (Fields, BTreeSet<String>) {
    let (mut fields, mut partial) = (Fields::new(), BTreeSet::new());
    for section in DOCUMENT.split("\n## ").skip(1) {
        let heading = section.lines().next().unwrap();
        let prefix = heading.split('`').nth(1).unwrap_or_default();
        if heading.ends_with(" of)") {
            partial.insert(prefix.to_owned());
        }
        for row in section.lines().filter_map(|line| line.strip_prefix("| `")) {
            let path = [prefix, row.split('`').next().unwrap()].join(".");
            let path = path.trim_start_matches('.');
            let (object, field) = path.rsplit_once('.').unwrap_or(("", path));
            fields.entry(object.to_owned()).or_default().insert(field.to_owned());
            if row.ends_with(" of) |") {
                partial.extend([path.to_owned(), format!("{path}[]")]);
            }
        }
    }
    (fields, partial)
}

/// Objects that contain objects of the same type.
const NESTED: [(&str, &str); 4] = [
    ("run.previous.site.old", "run.previous.site.new"),
    (".target.on-unknown-host.targets[]", ".target"),
    (".container.known.otherwise", ".container"),
    (".measures.place_links[].page", ".page_links[]"),
];

fn collect(value: &Value, path: &str, fields: &mut Fields) {
    let path = &NESTED.iter().fold(path.to_owned(), |path, (inner, outer)| path.replace(inner, outer))[..];
    match value {
        Value::Object(entries) if MAPS.contains(&path) => {
            entries.values().for_each(|value| collect(value, &format!("{path}.*"), fields));
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                fields.entry(path.to_owned()).or_default().insert(key.clone());
                let dot = if path.is_empty() { "" } else { "." };
                collect(value, &format!("{path}{dot}{key}"), fields);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, &format!("{path}[]"), fields)),
        _ => {}
    }
}

/// A comparison with every field.
fn previous_run() -> ComparisonSummary {
    let figures = StorageFigures { trash_at_least: true, ..StorageFigures::default() };
    ComparisonSummary {
        with: ComparedRun {
            folder: "confluence_analysis_V0_1_2026-11-21_19-41-07".to_owned(),
            started_at: DateTime::UNIX_EPOCH,
            program: "0.0.9".to_owned(),
        },
        obstacles: vec![Obstacle { kind: ObstacleKind::Program, text: "version 0.0.9".to_owned() }],
        changes: [(FileChangeKind::New, ChangeTotals { files: 1, bytes: 2, at_least: true })].into(),
        site: StorageChange { old: Some(figures), new: Some(figures), has_equal_sizes: true },
    }
}

/// Writes a scan of the sample site with every field that a scan can have.
async fn written_scan(folder: &Path) -> Value {
    let posts = RoutePattern::path("/wiki/api/v2/blogposts").unwrap();
    let new_status = Fault::edit_json(|list| {
        if let Some(post) = list["results"].as_array_mut().and_then(|posts| posts.first_mut()) {
            post["status"] = "quarantined".into();
        }
    });
    let site = sample_site("2026-04-01T08:30:00Z".parse().unwrap());
    let is_page = |content: &&Content| content.kind == ContentType::Page && content.status == Status::Current;
    let page = site.contents.iter().rfind(is_page).unwrap();
    let unread_page = UnreadVersion { id: page.id.clone(), version: page.version().unwrap().number };
    let unread_file = UnreadVersion { id: site.attachments.last().unwrap().id.clone(), version: 0 };
    let mut faults = FaultPlan::none().on(posts, Occurrence::From(1), new_status);
    for (path, unread, pointer) in [("pages", &unread_page, "/body"), ("attachments", &unread_file, "/version")] {
        faults = also(faults, &format!("/wiki/api/v2/{path}*"), Occurrence::From(1), without(&unread.id, pointer));
    }
    let versions = format!("/wiki/api/v2/attachments/{}/versions", unread_file.id);
    let none = Fault::edit_json(|list| list["results"] = serde_json::json!([]));
    let faults = also(faults, &versions, Occurrence::From(1), none);
    let server = DemoServer::start_with(site, faults).await.unwrap();
    server.change_site(|site| {
        let page = site.contents.iter_mut().find(|content| content.kind == ContentType::Page).unwrap();
        page.live = true;
        page.body.push_str(r#"<p><ac:link><ri:page ri:space-key="ENG" ri:content-title="Home"/></ac:link></p>"#);
        page.body.push_str(r#"<p><ac:link><ri:blog-post ri:content-title="News"/></ac:link></p>"#);
        page.body.push_str(
            r#"<p><ac:link ac:anchor="end"><ri:page ri:content-id="1" ri:content-title="Home"/></ac:link></p>"#,
        );
        page.body.push_str(
            r#"<ac:image><ri:attachment ri:filename="x"><ri:page ri:content-id="1" ri:content-title="Home"/></ri:attachment></ac:image>
            <ac:structured-macro ac:name="unmigrated-wiki-markup"><ac:plain-text-body>x</ac:plain-text-body></ac:structured-macro>"#,
        );
        site.spaces[0].alias = Some("OTHER".to_owned());
        // read with the admin key
        site.admin_key = Some(chrono::Utc::now() + chrono::TimeDelta::hours(1));
        site.contents.iter_mut().filter(|content| content.kind == ContentType::Page).nth(2).unwrap().hidden = true;
        site.spaces[1].hidden = true;
        // a body that is too expensive to parse
        let markdown = format!("<![CDATA[{}]]>", "](".repeat(50_000));
        let body = format!(
            r#"<ac:structured-macro ac:name="markdown"><ac:plain-text-body>{markdown}</ac:plain-text-body></ac:structured-macro>"#
        );
        let page = site.contents.iter_mut().filter(|content| content.kind == ContentType::Page).nth(1).unwrap();
        page.body.push_str(&body);
    });
    let settings = ConnectionSettings {
        timeouts: Timeouts::NONE,
        admin_key: true,
        ..ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()))
    };
    let api = Api::new(settings).unwrap();
    let alias_hosts = vec!["wiki.larkspur.example".to_owned()];
    let options = CrawlOptions {
        measures: Some(TodoMarkers::default()),
        alias_hosts: alias_hosts.clone(),
        accept_unread: vec![unread_page, unread_file],
        ..CrawlOptions::default()
    };
    let kept = [("att1".to_owned(), "a.csv".to_owned())].into();
    let rules = AuditOptions { alias_hosts, kept, ..AuditOptions::default() };
    let mut audit_run = crawl_and_audit(&api, &options, &rules, &Progress::silent()).await.unwrap();
    // what only Data Center says
    audit_run.inventory.scan.unread_trash = vec!["ENG".to_owned()];
    audit_run.inventory.scan.retention_spaces = vec!["ENG".to_owned()];
    audit_run.inventory.scan.site_pages = Some(1_000);
    let run = RunFacts {
        local_time: "2026-04-01T10:30:00+02:00".parse().unwrap(),
        exit_code: audit_run.status.code(),
        stopped: None,
        options: Vec::new(),
        quota_bytes: Some(1),
        audit_history: Some(AuditHistoryFacts { remark: Some("damaged".to_owned()), ..earlier_runs::audit_history() }),
        previous: Some(previous_run()),
        thresholds: vec![CheckedThreshold {
            figure: "unreferenced_files".to_owned(),
            at_least: 1,
            value: Some(2),
            met: true,
        }],
        audit: rules,
    };
    let folder =
        report::write(folder, ReportInput { run: &run, inventory: &audit_run.inventory, audit: &audit_run.audit })
            .unwrap();
    let mut text = String::new();
    let packed = fs::File::open(folder.join("scan.json.gz")).unwrap();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn the_document_lists_exactly_the_fields_that_are_written() {
    let folder = TempDir::new().unwrap();
    let scan = written_scan(folder.path()).await;
    assert_eq!(scan["format"], scan_json::FORMAT);
    assert!(DOCUMENT.contains(&format!("`version` is {}.", scan_json::VERSION)));
    let mut written = Fields::new();
    collect(&scan, "", &mut written);
    let (documented, partial) = documented();
    let mut wrong = Vec::new();
    for (path, fields) in &written {
        let known = documented.get(path).cloned().unwrap_or_default();
        wrong.extend(fields.difference(&known).map(|field| format!("{path}: {field} is not in the document")));
        if !partial.contains(path) {
            wrong.extend(known.difference(fields).map(|field| format!("{path}: {field} is not written")));
        }
    }
    let unwritten = documented.keys().filter(|path| !written.contains_key(*path));
    wrong.extend(unwritten.map(|path| format!("{path} is not written")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn packed(text: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let file = fs::File::create(folder.path().join("scan.json.gz")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap();
    folder
}

#[test]
fn a_scan_of_version_1_is_read_and_unknown_fields_are_ignored() {
    let added = VERSION_1.replace("\"people\": {}", "\"people\": {}, \"a newer field\": [1]");
    assert_ne!(added, VERSION_1);
    for text in [VERSION_1, &added] {
        let saved = scan_json::read(&packed(text).path().join("scan.json.gz")).unwrap();
        let audit = audit::analyze(&saved.inventory, &saved.run.audit);
        let usages: Vec<Usage> = audit.files.iter().map(|file| file.usage).collect();
        assert_eq!(usages, [Usage::Embedded, Usage::Unreferenced]);
    }
}

#[test]
fn the_command_rejects_a_scan_of_a_newer_version_with_a_remedy() {
    let newer = VERSION_1.replace("\"version\": 1,\n  \"run\"", "\"version\": 3,\n  \"run\"");
    let folder = packed(&newer);
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_confluence-storage-analyzer"))
        .current_dir(folder.path())
        .args(["report", "."])
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    for words in
        ["has saved-scan format 3; this program reads formats up to 2", "run the version of this program that wrote it"]
    {
        assert!(stderr.contains(words), "{stderr}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is written");
}
