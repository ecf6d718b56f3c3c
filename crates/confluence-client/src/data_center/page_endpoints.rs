//! Facts about single pages.

use serde_json::Value;

use super::v1::V1Content;
use super::{ANY, DataCenter, convert, limits};
use crate::error::RequestError;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::{ContentType, ListOrder};
use crate::request::Request;
use crate::request_kind::RequestKind;

/// The content property that names the editor.
const EDITOR: &str = "editor";

impl DataCenter {
    /// The versions are a list of their own, so they are read only if they are wanted.
    pub(crate) async fn page_alone(
        &self,
        which: ContentType,
        id: &str,
        versions: bool,
    ) -> Result<model::PageDetails, RequestError> {
        let expand = format!("metadata.labels,metadata.properties.{EDITOR}");
        let request = Request::v1(RequestKind::PageAlone, &["content", id]).with("status", ANY).with("expand", expand);
        let sent: V1Content = self.client.get(&request).await?.value;
        let mut page = convert::page_details(sent, EDITOR);
        if versions {
            let mut list = Vec::new();
            let order = ListOrder::Backward;
            let outcome = self.page_versions(which, id, order, |version| list.push(version)).await;
            page.versions = outcome.end.is_ok().then_some(model::EmbeddedList {
                results: list,
                meta: Some(model::EmbeddedListMeta { has_more: Some(false) }),
            });
        }
        Ok(page)
    }

    pub(crate) async fn page_restrictions(&self, page: &str) -> Result<Value, RequestError> {
        let expand =
            ["read", "update"].map(|operation| format!("{operation}.restrictions.user,{operation}.restrictions.group"));
        let request = Request::v1(RequestKind::PageRestrictions, &["content", page, "restriction", "byOperation"])
            .with("expand", expand.join(","));
        let mut sent: Value = self.client.get(&request).await?.value;
        // documented with a level that observed responses do not have
        if let Some(inner) = sent.get_mut("restrictions").map(Value::take).filter(|inner| inner.get("read").is_some()) {
            sent = inner;
        }
        convert::add_account_ids(&mut sent);
        Ok(sent)
    }

    pub(crate) async fn page_labels(
        &self,
        _which: ContentType,
        id: &str,
        take: impl FnMut(model::Label),
    ) -> ListOutcome {
        let request = Request::v1(RequestKind::PageLabels, &["content", id, "label"])
            .with("prefix", "global")
            .with("limit", limits::EXPANDED.to_string());
        self.by_start(&request, take).await
    }
}
