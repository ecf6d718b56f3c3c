//! Types for the JSON of `/rest/api` on Data Center. Parsing is as lenient as in [`crate::model`].
//!
//! A property that was not expanded is missing here: the server names it in `_expandable` instead.

use serde::Deserialize;
use serde_json::Value;

use crate::list_item::ListItem;
use crate::model::{self, Body, Id, Links, ListPage};

/// A person.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1Person {
    /// `known`, `anonymous`, or `unknown` for a deleted account.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) user_key: Option<String>,
    pub(super) username: Option<String>,
    pub(super) display_name: Option<String>,
    /// `current`, `deactivated`, ….
    pub(super) status: Option<Value>,
}

impl V1Person {
    /// Returns what identifies the account: its key, which never changes, else its name.
    pub(super) fn account_id(&self) -> Option<&str> {
        [&self.user_key, &self.username].into_iter().flatten().map(String::as_str).find(|id| !id.is_empty())
    }
}

/// One permission in a space.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct V1SpacePermission {
    operation: Option<model::Operation>,
    /// A user or a group. Groups have no user key.
    subject: Option<V1Person>,
}

impl V1SpacePermission {
    /// Returns the account id if it lets a user administer the space.
    pub(super) fn administrator(self) -> Option<String> {
        let administers = self.operation.is_some_and(|operation| operation.administers_space());
        let user = self.subject.filter(|subject| administers && subject.kind.as_deref() != Some("group"))?;
        user.account_id().map(str::to_owned)
    }
}

/// A version.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1Version {
    pub(super) number: Option<u32>,
    pub(super) when: Option<String>,
    pub(super) by: Option<V1Person>,
    pub(super) message: Option<String>,
    pub(super) minor_edit: Option<bool>,
}

/// A version in the list of the versions of a content.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1ListedVersion {
    pub(super) number: Id,
    pub(super) when: Option<String>,
    pub(super) by: Option<V1Person>,
    pub(super) minor_edit: Option<bool>,
}

/// The creation of a content.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1History {
    pub(super) created_by: Option<V1Person>,
    pub(super) created_date: Option<String>,
}

/// A space.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct V1Space {
    pub(super) id: Id,
    pub(super) key: String,
    pub(super) name: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) status: Option<String>,
    pub(super) homepage: Option<V1Reference>,
    #[serde(rename = "_links")]
    pub(super) links: Option<Links>,
}

/// The space of a content.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct V1SpaceOfContent {
    pub(super) id: Option<Id>,
}

/// A content that another one refers to. The container of a page is its space, of which nothing is used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct V1Reference {
    pub(super) id: Option<Id>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

/// Properties that depend on the type of the content.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1Extensions {
    /// Pages: a number, or the word `none`.
    pub(super) position: Option<Value>,
    /// Attachments: size in bytes.
    pub(super) file_size: Option<u64>,
    /// Attachments: media type.
    pub(super) media_type: Option<String>,
    /// Attachments: comment of the version.
    pub(super) comment: Option<String>,
    /// Comments: `footer`, `inline`, `resolved`.
    pub(super) location: Option<String>,
    /// Inline comments: an object with `status`.
    pub(super) resolution: Option<Value>,
}

/// Labels and other metadata.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1Metadata {
    pub(super) media_type: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) labels: Option<Value>,
    pub(super) properties: Option<Value>,
}

/// Lists below a content.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct V1Children {
    pub(super) attachment: Option<ListPage>,
}

/// A page, blog post, comment or attachment.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct V1Content {
    pub(super) id: Id,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) status: Option<String>,
    pub(super) title: Option<String>,
    pub(super) space: Option<V1SpaceOfContent>,
    pub(super) history: Option<V1History>,
    pub(super) version: Option<V1Version>,
    /// From the root to the parent.
    pub(super) ancestors: Option<Vec<V1Reference>>,
    pub(super) container: Option<V1Reference>,
    pub(super) body: Option<Body>,
    pub(super) metadata: Option<V1Metadata>,
    pub(super) extensions: Option<V1Extensions>,
    pub(super) children: Option<V1Children>,
    #[serde(rename = "_links")]
    pub(super) links: Option<Links>,
}

impl V1Content {
    /// Returns whether it is of another type; an unknown type counts as the expected one.
    pub(super) fn is_not(&self, kind: &str) -> bool {
        self.kind.as_deref().is_some_and(|own| own != kind)
    }

    /// Returns whether it is a comment on a passage of the text.
    pub(super) fn is_inline(&self) -> bool {
        let location = self.extensions.as_ref().and_then(|extensions| extensions.location.as_deref());
        location.is_some_and(|location| location != "footer")
    }
}

/// A content property; older versions send no id.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct V1Property {
    pub(super) id: Option<Id>,
    pub(super) key: String,
    #[serde(default, deserialize_with = "crate::model::present")]
    pub(super) value: Option<Value>,
}

/// A space with its rules for deleting old versions and the trash.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1SpaceWithRetention {
    pub(super) id: Id,
    pub(super) key: String,
    pub(super) retention_policy: Option<Value>,
}

impl ListItem for V1Content {
    fn id(&self) -> &str {
        &self.id.0
    }

    fn version(&self) -> u32 {
        self.version.as_ref().and_then(|version| version.number).unwrap_or(0)
    }
}

impl ListItem for V1Space {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl ListItem for V1ListedVersion {
    fn id(&self) -> &str {
        &self.number.0
    }
}

impl ListItem for V1Property {
    fn id(&self) -> &str {
        &self.key
    }
}

impl ListItem for V1SpaceWithRetention {
    fn id(&self) -> &str {
        &self.id.0
    }
}
