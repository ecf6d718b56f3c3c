//! The REST API of Comala for Data Center, which may also be at an address where the rest looks like Cloud.

use super::api::Api;
use super::error::RequestError;
use super::request::Request;
use super::request_kind::RequestKind;
use super::workflow_model::{STATUS_EXPANSION, WorkflowParameters, WorkflowStatus};

impl Api {
    /// Returns whether the site may have Comala for Data Center: Comala for Cloud has no REST API, and Atlassian's hosts
    /// serve Cloud only.
    pub fn may_have_comala_rest(&self) -> bool {
        !self.address().is_atlassian_host()
    }

    /// Returns the workflow status of one page from Comala for Data Center; `None` for a page without a workflow.
    pub async fn workflow_status(&self, id: &str) -> Result<Option<WorkflowStatus>, RequestError> {
        self.status(RequestKind::WorkflowStatus, id).await
    }

    /// Like [`Self::workflow_status`], to find out whether the site has Comala; counted separately.
    pub async fn probe_workflow_status(&self, id: &str) -> Result<Option<WorkflowStatus>, RequestError> {
        self.status(RequestKind::WorkflowProbe, id).await
    }

    async fn status(&self, kind: RequestKind, id: &str) -> Result<Option<WorkflowStatus>, RequestError> {
        let request = Request::comala(kind, &["content", id, "status"]).with("expand", STATUS_EXPANSION);
        self.client().get_optional(&request).await
    }

    /// Returns the page-editable workflow parameters of one page from Comala for Data Center; `None` for a page without
    /// any. Without permission to edit the page, the server returns 403.
    pub async fn workflow_parameters(&self, id: &str) -> Result<Option<WorkflowParameters>, RequestError> {
        let request = Request::comala(RequestKind::WorkflowParameters, &["content", id, "parameters"]);
        self.client().get_optional(&request).await
    }
}
