//! Which file is meant: by id, by name, by address.

use tempfile::TempDir;

use super::{CLOUD, Demo, explain, explain_json, report_in, sentences};
use crate::run_program::rows_of;

/// A name with a letter in two parts, without that letter.
const DECOMPOSED: &str = "bersicht Ausstattung.pdf";

#[test]
fn a_file_is_found_by_its_id_and_by_any_of_its_names() {
    let wiring = CLOUD.file("classic-wiring.png")["Attachment ID"].as_str();
    let first_aid = CLOUD.file("first-aid.png")["Attachment ID"].as_str();
    let digits = wiring.trim_start_matches("att");
    for (typed, id) in [
        (wiring, wiring),
        (digits, wiring),
        (&*wiring.to_uppercase(), wiring),
        (&*format!(" {wiring} "), wiring),
        ("classic-wiring.png", wiring),
        ("CLASSIC-Wiring.PNG", wiring),
        // the name of an old version
        ("first-aid-old.png", first_aid),
        // another Unicode form
        ("\u{dc}bersicht Ausstattung.pdf", CLOUD.file(DECOMPOSED)["Attachment ID"].as_str()),
        (&*format!("U\u{308}{DECOMPOSED}"), CLOUD.file(DECOMPOSED)["Attachment ID"].as_str()),
    ] {
        let object = explain_json(CLOUD.path(), &[typed]);
        assert_eq!((&object["file"]["id"], &object["exit_code"]), (&id.into(), &0.into()), "{typed}: {object}");
    }
    let used = sentences(&explain_json(CLOUD.path(), &[first_aid]), "used");
    assert!(used[0].contains("under its earlier name \"first-aid-old.png\""), "{used:?}");
    assert!(used[0].contains(" possibly shows it as an image"), "{used:?}");
    assert!(used[1].starts_with("\"Possibly\" means: the name or the page"), "{used:?}");
}

/// Percent-encodes everything but letters and digits.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[test]
fn a_file_is_found_by_every_form_of_its_address() {
    let others = [Demo::of("gateway"), Demo::of("datacenter")];
    for demo in std::iter::once(&*CLOUD).chain(&others) {
        let with_versions = rows_of(&report_in(demo.path()).join("versions.csv"));
        let old = with_versions.iter().find(|row| !row["API Delete Link"].is_empty()).unwrap();
        for row in [demo.file(DECOMPOSED), demo.file("classic-wiring.png")] {
            let (id, name) = (row["Attachment ID"].as_str(), &row["Filename"]);
            let (page, download) = (&row["Container ID"], &row["Download URL"]);
            let digits = id.trim_start_matches("att");
            let base = download.split("/download/").next().unwrap();
            let host = base.find("://").unwrap() + 3;
            let (origin, path) = base.split_at(host + base[host..].find('/').unwrap());
            let preview = format!("preview={}", encoded(&format!("/{page}/{id}/{name}")));
            let thumbnail = format!("{base}/download/thumbnails/{page}/{}?api=v2", encoded(name));
            for address in [
                download.clone(),
                download.split('?').next().unwrap().to_owned(),
                download.strip_prefix(origin).unwrap().to_owned(),
                download.split_once("://").unwrap().1.to_owned(),
                thumbnail,
                row["API Delete Link"].clone(),
                format!("{}?{preview}", row["Container URL"]),
                format!("{}&{preview}", row["Attachment Page Link"]),
                format!("?preview=/{page}/{digits}/{name}"),
                format!("{base}/api/v2/attachments/{id}"),
                format!("{base}/rest/api/content/{page}/child/attachment/{id}/download"),
                format!(
                    "https://api.atlassian.com/ex/confluence/1324a887-45db-1bf4-1e99-ef0ff456d421{path}/rest/api/content/{id}"
                ),
                format!("file:///srv/report/attachments.html#?usage=listed&open={id}"),
            ] {
                let object = explain_json(demo.path(), &[&address]);
                assert_eq!(object["file"]["id"], id, "{address}: {object}");
            }
        }
        let object = explain_json(demo.path(), &[&old["API Delete Link"]]);
        assert_eq!(object["file"]["id"], *old["Attachment ID"], "the endpoint of an old version: {object}");
    }
}

#[test]
fn the_files_of_a_page_are_listed_by_its_address_or_id() {
    let row = CLOUD.file("Classic brochure 2017.pdf");
    for page in [&row["Attachment Page Link"], &row["Container URL"], &row["Container ID"]] {
        let object = explain_json(CLOUD.path(), &[page]);
        let names: Vec<&str> =
            object["matches"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"Classic brochure 2017.pdf") && names.len() > 3, "{page}: {names:?}");
        assert_eq!(object["exit_code"], 2);
    }
}

#[test]
fn several_matches_are_listed_with_a_command_that_works() {
    let answer = explain(CLOUD.path(), &["air-one-packshot.jpg"]);
    assert_eq!((answer.status, answer.stdout.as_str()), (2, ""));
    let rows: Vec<_> = CLOUD.files.iter().filter(|row| row["Filename"] == "air-one-packshot.jpg").collect();
    assert!(rows.len() > 1);
    assert!(answer.stderr.contains(&format!("error: {} files match \"air-one-packshot.jpg\"", rows.len())));
    for row in &rows {
        let (id, usage, title) = (&row["Attachment ID"], &row["Usage"], &row["Container Title"]);
        let line = answer.stderr.lines().find(|line| line.starts_with(&format!("  {id}  "))).unwrap();
        for part in [&row["Space Key"], usage, title] {
            assert!(line.contains(part.as_str()), "{part}: {line}");
        }
        assert!(line.contains("iB") || line.contains("bytes"), "the size: {line}");
    }
    let command = answer.stderr.lines().last().unwrap().trim().to_owned();
    let arguments: Vec<&str> =
        command.strip_prefix("confluence-storage-analyzer explain ").unwrap().split(' ').collect();
    let again = explain(CLOUD.path(), &arguments);
    assert_eq!(again.status, 0, "{command}: {}", again.stderr);
}

#[test]
fn without_a_match_it_says_what_was_searched_and_which_names_are_similar() {
    for (typed, status, words) in [
        (
            "clasic-wiring.png",
            2,
            &["searched: ids and names of all versions of ", "did you mean one of these?", "\"classic-wiring.png\""][..],
        ),
        ("no such thing at all", 2, &["no file matches", "use the id from attachments.csv"]),
        ("https://other.example/a.png", 2, &["other.example is not known as a host of this site"]),
        ("/download/attachments/424242/classic-wiring.png", 2, &["names a file that is not among", "did you mean"]),
        ("/some/where", 2, &["names neither a file nor a page"]),
        ("att424242", 2, &["no file matches"]),
    ] {
        let answer = explain(CLOUD.path(), &[typed]);
        assert_eq!((answer.status, answer.stdout.as_str()), (status, ""), "{typed}");
        for words in words {
            assert!(answer.stderr.contains(words), "{typed}: {}", answer.stderr);
        }
    }
    let folder = TempDir::new().unwrap();
    let answer = explain(folder.path(), &["a.png"]);
    assert_eq!(answer.status, 2);
    assert!(answer.stderr.contains("no audit to explain a file from"), "{}", answer.stderr);
    let answer = explain(folder.path(), &["a.png", "--in", "."]);
    assert_eq!(answer.status, 2);
    assert!(answer.stderr.contains("use the folder that an audit wrote"), "{}", answer.stderr);
}
