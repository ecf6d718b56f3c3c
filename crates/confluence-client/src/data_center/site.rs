//! What the site says about itself.

use super::DataCenter;
use super::v1::V1SpaceWithRetention;
use crate::error::RequestError;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::request::Request;
use crate::request_kind::RequestKind;

impl DataCenter {
    pub(crate) async fn server_information(&self) -> Result<model::ServerInformation, RequestError> {
        let request = Request::v1(RequestKind::SiteInformation, &["server-information"]);
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn instance_metrics(&self) -> Result<Option<model::InstanceMetrics>, RequestError> {
        let request = Request::v1(RequestKind::SiteInformation, &["instance-metrics"]);
        match self.client.get(&request).await {
            Ok(response) => Ok(Some(response.value)),
            // older versions do not have it, and only administrators may read it
            Err(error) if error.is_refusal() => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn retention_policies(&self, mut take: impl FnMut(model::SpaceRetention)) -> ListOutcome {
        let request = Request::v1(RequestKind::SpaceRetention, &["space"])
            .with("hasRetentionPolicy", "true")
            .with("expand", "retentionPolicy");
        self.by_start(&request, |sent: V1SpaceWithRetention| {
            take(model::SpaceRetention { id: sent.id, key: sent.key, policy: sent.retention_policy });
        })
        .await
    }
}
