//! String enums of the API. An unknown value is kept as it is spelled, because Confluence may introduce new ones.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A value that this program does not know.
            Other(String),
        }

        impl $name {
            /// Returns the value as the API spells it.
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
    /// The type of a space.
    SpaceKind {
        /// A space for the site.
        Global = "global",
        /// The space of one user.
        Personal = "personal",
        /// A team space.
        Collaboration = "collaboration",
        /// A knowledge base of support articles.
        KnowledgeBase = "knowledge_base",
    }
);
words!(
    SpaceStatus {
        Current = "current",
        /// The search does not show its contents.
        Archived = "archived",
    }
);
words!(
    /// Types of the parents of pages.
    ParentKind {
        Page = "page",
        Folder = "folder",
        Whiteboard = "whiteboard",
        Database = "database",
        /// A smart link.
        Embed = "embed",
    }
);
words!(
    /// The subtype of a page.
    Subtype {
        /// A live doc: readers see edits at once.
        Live = "live",
        /// A page whose versions are published.
        Page = "page",
    }
);
words!(
    /// The resolution status of a thread of inline comments.
    Resolution {
        Open = "open",
        /// It was resolved before.
        Reopened = "reopened",
        Resolved = "resolved",
        /// The passage that it comments on no longer exists.
        Dangling = "dangling",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_they_were_read() {
        for word in ["global", "knowledge_base", "Global", "support_desk", ""] {
            let kind = SpaceKind::from(word.to_owned());
            assert_eq!(serde_json::to_value(&kind).unwrap(), word);
            assert_eq!(serde_json::from_value::<SpaceKind>(word.into()).unwrap(), kind);
        }
        assert_eq!(SpaceKind::from("personal".to_owned()), SpaceKind::Personal);
        assert_eq!(SpaceKind::from("Personal".to_owned()), SpaceKind::Other("Personal".to_owned()));
    }
}
