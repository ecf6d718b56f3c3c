//! Endpoints of workflow states: searches with Comala's fields or with content properties, and
//! native content states.

use std::ops::ControlFlow;

use super::Cloud;
use crate::error::RequestError;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::pagination::{PagingMode, read_list};
use crate::parameters::SearchScope;
use crate::request::Request;
use crate::request_kind::RequestKind;
use crate::workflow_model::{ContentState, ContentStateOfPage};

impl Cloud {
    pub(crate) async fn knows_workflow_fields(&self) -> Result<bool, RequestError> {
        let request = Request::v1(RequestKind::WorkflowProbe, &["content", "search"]).with("cql", "cw_enabled = true");
        let first = |_: model::SearchHit| ControlFlow::Break(());
        match read_list(&self.client, &request, PagingMode::Cursor, first).await.end {
            Ok(()) => Ok(true),
            Err(RequestError::Status { status: 400, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn workflow_search(
        &self,
        searched: SearchScope,
        cql: &str,
        take: impl FnMut(model::SearchHit),
    ) -> ListOutcome {
        self.search(RequestKind::WorkflowSearch, searched, cql, &[], take).await
    }

    pub(crate) async fn property_search(
        &self,
        searched: SearchScope,
        cql: &str,
        keys: &[&str],
        take: impl FnMut(model::SearchHit),
    ) -> ListOutcome {
        let expand: Vec<String> = keys.iter().map(|key| format!("metadata.properties.{key}")).collect();
        let expand: Vec<&str> = expand.iter().map(String::as_str).collect();
        self.search(RequestKind::WorkflowProperties, searched, cql, &expand, take).await
    }

    pub(crate) async fn page_properties(
        &self,
        id: &str,
        key: Option<&str>,
        take: impl FnMut(model::Property),
    ) -> ListOutcome {
        let kind = match key {
            Some(_) => RequestKind::WorkflowPropertyOfOnePage,
            None => RequestKind::WorkflowPropertyDiscovery,
        };
        let request = Request::v2(kind, &["pages", id, "properties"]).with("sort", "key");
        let request = match key {
            Some(key) => request.with("key", key),
            None => request,
        };
        self.list(&request, take).await
    }

    pub(crate) async fn content_states(&self, space_key: &str) -> Result<Vec<ContentState>, RequestError> {
        let request = Request::v1(RequestKind::ContentStates, &["space", space_key, "state"]);
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn pages_in_state(
        &self,
        space_key: &str,
        state: i64,
        take: impl FnMut(model::SearchHit),
    ) -> ListOutcome {
        let request = Request::v1(RequestKind::PagesInAContentState, &["space", space_key, "state", "content"]);
        let request = request.with("state-id", state.to_string());
        self.list_by_start(&request, take).await
    }

    pub(crate) async fn content_state(&self, id: &str) -> Result<Option<ContentStateOfPage>, RequestError> {
        let request = Request::v1(RequestKind::ContentStateOfOnePage, &["content", id, "state"]);
        self.client.get_optional(&request.with("status", "current")).await
    }
}
