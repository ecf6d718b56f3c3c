//! Files that rules of the configuration keep out of the unreferenced lists.

use globset::{Glob, GlobMatcher};
use unicode_normalization::UnicodeNormalization;

use super::options::AuditOptions;
use crate::inventory::{Attachment, Inventory};

pub(super) struct Protection<'a> {
    /// Each as configured and as compared.
    labels: Vec<(&'a str, String)>,
    names: Vec<(&'a str, Option<GlobMatcher>)>,
}

/// Names on a server are often decomposed, and what people type is composed.
fn compared(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase()
}

impl<'a> Protection<'a> {
    pub(super) fn new(options: &'a AuditOptions) -> Self {
        let names = options.protect_names.iter().map(|pattern| {
            let glob = Glob::new(&compared(pattern)).ok().map(|glob| glob.compile_matcher());
            (pattern.as_str(), glob)
        });
        let labels = options.protect_labels.iter().map(|label| (label.as_str(), compared(label)));
        Self { labels: labels.collect(), names: names.collect() }
    }

    /// The rule that protects a file, for people. A file whose labels could not be read is protected by any label
    /// rule, and a pattern that is no glob protects everything: both are on the safe side.
    pub(super) fn rule_for(&self, file: &Attachment) -> Option<String> {
        for (label, wanted) in &self.labels {
            match &file.labels {
                Some(labels) if !labels.iter().any(|own| compared(own) == *wanted) => {}
                Some(_) => return Some(format!("label {label}")),
                None => return Some(format!("label {label} (labels could not be read)")),
            }
        }
        let name = compared(&file.title);
        let matches = |glob: &Option<GlobMatcher>| glob.as_ref().is_none_or(|glob| glob.is_match(&name));
        self.names.iter().find(|(_, glob)| matches(glob)).map(|(pattern, _)| format!("name {pattern}"))
    }
}

/// Rules that protect no file of a site that was read as a whole: most likely misspelt, so that what was to be kept may
/// be listed as unreferenced. A label counts as borne where labels could not be read.
pub fn rules_without_effect(inventory: &Inventory, options: &AuditOptions) -> Vec<String> {
    if !inventory.coverage.is_complete() {
        return Vec::new();
    }
    let rules = Protection::new(options);
    let files = &inventory.attachments;
    let label = |wanted: &str| {
        let bears = |labels: &Vec<String>| labels.iter().any(|own| compared(own) == wanted);
        files.iter().any(|file| file.labels.as_ref().is_none_or(bears))
    };
    let labels = rules.labels.iter().filter(|(_, wanted)| !label(wanted));
    let labels = labels.map(|(label, _)| format!("protect_labels: no file has the label \"{label}\""));
    let name = |glob: &GlobMatcher| files.iter().any(|file| glob.is_match(compared(&file.title)));
    let names = rules.names.iter().filter(|(_, glob)| glob.as_ref().is_some_and(|glob| !name(glob)));
    let names = names.map(|(pattern, _)| format!("protect_names: no file has a name like \"{pattern}\""));
    labels.chain(names).collect()
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
    fn rules_hold_in_any_case_and_either_unicode_form() {
        let options = AuditOptions {
            protect_labels: vec!["GR\u{d6}SSE".to_owned()],
            protect_names: vec!["\u{dc}bersicht*".to_owned(), "*.PDF".to_owned()],
            ..AuditOptions::default()
        };
        let rules = Protection::new(&options);
        let rule = |name: &str, labels: &[&str]| rules.rule_for(&file(name, labels));
        assert_eq!(rule("U\u{308}bersicht 2024.png", &[]).as_deref(), Some("name \u{dc}bersicht*"));
        assert_eq!(rule("\u{fc}bersicht.png", &[]).as_deref(), Some("name \u{dc}bersicht*"));
        assert_eq!(rule("a.pdf", &[]).as_deref(), Some("name *.PDF"));
        assert_eq!(rule("a.png", &["gro\u{308}sse"]).as_deref(), Some("label GR\u{d6}SSE"));
        assert_eq!(rule("Ubersicht.png", &["grosse"]), None);
    }
}
