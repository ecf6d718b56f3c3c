//! `report --without-names`: no byte of the new folder names a person, and the verdicts are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use confluence_sim::site::ContentType;
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, ServedAs, Site, sample_site};
use confluence_storage_analyzer::audit;
use confluence_storage_analyzer::report::SavedAudit;
use serde_json::Value;
use test_support::report_folder::{self, ReportFolderState};
use test_support::zip_container::try_part;

use crate::run_program::{Finished, Server, program, rows_of};

/// The sample site, with people named in every text that a report has.
fn site() -> Site {
    let mut site = sample_site(chrono::Utc::now());
    let names: Vec<String> = site.people.iter().map(|person| person.name.clone()).collect();
    let mut rename = |person: usize, name: &str| name.clone_into(&mut site.people[person].name);
    rename(2, "O'Hara \"Red\" \\ Åse");
    rename(3, "chiara.conti@larkspur.example");
    let mut namesake = site.people[0].clone();
    "712020:ffffffff-0000-4000-8000-000000000001".clone_into(&mut namesake.account_id);
    site.people.push(namesake);
    site.spaces.iter_mut().find(|space| space.key.starts_with('~')).unwrap().alias = Some("~minapark".to_owned());
    for (number, content) in site.contents.iter_mut().enumerate() {
        let name = &names[number % names.len()];
        content.versions.iter_mut().for_each(|version| version.message = format!("as {name} said"));
        if number % 7 == 0 && content.kind == ContentType::Page && !content.title.is_empty() {
            content.title = format!("{} ({name})", content.title);
        }
    }
    for (number, file) in site.attachments.iter_mut().enumerate().filter(|(number, _)| number % 5 == 0) {
        let name = &names[number % names.len()];
        let name = if number % 2 == 0 { name.to_lowercase().replace(' ', "_") } else { name.clone() };
        file.versions.iter_mut().for_each(|version| version.title = format!("{name} {}", version.title));
    }
    "Handover of 557058:aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb".clone_into(&mut site.contents[3].title);
    let spare = |name: &str| format!("Minutes {name}.pdf");
    let page = site.contents.iter().position(|content| content.kind == ContentType::Page).unwrap();
    let links = format!(
        "<p><a href=\"/wiki/spaces/~712020mina/pages\">x</a> <ac:link><ri:attachment ri:filename=\"{}\"/></ac:link></p>",
        spare(&names[1])
    );
    site.contents[page].body.push_str(&links);
    site
}

fn render(run: &Finished) -> (PathBuf, String) {
    let folder = run.folder.path().join("shared");
    fs::create_dir(&folder).unwrap();
    let output = program(run.folder.path())
        .arg("report")
        .arg(run.report())
        .args(["--without-names", "--output", "shared"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(run.status), "{text}");
    (PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()).parent().unwrap().to_owned(), text)
}

/// Returns what must not be in the new folder.
fn secrets(site: &Site) -> BTreeSet<String> {
    let mut secrets: BTreeSet<String> = site.people.iter().map(|person| person.name.clone()).collect();
    secrets.extend(site.people.iter().map(|person| person.account_id.clone()));
    secrets.extend([site.account.name.clone(), site.account.account_id.clone(), site.email.clone()]);
    // short words are part of others: "Conti" of "continue"
    let words = site.people.iter().flat_map(|person| person.name.split(' ')).filter(|word| word.chars().count() > 5);
    secrets.extend(words.map(str::to_owned));
    secrets.extend(["557058".to_owned(), "712020mina".to_owned(), "minapark".to_owned(), "712020%3A".to_owned()]);
    secrets
}

fn assert_unnamed(folder: &Path, site: &Site) {
    let secrets = secrets(site);
    assert!(secrets.len() > 20);
    let files = report_folder::files(folder);
    assert!(files.len() > 20);
    for (path, bytes) in files {
        let mut texts = vec![path.to_lowercase(), String::from_utf8_lossy(&bytes).to_lowercase()];
        if path.contains(".xlsx") {
            let sheets = (1..).map_while(|number| try_part(&bytes, &format!("xl/worksheets/sheet{number}.xml")));
            texts.extend(sheets.map(|sheet| sheet.to_lowercase()));
            assert!(texts.len() > 2, "no sheet in {path}");
        }
        let texts: Vec<String> = texts.into_iter().map(|text| text.replace("\\u0026", "&")).collect();
        for secret in &secrets {
            let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for form in [secret.to_lowercase(), encoded.to_lowercase(), encoded.replace('+', "%20").to_lowercase()] {
                for text in &texts {
                    let found =
                        text.find(&form).map(|at| text[at.saturating_sub(60)..].chars().take(140).collect::<String>());
                    assert_eq!(found, None, "{form} in {path}");
                }
            }
        }
    }
}

