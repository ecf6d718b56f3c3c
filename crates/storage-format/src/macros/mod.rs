//! References in the parameters and bodies of macros and ADF extensions. `table.rs` lists how each known macro names
//! files.

pub(crate) mod call;
mod diagrams;
mod html_body;
mod macro_references;
pub(crate) mod table;
mod wiki_markup;

use crate::extract_urls;
use crate::reference::{Certainty, Construct, Display, Reference, Target};
use crate::steps::{CountedSite, MAX_KEY_BYTES, Steps, prefix};
use crate::url::OwnSite;

use call::{MacroCall, Parameter};
use macro_references::MacroReferences;
use table::Naming::{Html, Markdown, NoFile, PlantUml, Unknown, WikiMarkup};
use table::{body_naming, extension_naming, naming, titled_naming};
pub(crate) use table::{keeps_companions, shows_one_file};

/// Most levels of JSON strings within JSON strings that are decoded.
const MAX_JSON_TEXTS: usize = 4;

/// Returns the references in the parameters of a macro.
pub(crate) fn references(call: &MacroCall, site: CountedSite<'_>) -> Vec<Reference> {
    let naming = naming(&call.name);
    if naming == NoFile && call.parameters.is_empty() {
        // most macros: panels, code, tables of contents
        return Vec::new();
    }
    let mut found = MacroReferences { construct: Construct::Macro(call.name.clone()), site, references: Vec::new() };
    let call = call.with_json_values(site.steps);
    found.by_rule(&call, naming);
    // a macro that renders text may take it from a file
    found.by_values(&call, naming, matches!(naming, Unknown | PlantUml | Html | Markdown));
    found.references
}

/// Returns the references in the values of an ADF extension. The rule of a known macro applies, found by the
/// extension's key.
pub(crate) fn extension_references(call: &MacroCall, site: CountedSite<'_>) -> Vec<Reference> {
    let call = call.with_json_values(site.steps);
    let key = call.text("extensionkey").unwrap_or_default().trim().to_lowercase();
    let (mut naming, is_entire_key) = extension_naming(&key);
    for former in ["migrationkey", "extensiontitle"] {
        if naming == Unknown {
            naming = call.texts(former).map(titled_naming).find(|naming| *naming != Unknown).unwrap_or(Unknown);
        }
    }
    let title = prefix(call.text("extensiontitle").unwrap_or(&key).trim(), MAX_KEY_BYTES).to_owned();
    let mut found = MacroReferences { construct: Construct::Extension(title), site, references: Vec::new() };
    found.by_rule(&call, naming);
    // a rule found by a part of the key is a guess: it counts if it leads to a file
    let takes_names = naming == Unknown || (!is_entire_key && found.references.is_empty());
    found.by_values(&call, naming, takes_names);
    found.references
}

/// Returns the references in the JSON value of an app's content property: file ids, attachment ids and addresses of the
/// site, each as a possible use. Plain names do not count. The value may also be a string that contains JSON, as in
/// Confluence's own properties.
pub fn property_references(key: &str, json: &str, site: &OwnSite) -> Vec<Reference> {
    let steps = Steps::for_bytes(json.len());
    let site = CountedSite::new(site, &steps);
    let value = Parameter { text: json_within(json.to_owned(), &steps), ..Parameter::new(Some(key)) };
    let construct = Construct::Property(key.to_owned());
    let mut references = references_of_data(value, construct.clone(), site);
    if steps.are_exhausted() {
        // the remaining references are not known
        let (target, display, certainty) = (Target::UnknownNames, Display::Shown, Certainty::Possible);
        references.push(Reference { target, construct, display, certainty });
    }
    references
}

/// Returns the references in a body that is JSON, plain or percent-encoded, which is how apps keep their content; empty
/// if it is anything else.
pub(crate) fn data_references(body: &str, site: CountedSite<'_>) -> Vec<Reference> {
    let start = body.trim_start();
    if !start.starts_with(['{', '[', '"', '%', '&']) {
        return Vec::new();
    }
    let text = json_within(site.steps.decode(start).into_owned(), site.steps);
    if !call::is_json(&text, site.steps) {
        return Vec::new();
    }
    references_of_data(Parameter { text, ..Parameter::default() }, Construct::Extension("content".to_owned()), site)
}

/// Unwraps a text that is a JSON string, or several nested ones; returns any other text as it is.
fn json_within(mut text: String, steps: &Steps) -> String {
    for _ in 0..MAX_JSON_TEXTS {
        steps.count_read(text.len());
        let Ok(serde_json::Value::String(inner)) = serde_json::from_str(text.trim()) else { break };
        steps.count_copy(inner.len());
        text = inner;
    }
    text
}

fn references_of_data(value: Parameter, construct: Construct, site: CountedSite<'_>) -> Vec<Reference> {
    let call = MacroCall { parameters: vec![value], ..MacroCall::default() };
    let mut found = MacroReferences { construct, site, references: Vec::new() };
    found.by_values(&call.with_json_values(site.steps), NoFile, false);
    for reference in &mut found.references {
        reference.certainty = Certainty::Possible;
    }
    found.references
}

/// Returns the references in the CDATA body of a macro, except absolute URLs: only macros that render the body can name
/// anything there.
pub(crate) fn body_references(name: &str, text: &str, site: CountedSite<'_>) -> Vec<Reference> {
    let naming = body_naming(name);
    if !matches!(naming, Html | Markdown | WikiMarkup) {
        return Vec::new();
    }
    let mut found = MacroReferences { construct: Construct::Macro(name.to_owned()), site, references: Vec::new() };
    if naming == Markdown {
        for (url, display) in extract_urls::markdown(text, site.steps) {
            found.url(url, display);
        }
    }
    if matches!(naming, Html | Markdown) {
        for url in extract_urls::style(text, site.steps) {
            found.url(url, Display::Shown);
        }
        for (url, display) in extract_urls::html(text, site.steps) {
            found.url(&url, display);
        }
        for url in extract_urls::script(text, site.steps) {
            found.url(url, Display::Linked);
        }
        html_body::addresses(text, site.steps, |url| found.url(url, Display::Linked));
    }
    if naming == WikiMarkup {
        found.wiki_markup(text);
    }
    found.references
}

/// Whether a text that was not parsed may contain a macro that shows files without naming them: one that lists files,
/// or one of an app, which may keep a picture next to the source that it names.
pub(crate) fn may_show_unnamed_files(text: &str) -> bool {
    // the name may be written with entities, which are encoded twice in the text of a macro
    let once = html_escape::decode_html_entities(text);
    let text = html_escape::decode_html_entities(&once).to_ascii_lowercase();
    let occurs = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
            let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
    };
    table::showing_unnamed_files().any(occurs) || may_call_unknown_app(&text)
}

/// How many bytes of the tag of a macro are searched for its name.
const MAX_TAG_BYTES: usize = 1 << 10;

/// Whether a text in lower case may contain an extension or an unknown macro.
fn may_call_unknown_app(text: &str) -> bool {
    let is_unknown = |at: usize| {
        if text[..at].ends_with("</ac:") {
            return false;
        }
        let tag = prefix(&text[at..], MAX_TAG_BYTES);
        let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
        let name = tag.split_once("ac:name").and_then(|(_, rest)| rest.trim_start().strip_prefix('='));
        let name = name.and_then(|value| value.trim_start().split(['"', '\'']).nth(1));
        name.is_none_or(|name| naming(name) == Unknown)
    };
    text.contains("extension")
        || ["structured-macro", "macro "].iter().any(|word| text.match_indices(word).any(|(at, _)| is_unknown(at)))
}
