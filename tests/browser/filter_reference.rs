//! Second implementation of the filter language. The tests compare the files found by the script with those that this
//! finds in the CSV of the same report.

use std::collections::BTreeMap;

use confluence_storage_analyzer::{report::format, spreadsheet};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use test_support::sample;

/// One row of the CSV by column, with hidden characters unescaped.
pub(crate) type Row = BTreeMap<String, String>;

/// One condition of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    not: bool,
    key: String,
    op: String,
    values: Vec<Value>,
}

impl Term {
    /// Converts the term to the form in the table of queries, where numbers are integers.
    pub(crate) fn to_json(&self) -> Value {
        let as_text = |value: &Value| value.as_f64().map_or_else(|| value.clone(), |number| json!(format!("{number}")));
        json!([self.not, self.key, self.op, self.values.iter().map(as_text).collect::<Vec<_>>()])
    }
}

/// Reads the rows of a CSV file of the program, and removes the escapes of formulas.
pub(crate) fn rows(text: &str) -> Vec<Row> {
    let mut reader = ::csv::Reader::from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let header = reader.headers().expect("a header").clone();
    let records = reader.records().map(|record| record.expect("a row"));
    records
        .map(|record| {
            header
                .iter()
                .map(str::to_owned)
                .zip(record.iter().map(|cell| spreadsheet::decode(cell).to_owned()))
                .collect()
        })
        .collect()
}

pub(crate) fn fold(text: &str) -> String {
    format::visible(text)
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

const SIZES: [(&str, f64); 13] = [
    ("", 1.0),
    ("b", 1.0),
    ("k", 1024.0),
    ("kb", 1024.0),
    ("kib", 1024.0),
    ("m", 1_048_576.0),
    ("mb", 1_048_576.0),
    ("mib", 1_048_576.0),
    ("g", 1_073_741_824.0),
    ("gb", 1_073_741_824.0),
    ("gib", 1_073_741_824.0),
    ("t", 1_099_511_627_776.0),
    ("tb", 1_099_511_627_776.0),
];
const AGES: [(&str, f64); 5] =
    [("", 86_400.0), ("d", 86_400.0), ("w", 604_800.0), ("m", 2_592_000.0), ("y", 31_536_000.0)];
const COUNTS: [(&str, f64); 1] = [("", 1.0)];
const TEXTS: [&str; 9] = ["name", "page", "space", "author", "owner", "type", "status", "kind", "id"];
const USAGES: [&str; 7] =
    ["not-judged", "embedded", "linked", "linked-elsewhere", "listed", "undetermined", "unreferenced"];

/// Parses a query. Also returns the number of invalid tokens.
pub(crate) fn parse(query: &str) -> (Vec<Term>, usize) {
    let (mut terms, mut errors) = (Vec::new(), 0);
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let not = rest.starts_with('-') && rest.len() > 1;
        let body = rest.strip_prefix('-').unwrap_or(rest);
        let letters = body.find(|c: char| !c.is_alphabetic()).unwrap_or(body.len());
        let op = [">=", "<=", ":", ">", "<", "="].into_iter().find(|op| letters > 0 && body[letters..].starts_with(op));
        let from = op.map_or(0, |op| letters + op.len());
        let (value, quoted, after) = word(&body[from..]);
        match op {
            Some(op) => match token(not, &body[..letters], op, &value, quoted) {
                Some(term) => terms.push(term),
                None => errors += 1,
            },
            None if !value.is_empty() => {
                terms.push(Term { not, key: "text".to_owned(), op: ":".to_owned(), values: vec![json!(fold(&value))] });
            }
            None => {}
        }
        rest = after.trim_start();
    }
    (terms, errors)
}

