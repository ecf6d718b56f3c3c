//! Newtypes for the ids of the API.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// Returns the id as the API spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id_type!(
    /// Numeric id of a space.
    SpaceId
);
id_type!(
    /// Id of a page, blog post, comment, template or custom content.
    ContentId
);
id_type!(
    /// Id of an attachment as the API spells it: `att123` on Cloud, sometimes bare digits on Data Center.
    AttachmentId
);
id_type!(
    /// Atlassian account id of a person.
    AccountId
);

impl AttachmentId {
    /// Returns the id without its `att` prefix: `att123` and `123` name the same attachment.
    pub fn digits(&self) -> &str {
        self.0.strip_prefix("att").unwrap_or(&self.0)
    }
}
