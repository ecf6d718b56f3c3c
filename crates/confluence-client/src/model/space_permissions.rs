//! Who has which permission in a space.

use serde::Deserialize;

use super::Id;

/// One permission in a space (v2).
#[derive(Debug, Clone, Deserialize)]
pub struct SpacePermission {
    /// Id.
    pub id: Id,
    /// Who has it.
    pub principal: Option<Principal>,
    /// What it allows.
    pub operation: Option<Operation>,
}

/// A user, group or role.
#[derive(Debug, Clone, Deserialize)]
pub struct Principal {
    /// `user`, `group` or `role`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Account id, or id of the group or role.
    pub id: Option<String>,
}

/// What a permission allows.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// `administer`, `read`, ….
    #[serde(alias = "operationKey")]
    pub key: Option<String>,
    /// `space`, `page`, ….
    pub target_type: Option<String>,
}

impl Operation {
    /// Returns whether this is the administration of a space.
    pub(crate) fn administers_space(&self) -> bool {
        let is =
            |word: &Option<String>, wanted: &str| word.as_deref().is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        is(&self.key, "administer") && is(&self.target_type, "space")
    }
}

impl SpacePermission {
    /// Returns the account id if it lets a user administer the space.
    pub(crate) fn administrator(self) -> Option<String> {
        let administers = self.operation.is_some_and(|operation| operation.administers_space());
        let user = self.principal.filter(|principal| administers && principal.kind.as_deref() == Some("user"))?;
        user.id.filter(|id| !id.is_empty())
    }
}
