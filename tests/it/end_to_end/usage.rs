//! Uses and rules that only a complete run combines: configuration, saved scans, omissions of the server.

use std::fs;

use confluence_sim::site::{Container, ContentType};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use serde_json::json;

use crate::run_program::{Finished, Server, file_name, program, rows_of};

/// Runs the program with this configuration in its folder.
fn run_configured(server: &Server, config: &str) -> Finished {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("the.cfg");
    fs::write(&file, config).unwrap();
    server.run(&["--config", file.to_str().unwrap()])
}

/// A page without a use, and one that links to its `a.pdf` by a URL of a former host.
fn migrated(id: &str) -> Site {
    let body = format!(r#"<a href="https://wiki.acme.example/confluence/download/attachments/{id}/a.pdf">x</a>"#);
    let site = Site::new().space("ENG", "Engineering");
    let site =
        site.page("1001", "Plan", "<p>x</p>").attachment("att5001", "a.pdf", 10).attachment("att5002", "b.pdf", 10);
    site.page("2001", "Guide", &body)
}

const FORMER_HOST: &str = "[audit]\nalias_hosts = wiki.acme.example\n";

#[test]
fn a_url_of_a_former_host_counts_if_the_host_is_configured() {
    let server = Server::start(migrated("1001"), FaultPlan::none());
    assert_eq!(run_configured(&server, FORMER_HOST).usages()["att5001"], "linked-elsewhere");
    let run = server.run(&[]);
    assert_eq!(run.usages()["att5001"], "undetermined");
    assert!(
        run.stderr.contains("look like addresses of this site: add the host to alias_hosts")
            || run.stderr.contains("looks like an address of this site: add the host to alias_hosts"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_id_of_a_former_host_may_belong_to_another_page_here() {
    let server = Server::start(migrated("2001"), FaultPlan::none());
    let usages = run_configured(&server, FORMER_HOST).usages();
    assert_eq!(usages["att5001"], "undetermined");
    assert_eq!(usages["att5002"], "unreferenced");
}

#[test]
fn a_scan_from_before_a_host_was_configured_calls_nothing_unreferenced() {
    let server = Server::start(migrated("1001"), FaultPlan::none());
    let run = server.run(&[]);
    assert_eq!(run.usages()["att5002"], "unreferenced");
    let again = run.folder.path().join("again");
    fs::create_dir(&again).unwrap();
    let config = run.folder.path().join("the.cfg");
    fs::write(&config, FORMER_HOST).unwrap();
    let arguments = ["--config", config.to_str().unwrap(), "--output", again.to_str().unwrap()];
    let report = run.report();
    program(run.folder.path()).arg("report").arg(report).args(arguments).assert().success();
    let folder = fs::read_dir(&again).unwrap().next().unwrap().unwrap().path();
    assert!(rows_of(&folder.join("attachments.csv")).iter().all(|row| row["Usage"] == "undetermined"));
    assert!(rows_of(&folder.join("ENG/ENG_unreferenced.csv")).is_empty(), "{}", file_name(&folder));
}

#[test]
fn a_scan_of_another_version_is_rendered_with_a_warning() {
    let server = Server::start(migrated("1001"), FaultPlan::none());
    let run = server.run(&[]);
    let path = run.report().join("scan.json.gz");
    let mut scan: serde_json::Value =
        serde_json::from_reader(flate2::read::GzDecoder::new(fs::File::open(&path).unwrap())).unwrap();
    let render = || {
        let output = program(run.folder.path()).arg("report").arg(path.parent().unwrap()).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(!render().contains("was saved by version"));
    scan["inventory"]["scan"]["program"] = "0.0.1".into();
    let mut packed = flate2::write::GzEncoder::new(fs::File::create(&path).unwrap(), flate2::Compression::fast());
    serde_json::to_writer(&mut packed, &scan).unwrap();
    packed.finish().unwrap();
    let message = render();
    assert!(message.contains("warning: this scan was saved by version 0.0.1"), "{message}");
}

#[test]
fn content_properties_of_apps_may_name_files_of_their_page() {
    let site =
        Site::new().space("ENG", "Engineering").page("1001", "Plan", "<p>x</p>").attachment("att5001", "a.png", 10);
    let mut note = site.new_content(
        ContentType::CustomContent,
        "8101",
        "Note",
        r#"<ac:image><ri:attachment ri:filename="a.png" /></ac:image>"#,
    );
    note.custom_type = Some("ac:acme:note".to_owned());
    note.container = Some("1001".to_owned());
    let site = site.content(note);
    let site = site.attachment_of(Container::CustomContent("8101".to_owned()), "att5002", "note.bin", 10);
    let usages = Server::start(site, FaultPlan::none()).run(&[]).usages();
    assert_eq!(usages["att5001"], "linked-elsewhere");
    assert_eq!(usages["att5002"], "not-judged");
}

#[test]
fn a_header_image_whose_value_is_missing_is_a_gap() {
    let site = Site::new().space("ENG", "Engineering").page("1001", "Plan", "<p>x</p>");
    let site = site.property("cover-picture-id-published", json!({"id": "62149a0b-9e5d-4e56-bab5-17b8a0d84da5"}));
    let site = site.attachment("att5001", "a.png", 10);
    let without_value = |path: &str| {
        let edit = Fault::edit_json(|response| {
            for found in response["results"].as_array_mut().into_iter().flatten() {
                let properties = found.pointer_mut("/metadata/properties").and_then(|found| found.as_object_mut());
                for property in properties.into_iter().flat_map(|found| found.values_mut()) {
                    property.as_object_mut().map(|property| property.remove("value"));
                }
                found.as_object_mut().map(|property| property.remove("value"));
            }
        });
        (RoutePattern::path(path).unwrap(), Occurrence::From(1), edit)
    };
    let (sweep, from, edit) = without_value("/wiki/rest/api/content/search");
    let faults = FaultPlan::none().on(sweep, from, edit);
    // content that the search omits is requested page by page, and for owners of candidates once more in the final pass
    let run = Server::start(site.clone(), faults.clone()).run(&[]);
    assert_eq!((run.status, run.run_json()["requests"]["properties"].as_u64()), (0, Some(2)), "{}", run.stderr);
    let (alone, from, edit) = without_value("/wiki/api/v2/pages/1001/properties");
    let run = Server::start(site, faults.on(alone, from, edit)).run(&[]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert_eq!(run.usages()["att5001"], "undetermined");
}
