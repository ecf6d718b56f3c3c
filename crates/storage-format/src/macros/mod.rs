//! What the parameters and bodies of macros and ADF extensions name. How each macro names files is in the table of
//! `table.rs`.

pub(crate) mod call;
mod diagrams;
mod found;
mod html_body;
pub(crate) mod table;
mod wiki_markup;

use crate::reference::{Certainty, Construct, Display, Reference, Target};
use crate::steps::{LONGEST_KEY, Site, Steps, beginning};
use crate::url::OwnSite;
use crate::urls_in;

use call::{MacroCall, Parameter};
use found::Found;
use table::Naming::{Html, Markdown, NoFile, PlantUml, Unknown, WikiMarkup};
use table::{body_naming, extension_naming, naming, titled_naming};
pub(crate) use table::{keeps_companions, shows_one_file};

/// Texts within texts that are looked into for JSON.
const MAX_JSON_TEXTS: usize = 4;

/// What the parameters of a macro name.
pub(crate) fn references(call: &MacroCall, site: Site<'_>) -> Vec<Reference> {
    let naming = naming(&call.name);
    if naming == NoFile && call.parameters.is_empty() {
        // most macros: panels, code, tables of contents
        return Vec::new();
    }
    let mut found = Found { construct: Construct::Macro(call.name.clone()), site, references: Vec::new() };
    let call = call.with_json_values(site.steps);
    found.by_rule(&call, naming);
    // what renders a text may take it from a file
    found.by_values(&call, naming, matches!(naming, Unknown | PlantUml | Html | Markdown));
    found.references
}

/// What the values of an ADF extension name. Known macros keep their rule there, under their key.
pub(crate) fn extension_references(call: &MacroCall, site: Site<'_>) -> Vec<Reference> {
    let call = call.with_json_values(site.steps);
    let key = call.text("extensionkey").unwrap_or_default().trim().to_lowercase();
    let (mut naming, is_whole_key) = extension_naming(&key);
    for former in ["migrationkey", "extensiontitle"] {
        if naming == Unknown {
            naming = call.texts(former).map(titled_naming).find(|naming| *naming != Unknown).unwrap_or(Unknown);
        }
    }
    let title = beginning(call.text("extensiontitle").unwrap_or(&key).trim(), LONGEST_KEY).to_owned();
    let mut found = Found { construct: Construct::Extension(title), site, references: Vec::new() };
    found.by_rule(&call, naming);
    // a part of the key is a guess: it holds where it leads to a file
    let takes_names = naming == Unknown || (!is_whole_key && found.references.is_empty());
    found.by_values(&call, naming, takes_names);
    found.references
}

/// What the JSON value of an app's property names: known file ids, attachment ids and addresses of the own site, each as a
/// possible use. Plain names count for nothing there. The value may be a text that holds JSON, as Confluence's own
/// properties are.
pub fn property_references(key: &str, json: &str, site: &OwnSite) -> Vec<Reference> {
    let steps = Steps::for_bytes(json.len());
    let site = Site::new(site, &steps);
    let value = Parameter { text: json_within(json.to_owned(), &steps), ..Parameter::new(Some(key)) };
    let construct = Construct::Property(key.to_owned());
    let mut references = references_of_data(value, construct.clone(), site);
    if steps.are_used_up() {
        // the rest is not told
        let (target, display, certainty) = (Target::UntoldNames, Display::Shown, Certainty::Possible);
        references.push(Reference { target, construct, display, certainty });
    }
    references
}

/// What a body names that is no markup but JSON, plain or percent-encoded, as apps keep their content; none where it is
/// anything else.
pub(crate) fn data_references(body: &str, site: Site<'_>) -> Vec<Reference> {
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

/// What a text says that is a string of JSON, maybe within others; any other text as it is.
fn json_within(mut text: String, steps: &Steps) -> String {
    for _ in 0..MAX_JSON_TEXTS {
        steps.look(text.len());
        let Ok(serde_json::Value::String(inner)) = serde_json::from_str(text.trim()) else { break };
        steps.copy(inner.len());
        text = inner;
    }
    text
}

fn references_of_data(value: Parameter, construct: Construct, site: Site<'_>) -> Vec<Reference> {
    let call = MacroCall { parameters: vec![value], ..MacroCall::default() };
    let mut found = Found { construct, site, references: Vec::new() };
    found.by_values(&call.with_json_values(site.steps), NoFile, false);
    for reference in &mut found.references {
        reference.certainty = Certainty::Possible;
    }
    found.references
}

/// What the CDATA body of a macro names, beyond complete URLs: only macros that render it can name anything there.
pub(crate) fn body_references(name: &str, text: &str, site: Site<'_>) -> Vec<Reference> {
    let naming = body_naming(name);
    if !matches!(naming, Html | Markdown | WikiMarkup) {
        return Vec::new();
    }
    let mut found = Found { construct: Construct::Macro(name.to_owned()), site, references: Vec::new() };
    if naming == Markdown {
        for (url, display) in urls_in::markdown(text, site.steps) {
            found.url(url, display);
        }
    }
    if matches!(naming, Html | Markdown) {
        for url in urls_in::style(text, site.steps) {
            found.url(url, Display::Shown);
        }
        for (url, display) in urls_in::html(text, site.steps) {
            found.url(&url, display);
        }
        for url in urls_in::script(text, site.steps) {
            found.url(url, Display::Linked);
        }
        html_body::addresses(text, site.steps, |url| found.url(url, Display::Linked));
    }
    if naming == WikiMarkup {
        found.wiki_markup(text);
    }
    found.references
}

/// Whether a text that was not read may hold a macro that shows files of its page, or of another, without naming them: one
/// that lists them, or one of an app, which may keep a picture beside the source it names.
pub(crate) fn may_show_unnamed_files(text: &str) -> bool {
    // the name may be spelled with entities, those in the text of a macro once more
    let once = html_escape::decode_html_entities(text);
    let text = html_escape::decode_html_entities(&once).to_ascii_lowercase();
    let stands_there = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
            let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
    };
    table::showing_unnamed_files().any(stands_there) || may_call_an_unknown_app(&text)
}

/// The longest beginning of the tag of a macro, in bytes, that its name stands in.
const LONGEST_TAG: usize = 1 << 10;

/// Whether a text in lower case may hold an extension, or a macro that nothing is known of.
fn may_call_an_unknown_app(text: &str) -> bool {
    let is_unknown = |at: usize| {
        if text[..at].ends_with("</ac:") {
            return false;
        }
        let tag = beginning(&text[at..], LONGEST_TAG);
        let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
        let name = tag.split_once("ac:name").and_then(|(_, rest)| rest.trim_start().strip_prefix('='));
        let name = name.and_then(|value| value.trim_start().split(['"', '\'']).nth(1));
        name.is_none_or(|name| naming(name) == Unknown)
    };
    text.contains("extension")
        || ["structured-macro", "macro "].iter().any(|word| text.match_indices(word).any(|(at, _)| is_unknown(at)))
}
