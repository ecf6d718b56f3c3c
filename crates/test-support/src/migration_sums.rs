//! Checks the figures of "Before a migration" by adding up the saved scan and the tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

/// The cells of one row, by column.
type Row = BTreeMap<String, String>;

/// A file of the saved scan.
struct CopiedFile {
    space: String,
    in_trash: bool,
    is_candidate: bool,
    /// Sizes of the versions, the newest first.
    sizes: Vec<Option<u64>>,
}

/// Returns a message about the first figure that is not the expected sum. `files` are the rows of `attachments.csv`.
pub(crate) fn check(folder: &Path, manifest: &Value, files: &[Row]) -> Result<(), String> {
    let scan = saved_scan(folder)?;
    let inventory = &scan["inventory"];
    let copied = copied_files(inventory, files);
    if copied.len() != files.len() {
        return Err(format!("{} of {} files are in the saved scan", copied.len(), files.len()));
    }
    let migration = &manifest["migration"];
    let knows_unreferenced = manifest["complete"] == true && inventory["scan"]["references_within"] != true;
    let scenarios = migration["scenarios"].as_array().ok_or("no scenarios")?;
    let keep = manifest["keep_versions"].as_u64().unwrap_or(1);
    same("scenarios", scenarios.len() as u64, if keep > 1 { 12 } else { 8 })?;
    for (at, scenario) in scenarios.iter().enumerate() {
        let is_known = scenario["unreferenced"] == true || knows_unreferenced;
        let of = |space: Option<&str>| {
            let chosen = copied.iter().filter(|file| space.is_none_or(|space| file.space == space));
            let chosen = chosen
                .filter(|file| scenario["trash"] == true || !file.in_trash)
                .filter(|file| scenario["unreferenced"] == true || !file.is_candidate);
            let most = scenario["newest_versions"].as_u64().map_or(usize::MAX, |most| usize::try_from(most).unwrap());
            chosen.map(|file| &file.sizes[..file.sizes.len().min(most)]).collect::<Vec<_>>()
        };
        let bytes = |sizes: &[&[Option<u64>]]| sizes.iter().copied().flatten().flatten().sum::<u64>();
        let (site, what) = (of(None), format!("{scenario}"));
        let versions = site.iter().map(|sizes| sizes.len() as u64).sum();
        let unknown = site.iter().copied().flatten().filter(|size| size.is_none()).count() as u64;
        for (field, sum) in
            [("files", site.len() as u64), ("versions", versions), ("bytes", bytes(&site)), ("unknown_sizes", unknown)]
        {
            expect(&format!("{field} of {what}"), &scenario[field], is_known.then_some(sum))?;
        }
        let hours = is_known.then(|| bytes(&site) as f64 / migration["bytes_per_second"].as_f64().unwrap() / 3600.0);
        match (scenario["hours"].as_f64(), hours) {
            (Some(shown), Some(hours)) if shown >= hours - 1e-9 && shown - hours <= 0.001_001 => {}
            (None, None) => {}
            (shown, hours) => return Err(format!("hours of {what}: {shown:?} and {hours:?}")),
        }
        if manifest["complete"] != true || (is_known && unknown > 0) {
            same(&format!("at least {what}"), u64::from(scenario["at_least"] == true), 1)?;
        }
        for space in migration["spaces"].as_array().into_iter().flatten() {
            let key = space["key"].as_str().unwrap_or_default();
            expect(&format!("{what} in {key}"), &space["bytes"][at], is_known.then(|| bytes(&of(Some(key)))))?;
        }
    }
    let lacking = files.iter().filter(|row| row["Created"].is_empty() || row["Author"].is_empty());
    let lacking: BTreeSet<&str> = lacking.map(|row| row["Attachment ID"].as_str()).collect();
    let listed = migration["without_creator_or_date"].as_array().into_iter().flatten();
    let listed: BTreeSet<&str> = listed.filter_map(|file| file["id"].as_str()).collect();
    let unread = |id: &&&str| !is_unread(inventory, id);
    let lacking: BTreeSet<&str> = lacking.iter().filter(unread).copied().collect();
    if listed == lacking { Ok(()) } else { Err(format!("files without creator or date: {listed:?} and {lacking:?}")) }
}

fn saved_scan(folder: &Path) -> Result<Value, String> {
    let path = folder.join("scan.json.gz");
    let message = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut text = Vec::new();
    let file = File::open(&path).map_err(|error| message(&error))?;
    MultiGzDecoder::new(file).read_to_end(&mut text).map_err(|error| message(&error))?;
    serde_json::from_slice(&text).map_err(|error| message(&error))
}

fn copied_files(inventory: &Value, rows: &[Row]) -> Vec<CopiedFile> {
    let list = |name: &str| inventory[name].as_array().cloned().unwrap_or_default();
    let is_trash = |item: &Value| item["status"] == "trashed" || item["status"] == "deleted";
    let contents = list("contents");
    let trashed: BTreeSet<&str> =
        contents.iter().filter(|content| is_trash(content)).filter_map(|content| content["id"].as_str()).collect();
    let rows: BTreeMap<&str, &Row> = rows.iter().map(|row| (row["Attachment ID"].as_str(), row)).collect();
    let of_scan = |file: &Value| {
        let row = rows.get(file["id"].as_str()?)?;
        let owner = file["container"].as_object().and_then(|owner| owner.values().next()?.as_str());
        let old = file["old_versions"].as_array().into_iter().flatten().rev().map(|version| version["size"].as_u64());
        Some(CopiedFile {
            space: row["Space Key"].clone(),
            in_trash: is_trash(file) || owner.is_some_and(|owner| trashed.contains(owner)),
            is_candidate: row["Usage"] == "unreferenced" && row["Protected"].is_empty(),
            sizes: std::iter::once(file["size"].as_u64()).chain(old).collect(),
        })
    };
    list("attachments").iter().filter_map(of_scan).collect()
}

fn is_unread(inventory: &Value, id: &str) -> bool {
    let mut files = inventory["attachments"].as_array().into_iter().flatten();
    files.any(|file| file["id"] == id && !file["unread"].is_null())
}

fn expect(what: &str, shown: &Value, expected: Option<u64>) -> Result<(), String> {
    if shown.as_u64() == expected && shown.is_null() == expected.is_none() {
        return Ok(());
    }
    Err(format!("{what}: {shown} and {expected:?}"))
}

fn same(what: &str, one: u64, other: u64) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what}: {one} and {other}")) }
}
