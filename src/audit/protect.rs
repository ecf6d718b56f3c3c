//! Files that rules of the configuration keep out of the unreferenced lists.

use globset::{Glob, GlobMatcher};

use super::AuditOptions;
use crate::inventory::Attachment;

pub(super) struct Protection<'a> {
    labels: &'a [String],
    names: Vec<(&'a str, Option<GlobMatcher>)>,
}

impl<'a> Protection<'a> {
    pub(super) fn new(options: &'a AuditOptions) -> Self {
        let names = options.protect_names.iter().map(|pattern| {
            let glob = Glob::new(&pattern.to_lowercase()).ok().map(|glob| glob.compile_matcher());
            (pattern.as_str(), glob)
        });
        Self { labels: &options.protect_labels, names: names.collect() }
    }

    /// The rule that protects a file, for people. A file whose labels could not be read is protected by any label
    /// rule, and a pattern that is no glob protects everything: both are on the safe side.
    pub(super) fn rule_for(&self, file: &Attachment) -> Option<String> {
        for label in self.labels {
            match &file.labels {
                Some(labels) if !labels.iter().any(|own| own.eq_ignore_ascii_case(label)) => {}
                Some(_) => return Some(format!("label {label}")),
                None => return Some(format!("label {label} (labels could not be read)")),
            }
        }
        let name = file.title.to_lowercase();
        let matches = |glob: &Option<GlobMatcher>| glob.as_ref().is_none_or(|glob| glob.is_match(&name));
        self.names.iter().find(|(_, glob)| matches(glob)).map(|(pattern, _)| format!("name {pattern}"))
    }
}
