//! A site whose texts contain line breaks, terminal control sequences and direction overrides: none may look like a
//! line of the program, or reach a terminal or a spreadsheet unescaped.

use std::path::Path;

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site, sample_site};
use serde_json::Value;

use crate::run_program::Server;
use test_support::harness::response;

const HOSTILE: &str = "\nerror: FORGED\r\u{1b}[2K\u{0}\u{9b}31m\u{202e}\u{2028}\u{7f}";

/// The sample site with the hostile text in every name of people, spaces and content.
fn site() -> Site {
    let mut site = sample_site(chrono::Utc::now());
    let taint = |text: &mut String| text.push_str(HOSTILE);
    taint(&mut site.account.name);
    site.people.iter_mut().for_each(|person| taint(&mut person.name));
    for space in &mut site.spaces {
        taint(&mut space.name);
    }
    for content in &mut site.contents {
        taint(&mut content.title);
        content.labels.iter_mut().for_each(taint);
        content.versions.iter_mut().for_each(|version| taint(&mut version.message));
    }
    site.templates.iter_mut().for_each(|template| taint(&mut template.name));
    for file in &mut site.attachments {
        file.versions.iter_mut().for_each(|version| taint(&mut version.title));
    }
    site
}

/// Adds the hostile text to every string of a response except field names and URLs; includes space keys, ids and enum
/// values of the API.
fn tainted(value: &mut Value) {
    match value {
        Value::String(text) => text.push_str(HOSTILE),
        Value::Array(items) => items.iter_mut().for_each(tainted),
        Value::Object(fields) => {
            fields.iter_mut().filter(|(name, _)| *name != "_links").for_each(|(_, value)| tainted(value));
        }
        _ => {}
    }
}

fn assert_harmless(what: &str, text: &str) {
    for line in text.lines() {
        let hidden: Vec<char> = line.chars().filter(|c| c.is_control() || "\u{202e}\u{2028}".contains(*c)).collect();
        assert!(hidden.is_empty(), "{what}: {hidden:?} in {line:?}");
        // a line break from the site would put these words at the beginning of a line
        assert!(!line.trim_start().starts_with("error: FORGED"), "{what}: {text}");
    }
}

#[test]
fn no_text_of_a_site_looks_like_a_line_of_the_program() {
    let refusal = || {
        let body = serde_json::json!({"message": format!("refused{HOSTILE}"), "errors": [{"title": HOSTILE, "detail": HOSTILE}]});
        response(403, &[("content-type", "application/json")], &body.to_string())
    };
    let refuse = |path: &str| FaultPlan::none().on(RoutePattern::path(path).unwrap(), Occurrence::From(1), refusal());
    let taint = |path: &str| {
        FaultPlan::none().on(RoutePattern::path(path).unwrap(), Occurrence::From(1), Fault::edit_json(tainted))
    };
    let pages = RoutePattern::path("/wiki/api/v2/pages").unwrap();
    // whether the run is known to print a text of the site, so that the test is not vacuous
    let runs: [(&[&str], FaultPlan, bool); 13] = [
        (&["audit", "--snapshot", "-vv"], FaultPlan::none(), false),
        (&["audit", "-vv"], refuse("/wiki/api/v2/footer-comments"), false),
        (&["audit"], refuse("/wiki/rest/api/template/page"), false),
        (&["audit", "--json"], refuse("/wiki/api/v2/spaces"), false),
        (&["audit", "-vv"], taint("/wiki/api/v2/spaces").on(pages, Occurrence::From(1), refusal()), true),
        (&["audit", "-vv"], taint("/wiki/**"), false),
        (&["snapshot", "--json"], taint("/wiki/api/v2/spaces"), false),
        (&["snapshot", "--dry-run"], FaultPlan::none(), true),
        (&["--dry-run"], FaultPlan::none(), true),
        (&["--dry-run", "--json"], FaultPlan::none(), true),
        (&["doctor"], FaultPlan::none(), true),
        (&["doctor", "--json"], refuse("/wiki/**"), false),
        (&["doctor", "--probe"], taint("/wiki/api/v2/spaces"), false),
    ];
    let mut silent = Vec::new();
    for (arguments, faults, prints_text) in runs {
        let server = Server::start(site(), faults);
        let run = server.run(arguments);
        let what = format!("{arguments:?}");
        assert_harmless(&what, &run.stderr);
        assert_harmless(&what, &run.stdout);
        assert!(!run.stderr.contains("internal error"), "{what}: {}", run.stderr);
        if arguments.contains(&"--json") {
            assert!(serde_json::from_str::<Value>(&run.stdout).is_ok(), "{what}: {}", run.stdout);
        }
        if prints_text && !(run.stderr + &run.stdout).contains("FORGED") {
            silent.push(what);
        }
    }
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn no_csv_file_has_control_characters_except_tab() {
    let run = Server::start(site(), FaultPlan::none()).run(&["audit", "--snapshot"]);
    let mut files = 0;
    for folder in [run.report(), run.folder.path().join("confluence_data")] {
        files += check_tables(&folder);
    }
    assert!(files > 10, "{files}");
}

/// Checks every CSV file below a folder; returns their number.
fn check_tables(folder: &Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += check_tables(&path);
        } else if path.extension().is_some_and(|ending| ending == "csv") {
            let text = std::fs::read_to_string(&path).unwrap();
            let raw = text.chars().find(|c| c.is_control() && !"\t\r\n".contains(*c));
            assert_eq!(raw, None, "{}", path.display());
            assert!(text.lines().all(|line| !line.starts_with("error: FORGED")), "{}", path.display());
            files += 1;
        }
    }
    files
}
