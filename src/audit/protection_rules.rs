//! Protection rules: labels and name patterns in the configuration that keep files out of the lists of unreferenced
//! files.

use std::collections::{BTreeMap, HashSet};

use globset::{Glob, GlobMatcher};
use unicode_normalization::UnicodeNormalization;

use super::options::AuditOptions;
use crate::inventory::{Attachment, Inventory};
use crate::support::formatting::plural;

pub(super) struct ProtectionRules<'a> {
    /// Each as configured and normalized.
    labels: Vec<(&'a str, String)>,
    names: Vec<(&'a str, Option<GlobMatcher>)>,
    /// Names of the sheets in which people keep a file, by its id.
    kept: &'a BTreeMap<String, String>,
}

/// Lower case in Unicode form NFC: names on a server are often decomposed, while people type composed characters.
fn normalized(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase()
}

impl<'a> ProtectionRules<'a> {
    pub(super) fn new(options: &'a AuditOptions) -> Self {
        let names = options.protect_names.iter().map(|pattern| {
            let glob = Glob::new(&normalized(pattern)).ok().map(|glob| glob.compile_matcher());
            (pattern.as_str(), glob)
        });
        let labels = options.protect_labels.iter().map(|label| (label.as_str(), normalized(label)));
        Self { labels: labels.collect(), names: names.collect(), kept: &options.kept }
    }

    /// Returns the rule that protects a file, as the report shows it. To stay on the safe side, any label rule protects
    /// a file whose labels could not be read, and an invalid glob protects every file.
    pub(super) fn rule_for(&self, file: &Attachment) -> Option<String> {
        if let Some(sheets) = self.kept.get(file.id.as_str()) {
            return Some(format!("keep in {sheets}"));
        }
        for (label, wanted) in &self.labels {
            match &file.labels {
                Some(labels) if !labels.iter().any(|own| normalized(own) == *wanted) => {}
                Some(_) => return Some(format!("label {label}")),
                None => return Some(format!("label {label} (labels could not be read)")),
            }
        }
        let name = normalized(&file.title);
        let matches = |glob: &Option<GlobMatcher>| glob.as_ref().is_none_or(|glob| glob.is_match(&name));
        self.names.iter().find(|(_, glob)| matches(glob)).map(|(pattern, _)| format!("name {pattern}"))
    }
}

/// Returns a warning for each rule that protects no file of a completely read site. Such a rule is most likely
/// misspelt, and the files it was meant to protect may be listed as unreferenced. A file whose labels could not be read
/// counts as having every label.
pub fn unmatched_protection_rules(inventory: &Inventory, options: &AuditOptions) -> Vec<String> {
    if !inventory.coverage.is_complete() {
        return Vec::new();
    }
    let rules = ProtectionRules::new(options);
    let files = &inventory.attachments;
    let is_used_label = |wanted: &str| {
        let has_label = |labels: &Vec<String>| labels.iter().any(|own| normalized(own) == wanted);
        files.iter().any(|file| file.labels.as_ref().is_none_or(has_label))
    };
    let labels = rules.labels.iter().filter(|(_, wanted)| !is_used_label(wanted));
    let labels = labels.map(|(label, _)| format!("protect_labels: no file has the label \"{label}\""));
    let matches_any = |glob: &GlobMatcher| files.iter().any(|file| glob.is_match(normalized(&file.title)));
    let names = rules.names.iter().filter(|(_, glob)| glob.as_ref().is_some_and(|glob| !matches_any(glob)));
    let names = names.map(|(pattern, _)| format!("protect_names: no file name matches \"{pattern}\""));
    labels.chain(names).chain(unknown_files(inventory, options)).collect()
}

/// Returns a warning about the files that sheets keep and that the site does not have.
fn unknown_files(inventory: &Inventory, options: &AuditOptions) -> Option<String> {
    const EXAMPLES: usize = 3;
    let known: HashSet<&str> = inventory.attachments.iter().map(|file| file.id.as_str()).collect();
    let unknown: Vec<&str> = options.kept.keys().map(String::as_str).filter(|id| !known.contains(id)).collect();
    let examples = unknown.get(..EXAMPLES).unwrap_or(&unknown).join(", ");
    let more = if unknown.len() > EXAMPLES { ", …" } else { "" };
    let files = plural(unknown.len() as u64, "file that a sheet keeps is", "files that sheets keep are");
    (!unknown.is_empty()).then(|| format!("protect_from: {files} not on this site: {examples}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Container, ContentId, Status};

    fn file(name: &str, labels: &[&str]) -> Attachment {
        serde_json::from_value(serde_json::json!({
            "id": "att1", "file_id": null, "title": name, "status": Status::Current, "media_type": null,
            "container": Container::Page(ContentId::new("1")), "size": 1, "created_at": null, "version": 1,
            "modified_at": null, "author": null, "comment": null, "download": null, "webui": null, "old_versions": [],
            "labels": labels, "sha256": null,
        }))
        .unwrap()
    }

    #[test]
    fn rules_match_in_any_case_and_unicode_form() {
        let options = AuditOptions {
            protect_labels: vec!["GR\u{d6}SSE".to_owned()],
            protect_names: vec!["\u{dc}bersicht*".to_owned(), "*.PDF".to_owned()],
            ..AuditOptions::default()
        };
        let rules = ProtectionRules::new(&options);
        let rule = |name: &str, labels: &[&str]| rules.rule_for(&file(name, labels));
        assert_eq!(rule("U\u{308}bersicht 2024.png", &[]).as_deref(), Some("name \u{dc}bersicht*"));
        assert_eq!(rule("\u{fc}bersicht.png", &[]).as_deref(), Some("name \u{dc}bersicht*"));
        assert_eq!(rule("a.pdf", &[]).as_deref(), Some("name *.PDF"));
        assert_eq!(rule("a.png", &["gro\u{308}sse"]).as_deref(), Some("label GR\u{d6}SSE"));
        assert_eq!(rule("Ubersicht.png", &["grosse"]), None);
    }
}
