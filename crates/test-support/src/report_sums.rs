//! Checks that all figures of a report are the sums of its tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::migration_sums;

/// The cells of one row, by column.
type Row = BTreeMap<String, String>;

/// Fields of totals. Each has to be the sum over all spaces and files without a space.
const FIELDS: [&str; 14] = [
    "pages",
    "blog_posts",
    "attachments",
    "versions",
    "current_bytes",
    "old_bytes",
    "trash_files",
    "trash_bytes",
    "unreferenced_files",
    "unreferenced_bytes",
    "undetermined_files",
    "undetermined_bytes",
    "version_waste_bytes",
    "unknown_sizes",
];

/// Returns a message about the first figure of a report folder that is not the expected sum.
pub fn find_disagreement(folder: &Path) -> Option<String> {
    check(folder).err()
}

fn check(folder: &Path) -> Result<(), String> {
    let manifest: Value =
        serde_json::from_slice(&read(&folder.join("run.json"))?).map_err(|error| error.to_string())?;
    let spaces: Vec<&Value> = manifest["spaces"].as_array().into_iter().flatten().collect();
    let without_space = &manifest["without_space"];
    for field in FIELDS {
        let parts: u64 = spaces.iter().map(|space| number(&space["totals"], field)).sum();
        same(
            &format!("{field} of all spaces"),
            parts + number(without_space, field),
            number(&manifest["totals"], field),
        )?;
    }
    let files = table(&folder.join("attachments.csv"))?;
    let versions = table(&folder.join("versions.csv"))?;
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    for version in &versions {
        *known.entry(&version["Attachment ID"]).or_default() += size(version).unwrap_or(0);
    }
    let of_files = |totals: &Value, files: &[&Row], place: &str| -> Result<(), String> {
        let listed = number(totals, "attachments") + number(totals, "trash_files");
        same(&format!("files of {place}"), files.len() as u64, listed)?;
        let is_candidate = |row: &&&Row| row["Usage"] == "unreferenced" && row["Protected"].is_empty();
        let is_undetermined = |row: &&&Row| row["Usage"] == "undetermined";
        let bytes = |files: &[&&Row]| files.iter().filter_map(|row| known.get(row["Attachment ID"].as_str())).sum();
        let candidates: Vec<&&Row> = files.iter().filter(is_candidate).collect();
        let undetermined: Vec<&&Row> = files.iter().filter(is_undetermined).collect();
        for (what, rows) in [("unreferenced", candidates), ("undetermined", undetermined)] {
            same(&format!("{what} files of {place}"), rows.len() as u64, number(totals, &format!("{what}_files")))?;
            same(&format!("{what} bytes of {place}"), bytes(&rows), number(totals, &format!("{what}_bytes")))?;
        }
        Ok(())
    };
    of_files(&manifest["totals"], &files.iter().collect::<Vec<_>>(), "the site")?;
    let rows_without_space: Vec<&Row> = files.iter().filter(|row| row["Space Key"].is_empty()).collect();
    of_files(without_space, &rows_without_space, "no visible space")?;
    for space in spaces {
        let name = space["folder"].as_str().unwrap_or_default();
        let rows = table(&folder.join(name).join(format!("{name}_attachments.csv")))?;
        of_files(&space["totals"], &rows.iter().collect::<Vec<_>>(), name)?;
        let candidates = table(&folder.join(name).join(format!("{name}_unreferenced.csv")))?.len() as u64;
        same(&format!("{name}_unreferenced.csv"), candidates, number(&space["totals"], "unreferenced_files"))?;
    }
    let totals = &manifest["totals"];
    let stored = number(totals, "current_bytes") + number(totals, "old_bytes");
    same("bytes of all versions", known.values().sum(), stored + number(totals, "trash_bytes"))?;
    let unknown = versions.iter().filter(|version| size(version).is_none()).count() as u64;
    same("versions of unknown size", unknown, number(totals, "unknown_sizes"))?;
    migration_sums::check(folder, &manifest, &files)?;
    dashboard(folder, &manifest, stored)
}

/// Checks the figures at the top of the dashboard.
fn dashboard(folder: &Path, manifest: &Value, stored: u64) -> Result<(), String> {
    let page = String::from_utf8(read(&folder.join("index.html"))?).map_err(|error| error.to_string())?;
    let figure = |name: &str| -> Result<(Option<u64>, u64), String> {
        let missing = || format!("the dashboard lacks {name}");
        let (_, after) = page.split_once(&format!("<dt>{name}</dt>")).ok_or_else(missing)?;
        let (figure, _) = after.split_once("</dd>").ok_or_else(missing)?;
        let bytes = figure.split_once("value=\"").and_then(|(_, value)| value.split_once('"')?.0.parse().ok());
        let (_, words) = figure.split_once("<span>").ok_or_else(missing)?;
        let count: String = words.chars().take_while(|c| *c != ' ').filter(char::is_ascii_digit).collect();
        Ok((bytes, count.parse().unwrap_or(0)))
    };
    let totals = &manifest["totals"];
    let expected = [
        ("Stored", stored, number(totals, "attachments")),
        ("Undetermined", number(totals, "undetermined_bytes"), number(totals, "undetermined_files")),
        ("In the trash", number(totals, "trash_bytes"), number(totals, "trash_files")),
    ];
    let unreferenced = ("Unreferenced", number(totals, "unreferenced_bytes"), number(totals, "unreferenced_files"));
    let is_complete = manifest["complete"] == true;
    for (name, bytes, files) in expected.into_iter().chain(is_complete.then_some(unreferenced)) {
        let (shown, count) = figure(name)?;
        same(&format!("bytes of {name} on the dashboard"), shown.unwrap_or(0), bytes)?;
        same(&format!("files of {name} on the dashboard"), count, files)?;
    }
    same("pages on the dashboard", figure("Contents")?.1, number(totals, "pages"))
}

fn same(what: &str, one: u64, other: u64) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what}: {one} and {other}")) }
}

fn number(totals: &Value, field: &str) -> u64 {
    totals[field].as_u64().unwrap_or(0)
}

fn size(version: &Row) -> Option<u64> {
    version["Size(Bytes)"].parse().ok()
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn table(path: &Path) -> Result<Vec<Row>, String> {
    let bytes = read(path)?;
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let rows = csv::Reader::from_reader(text).into_deserialize();
    rows.collect::<Result<Vec<Row>, _>>().map_err(|error| format!("{}: {error}", path.display()))
}