/// Splits off the next word or quoted text. Returns it, whether it was quoted, and the rest.
fn word(text: &str) -> (String, bool, &str) {
    const QUOTES: [char; 3] = ['"', '“', '”'];
    if let Some(inside) = text.strip_prefix(QUOTES) {
        return match inside.split_once(QUOTES) {
            Some((value, after)) => (value.to_owned(), true, after),
            None => (inside.to_owned(), true, ""),
        };
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (text[..end].to_owned(), false, &text[end..])
}

fn token(not: bool, key: &str, op: &str, value: &str, quoted: bool) -> Option<Term> {
    let key = match key.to_lowercase().as_str() {
        "verdict" => "usage".to_owned(),
        "uploader" => "author".to_owned(),
        other => other.to_owned(),
    };
    let values: Vec<String> = if quoted { vec![fold(value)] } else { value.split(',').map(fold).collect() };
    let values: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
    let term = |op: &str, values| Some(Term { not, key: key.clone(), op: op.to_owned(), values });
    let units: &[(&str, f64)] = match key.as_str() {
        "size" | "all" => &SIZES,
        "age" | "unreferenced" => &AGES,
        "versions" | "uses" | "runs" => &COUNTS,
        _ => &[],
    };
    if !units.is_empty() {
        let [value] = values.as_slice() else { return None };
        let digits = value.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(value.len());
        let number: f64 = value[..digits].parse().ok()?;
        let unit = units.iter().find(|(name, _)| *name == &value[digits..])?.1;
        let number = number * unit;
        return term(if op == "=" { ":" } else { op }, vec![json!(number)]);
    }
    let values: Vec<String> = match key.as_str() {
        _ if values.is_empty() || op.starts_with(['<', '>']) => return None,
        text if TEXTS.contains(&text) => values,
        "usage" => {
            let values: Vec<String> = values
                .into_iter()
                .map(|value| if value == "none" { "unreferenced".to_owned() } else { value.replace(' ', "-") })
                .collect();
            values.iter().all(|value| USAGES.contains(&value.as_str())).then_some(values)?
        }
        "protected" => values.iter().all(|value| ["yes", "no"].contains(&value.as_str())).then_some(values)?,
        "duplicate" => values
            .iter()
            .all(|value| ["yes", "no"].contains(&value.as_str()) || value.parse::<u32>().is_ok())
            .then_some(values)?,
        _ => return None,
    };
    term(":", values.into_iter().map(|value| json!(value)).collect())
}

/// Whether a row matches all terms.
pub(crate) fn matches(terms: &[Term], row: &Row) -> bool {
    terms.iter().all(|term| passes(term, row) != term.not)
}

fn passes(term: &Term, row: &Row) -> bool {
    let strings: Vec<&str> = term.values.iter().filter_map(Value::as_str).collect();
    let contains = |column: &str| strings.iter().any(|value| fold(&row[column]).contains(value));
    let equals = |text: &str| strings.contains(&text);
    match term.key.as_str() {
        "text" => {
            let columns = ["Filename", "Container Title", "Author", "Container Owner", "Attachment ID"];
            let space = format!("{} {}", row["Space Key"], sample::space_name(&row["Space Key"]));
            columns.iter().any(|column| contains(column)) || strings.iter().any(|value| fold(&space).contains(value))
        }
        "name" => contains("Filename"),
        "page" => contains("Container Title"),
        "author" => contains("Author"),
        "owner" => contains("Container Owner"),
        "status" => contains("Status"),
        "kind" => contains("Container Type"),
        "id" => equals(&fold(&row["Attachment ID"])) || equals(&fold(&row["Container ID"])),
        "space" => equals(&fold(&row["Space Key"])) || equals(&fold(sample::space_name(&row["Space Key"]))),
        "type" => {
            let extension = row["Filename"].rsplit_once('.').map_or(String::new(), |(_, end)| fold(end));
            contains("Media Type") || equals(&extension)
        }
        "usage" => equals(&row["Usage"]),
        "protected" => equals(if row["Protected"].is_empty() { "no" } else { "yes" }),
        "duplicate" => {
            let group = &row["Duplicate Group"];
            equals(if group.is_empty() { "no" } else { "yes" }) || (!group.is_empty() && equals(group))
        }
        key => {
            let number = match key {
                "size" => row["Size(Bytes)"].parse().ok(),
                "all" => row["All Versions Size(Bytes)"].parse().ok(),
                "versions" => row["Versions"].parse().ok(),
                "uses" => {
                    Some(if row["Evidence"].is_empty() { 0.0 } else { row["Evidence"].split(" | ").count() as f64 })
                }
                "runs" => row["Unreferenced Runs"].parse().ok(),
                "unreferenced" => age(&row["Unreferenced Since"]),
                _ => age(&row["Last Modified"]),
            };
            let limit = term.values[0].as_f64().expect("a number");
            number.is_some_and(|number: f64| match term.op.as_str() {
                ">" => number > limit,
                ">=" => number >= limit,
                "<" => number < limit,
                "<=" => number <= limit,
                _ => (number - limit).abs() < f64::EPSILON,
            })
        }
    }
}

/// Returns the seconds since a time.
fn age(moment: &str) -> Option<f64> {
    let moment = chrono::DateTime::parse_from_rfc3339(moment).ok()?;
    Some((sample::moment().timestamp() - moment.timestamp()) as f64)
}
