//! The block of data behind a table of files: one array per column, texts that repeat kept once, and for every text
//! column the place of each row in sorted order, so that sorting is the same in every browser (`report-ui.md` C2).

use std::collections::HashMap;
use std::hash::Hash;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::audit::Usage;
use crate::report::ReportError;

use super::row::{ShownContent, ShownFile};
use super::words;

/// The block as it stands in the page.
#[derive(Debug)]
pub(super) struct DataBlock {
    /// JSON without any `<`.
    pub(super) json: String,
    /// Number of rows, checked by the script.
    pub(super) rows: usize,
    /// FNV-1a (32 bits) over the UTF-16 code units of the JSON, checked by the script.
    pub(super) checksum: String,
}

#[derive(Serialize)]
struct Block<'a> {
    base: &'a str,
    usages: Vec<[&'static str; 2]>,
    spaces: Vec<&'a str>,
    authors: Vec<&'a str>,
    ages: Vec<&'a str>,
    embedded: Vec<&'static str>,
    phrases: Vec<&'a str>,
    reasons: Vec<&'a str>,
    /// paths below `base`
    screens: Vec<&'a str>,
    /// path below `base`, and whether the id of the file follows it
    endpoints: Vec<(&'a str, bool)>,
    /// kind, title, path below `base` or null
    contents: Vec<(&'a str, &'a str, Option<&'a str>)>,
    columns: Columns<'a>,
    ranks: Ranks,
}

#[derive(Default, Serialize)]
struct Columns<'a> {
    id: Vec<&'a str>,
    name: Vec<&'a str>,
    size: Vec<Option<u64>>,
    all: Vec<Option<u64>>,
    versions: Vec<u64>,
    space: Vec<usize>,
    owner: Vec<Option<usize>>,
    embedded: Vec<usize>,
    elsewhere: Vec<Vec<usize>>,
    usage: Vec<usize>,
    changed: Vec<Option<i64>>,
    age: Vec<usize>,
    author: Vec<usize>,
    /// content, phrase, other name or null
    uses: Vec<Vec<(usize, usize, Option<&'a str>)>>,
    reasons: Vec<Vec<usize>>,
    protected: Vec<Option<&'a str>>,
    screen: Vec<Option<usize>>,
    endpoint: Vec<usize>,
    command: Vec<u8>,
}

#[derive(Serialize)]
struct Ranks {
    name: Vec<usize>,
    space: Vec<usize>,
    owner: Vec<usize>,
    embedded: Vec<usize>,
    usage: Vec<usize>,
}

/// Texts that repeat, each kept once, in order of first appearance.
struct Dictionary<T> {
    values: Vec<T>,
    indexes: HashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Dictionary<T> {
    fn new() -> Self {
        Self { values: Vec::new(), indexes: HashMap::new() }
    }

    fn index(&mut self, value: T) -> usize {
        *self.indexes.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            self.values.len() - 1
        })
    }
}

/// Makes the block for files in the order the page shows them at first. `base` is the base URL; addresses below it
/// are kept as paths.
pub(super) fn block(base: &str, files: &[ShownFile]) -> Result<DataBlock, ReportError> {
    let json = serde_json::to_string(&columnar(base, files))
        .map_err(|source| ReportError::Json { what: "the data of a page", source })?
        // the only way to end or comment out a script element begins with `<`
        .replace('<', "\\u003c");
    Ok(DataBlock { rows: files.len(), checksum: checksum(&json), json })
}

fn columnar<'a>(base: &'a str, files: &'a [ShownFile]) -> Block<'a> {
    let path = |url: &'a str| url.strip_prefix(base).unwrap_or_default();
    let (mut spaces, mut authors, mut ages) = (Dictionary::new(), Dictionary::new(), Dictionary::new());
    let (mut embedded, mut phrases, mut reasons) = (Dictionary::new(), Dictionary::new(), Dictionary::new());
    let (mut screens, mut endpoints, mut contents) = (Dictionary::new(), Dictionary::new(), Dictionary::new());
    let mut columns = Columns::default();
    for file in files {
        columns.id.push(&file.id);
        columns.name.push(&file.name);
        columns.size.push(file.size);
        columns.all.push(file.all_bytes);
        columns.versions.push(file.versions);
        columns.space.push(spaces.index(file.space.as_str()));
        columns.owner.push(file.owner.as_ref().map(|owner| contents.index(owner)));
        columns.embedded.push(embedded.index(file.embedded));
        columns.elsewhere.push(file.elsewhere.iter().map(|content| contents.index(content)).collect());
        columns.usage.push(usage_index(file.usage));
        columns.changed.push(file.changed);
        columns.age.push(ages.index(file.age.as_str()));
        columns.author.push(authors.index(file.author.as_str()));
        let uses = file.uses.iter().map(|used| {
            (contents.index(&used.content), phrases.index(used.phrase.as_str()), used.under_name.as_deref())
        });
        columns.uses.push(uses.collect());
        columns.reasons.push(file.reasons.iter().map(|reason| reasons.index(reason.as_str())).collect());
        columns.protected.push(file.protected.as_deref());
        columns.screen.push(file.screen.as_deref().map(|screen| screens.index(path(screen))));
        let endpoint = path(&file.endpoint);
        let without_id = endpoint.strip_suffix(file.id.as_str()).filter(|path| path.ends_with('/'));
        columns.endpoint.push(endpoints.index(without_id.map_or((endpoint, false), |path| (path, true))));
        columns.command.push(u8::from(file.offers_command));
    }
    Block {
        base,
        usages: Usage::ALL.iter().map(|usage| [usage.as_str(), words::usage(*usage)]).collect(),
        spaces: spaces.values,
        authors: authors.values,
        ages: ages.values,
        embedded: embedded.values,
        phrases: phrases.values,
        reasons: reasons.values,
        screens: screens.values,
        endpoints: endpoints.values,
        contents: contents.values.into_iter().map(|content| shown(content, path)).collect(),
        columns,
        ranks: ranks(files),
    }
}

fn shown<'a>(content: &'a ShownContent, path: impl Fn(&'a str) -> &'a str) -> (&'a str, &'a str, Option<&'a str>) {
    (&content.kind, &content.title, content.url.as_deref().map(path))
}

fn usage_index(usage: Usage) -> usize {
    Usage::ALL.iter().position(|one| *one == usage).unwrap_or_default()
}

fn ranks(files: &[ShownFile]) -> Ranks {
    Ranks {
        name: rank(files, |file| &file.name),
        space: rank(files, |file| &file.space),
        owner: rank(files, |file| file.owner.as_ref().map_or("", |owner| &owner.title)),
        embedded: rank(files, |file| file.embedded),
        usage: rank(files, |file| words::usage(file.usage)),
    }
}

/// The place of each row when sorted by a text: without regard to case and accents first, then exactly. Equal texts
/// share a place.
pub(super) fn rank<T>(rows: &[T], text: impl Fn(&T) -> &str) -> Vec<usize> {
    let mut keyed: Vec<(String, &str, usize)> =
        rows.iter().enumerate().map(|(index, row)| (folded(text(row)), text(row), index)).collect();
    keyed.sort_unstable();
    let mut ranks = vec![0; rows.len()];
    let mut place = 0;
    for (position, (_, text, index)) in keyed.iter().enumerate() {
        if position > 0 && keyed[position - 1].1 != *text {
            place += 1;
        }
        ranks[*index] = place;
    }
    ranks
}

/// Text without case and accents: the script folds what is searched for in the same way.
fn folded(text: &str) -> String {
    text.nfkd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

/// FNV-1a, 32 bits, over UTF-16 code units, which is what a script sees.
fn checksum(text: &str) -> String {
    let hash =
        text.encode_utf16().fold(0x811C_9DC5_u32, |hash, unit| (hash ^ u32::from(unit)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_ignore_case_and_accents_and_equal_texts_share_one() {
        let names = ["zebra", "Äpfel", "apfel", "Zebra", "apfel", "birne"];
        assert_eq!(rank(&names, |name| name), [4, 1, 0, 3, 0, 2]);
        assert_eq!(rank(&[] as &[&str], |name| name), [] as [usize; 0]);
    }

    #[test]
    fn the_checksum_is_fnv_1a() {
        // for ASCII, code units are bytes: the published test vector of "foobar"
        assert_eq!(checksum("foobar"), "bf9cf968");
        assert_eq!(checksum(""), "811c9dc5");
    }

    #[test]
    fn no_text_can_leave_the_block() {
        let file = ShownFile {
            id: "1".to_owned(),
            name: "</script><!--<script>\u{2028}\u{1F4CE}".to_owned(),
            size: None,
            all_bytes: None,
            versions: 1,
            space: "ENG".to_owned(),
            owner: None,
            embedded: "No",
            elsewhere: Vec::new(),
            usage: Usage::Unreferenced,
            changed: None,
            day: "unknown".to_owned(),
            age: "unknown".to_owned(),
            author: "unknown".to_owned(),
            uses: Vec::new(),
            reasons: Vec::new(),
            protected: None,
            screen: None,
            endpoint: "https://acme.example/wiki/api/v2/attachments/1".to_owned(),
            offers_command: false,
        };
        let block = block("https://acme.example/wiki", std::slice::from_ref(&file)).expect("a block");
        assert!(!block.json.contains('<'));
        let value: serde_json::Value = serde_json::from_str(&block.json).expect("JSON");
        assert_eq!(value["columns"]["name"][0], file.name);
        assert_eq!(value["endpoints"][0], serde_json::json!(["/api/v2/attachments/", true]));
        assert_eq!(value["columns"]["size"][0], serde_json::Value::Null);
        assert_eq!(block.rows, 1);
    }
}