/// Asserts that verdicts are the same, and that each person has one number everywhere. Returns the numbers.
fn assert_same_report(old: &Path, new: &Path) -> BTreeMap<String, String> {
    assert_eq!(report_folder::state(new), report_folder::state(old));
    let mut numbers: BTreeMap<String, String> = BTreeMap::new();
    for (table, columns) in
        [("attachments.csv", &["Container Owner", "Author"][..]), ("versions.csv", &["Author"]), ("uses.csv", &[])]
    {
        let (old, new) = (rows_of(&old.join(table)), rows_of(&new.join(table)));
        assert!(old.len() > 50 && old.len() == new.len(), "{table}");
        let by_id = |rows: &[BTreeMap<String, String>]| -> BTreeMap<String, BTreeMap<String, String>> {
            let key = |row: &BTreeMap<String, String>| {
                let number = row.get("Version").cloned().unwrap_or_default();
                format!("{} {number}", row["Attachment ID"])
            };
            rows.iter().map(|row| (key(row), row.clone())).collect()
        };
        let (old, new) = (by_id(&old), by_id(&new));
        for (id, row) in &old {
            for column in columns.iter().filter(|column| !row[**column].is_empty()) {
                let earlier = numbers.insert(row[*column].clone(), new[id][*column].clone());
                assert!(earlier.is_none_or(|earlier| earlier == new[id][*column]), "{column} of {id}");
            }
            for column in ["Usage", "Size(Bytes)", "Certainty"].iter().filter(|column| row.contains_key(**column)) {
                assert_eq!(row[*column], new[id][*column], "{column} of {id}");
            }
        }
    }
    assert!(numbers.values().all(|number| number.starts_with("Person ")), "{numbers:?}");
    assert_eq!(numbers.values().collect::<BTreeSet<_>>().len(), numbers.len(), "{numbers:?}");
    numbers
}

#[test]
fn no_byte_names_a_person_and_every_verdict_is_the_same() {
    for served_as in [ServedAs::Cloud, ServedAs::DataCenter { context: "/confluence".to_owned() }] {
        let site = site();
        let server = Server::start_as(served_as, site.clone(), FaultPlan::none());
        let run = server.run(&["--space", "*", "--exclude-space", "~none"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let (folder, words) = render(&run);
        assert_unnamed(&folder, &site);
        let numbers = assert_same_report(&run.report(), &folder);
        assert!(numbers.len() > 5, "{numbers:?}");
        assert!(words.contains("people are replaced by numbers"), "{words}");
        let manifest: Value = serde_json::from_slice(&fs::read(folder.join("run.json")).unwrap()).unwrap();
        assert_eq!(manifest["account"]["id"], "person-1");
        assert_eq!(manifest["account"]["name"], "Person 1");
        assert_eq!(manifest["options"]["people"], "replaced by numbers");
        // the new folder can be rendered again
        let again =
            program(run.folder.path()).arg("report").arg(&folder).args(["--output", "shared"]).output().unwrap();
        let again = PathBuf::from(String::from_utf8(again.stdout).unwrap().trim()).parent().unwrap().to_owned();
        assert_eq!(fs::read(again.join("attachments.csv")).unwrap(), fs::read(folder.join("attachments.csv")).unwrap());
    }
}

#[test]
fn an_incomplete_report_stays_incomplete_and_its_gaps_name_no_one() {
    let site = site();
    let faults = FaultPlan::none().on(
        RoutePattern::path("/wiki/api/v2/pages/*").unwrap(),
        Occurrence::From(1),
        Fault::status(403),
    );
    let faults =
        faults.on(RoutePattern::path("/wiki/api/v2/footer-comments").unwrap(), Occurrence::From(1), Fault::status(403));
    let run = Server::start(site.clone(), faults).run(&[]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let (folder, _) = render(&run);
    assert_unnamed(&folder, &site);
    assert_eq!(report_folder::state(&folder), ReportFolderState::Incomplete);
    assert_same_report(&run.report(), &folder);
}

#[test]
fn unreferenced_files_stay_unreferenced_and_numbers_are_the_same_again() {
    let run = Server::sample(FaultPlan::none()).run(&[]);
    let (one, _) = render(&run);
    assert_same_report(&run.report(), &one);
    assert!(run.usages().values().any(|usage| usage == "unreferenced"));
    let two = run.folder.path().join("shared");
    let output = program(run.folder.path())
        .arg("report")
        .arg(run.report())
        .args(["--without-names", "--output", "shared"])
        .output()
        .unwrap();
    let again = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()).parent().unwrap().to_owned();
    assert!(again.starts_with(&two) && again != one);
    for (file, bytes) in report_folder::files(&one) {
        let other = Path::new(&file).strip_prefix(&one).unwrap();
        if other.extension().is_some_and(|extension| extension == "csv" || extension == "html") {
            assert!(fs::read(again.join(other)).unwrap() == bytes, "{} differs", other.display());
        }
    }
}

#[test]
fn a_file_that_a_rule_protects_by_a_part_of_a_name_is_never_listed() {
    let run = Server::sample(FaultPlan::none()).run(&[]);
    let mut saved = SavedAudit::read(&run.report(), None).unwrap();
    let name = saved.inventory.people.values().find(|name| name.contains(' ')).unwrap().clone();
    let file = saved.audit.files.iter().position(audit::FileVerdict::is_candidate).unwrap();
    saved.inventory.attachments[file].title = format!("{name} plan.pdf");
    saved.run.audit.protect_names = vec![format!("{}*", name.split(' ').next().unwrap())];
    saved.audit = audit::analyze(&saved.inventory, &saved.run.audit);
    assert!(saved.audit.files[file].protected.is_some());
    let error = saved.without_names().unwrap_err().to_string();
    assert!(error.contains("would wrongly be called unreferenced"), "{error}");
}
