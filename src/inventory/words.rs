//! Words of the API that are one of few. A word this program does not know is kept as it is spelled: Confluence may say
//! new ones.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word that this program does not know.
            Other(String),
        }

        impl $name {
            /// The API's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $($word => Self::$variant,)+
                    _ => Self::Other(word),
                }
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words!(
    /// What a space is for.
    SpaceKind {
        /// Shared by a site.
        Global = "global",
        /// Of one person.
        Personal = "personal",
        /// Of a team.
        Collaboration = "collaboration",
        /// Articles for those who ask.
        KnowledgeBase = "knowledge_base",
    }
);
words!(
    /// Whether a space is in use.
    SpaceStatus {
        /// It is.
        Current = "current",
        /// Put away: no search shows its contents.
        Archived = "archived",
    }
);
words!(
    /// What may lie above a page in the tree.
    ParentKind {
        /// A page.
        Page = "page",
        /// A folder.
        Folder = "folder",
        /// A whiteboard.
        Whiteboard = "whiteboard",
        /// A database.
        Database = "database",
        /// A smart link.
        Embed = "embed",
    }
);
words!(
    /// What kind of page a page is.
    Subtype {
        /// A live doc: edits are seen at once.
        Live = "live",
        /// A page with versions that are published.
        Page = "page",
    }
);
words!(
    /// Whether a thread of inline comments is settled.
    Resolution {
        /// Not yet.
        Open = "open",
        /// It was, and is no more.
        Reopened = "reopened",
        /// It is.
        Resolved = "resolved",
        /// The passage it was about is gone.
        Dangling = "dangling",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_as_they_were_read() {
        for word in ["global", "knowledge_base", "Global", "support_desk", ""] {
            let kind = SpaceKind::from(word.to_owned());
            assert_eq!(serde_json::to_value(&kind).unwrap(), word);
            assert_eq!(serde_json::from_value::<SpaceKind>(word.into()).unwrap(), kind);
        }
        assert_eq!(SpaceKind::from("personal".to_owned()), SpaceKind::Personal);
        assert_eq!(SpaceKind::from("Personal".to_owned()), SpaceKind::Other("Personal".to_owned()));
    }
}
