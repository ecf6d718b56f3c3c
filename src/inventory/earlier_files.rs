//! The files that a recheck judges, as an earlier run read them.

use std::collections::HashMap;

use super::site::{Attachment, OldVersion};

/// Files of an earlier run.
#[derive(Debug, Default)]
pub struct EarlierFiles {
    by_id: HashMap<String, Attachment>,
}

impl EarlierFiles {
    /// Takes the files as the earlier run read them.
    pub fn new<'f>(files: impl IntoIterator<Item = &'f Attachment>) -> Self {
        Self { by_id: files.into_iter().map(|file| (file.id.digits().to_owned(), file.clone())).collect() }
    }

    /// Whether the earlier run read this file.
    pub(super) fn contains(&self, file: &Attachment) -> bool {
        self.by_id.contains_key(file.id.digits())
    }

    /// Returns an old version that the earlier run read: its name, size and file id never change. A site that was
    /// restored from a backup may have given the id to another file, which was uploaded at another time.
    pub(super) fn version(&self, file: &Attachment, number: u32) -> Option<OldVersion> {
        let before = self.by_id.get(file.id.digits()).filter(|before| before.created_at == file.created_at)?;
        let version = before.old_versions.iter().find(|version| version.number == number)?;
        version.title.is_some().then(|| version.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::convert;

    #[test]
    fn only_known_versions_of_the_same_file_are_taken() {
        let file = |created: &str| {
            let sent = serde_json::json!({"id": "att1", "pageId": "1", "createdAt": created, "version": {"number": 4}});
            convert::attachment(serde_json::from_value(sent).unwrap())
        };
        let mut before = file("2026-01-01T00:00:00Z");
        let version = |number, title: Option<&str>| OldVersion {
            number,
            title: title.map(str::to_owned),
            size: Some(1),
            file_id: None,
            created_at: None,
            author: None,
        };
        before.old_versions = vec![version(1, Some("a.png")), version(2, None)];
        let earlier = EarlierFiles::new([&before]);
        assert!(earlier.contains(&before));
        let title = |file: &Attachment, number| earlier.version(file, number).and_then(|version| version.title);
        assert_eq!(title(&before, 1).as_deref(), Some("a.png"));
        assert_eq!((title(&before, 2), title(&before, 3)), (None, None));
        assert_eq!(title(&file("2026-02-01T00:00:00Z"), 1), None);
    }
}
