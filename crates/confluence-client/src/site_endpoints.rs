//! What a site says about itself, and probes of single endpoints.

use delegate::delegate;

use super::api::{Api, Endpoints};
use super::error::RequestError;
use super::list_outcome::ListOutcome;
use super::model;
use super::observe::ObservedResponse;
use super::probe_request::ProbeRequest;

impl Api {
    delegate! {
        to match &self.endpoints {
            Endpoints::Cloud(cloud) => cloud,
            Endpoints::DataCenter(site) => site,
        } {
            /// Sends a probe with the credentials and returns the response, whatever its status. Retries only without a
            /// response, or after the pause that a throttling server asks for.
            pub async fn observe(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError>;

            /// Sends a probe without credentials and returns what an anonymous visitor gets.
            pub async fn observe_as_visitor(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError>;

            /// Returns the software of a Data Center site.
            pub async fn server_information(&self) -> Result<model::ServerInformation, RequestError>;

            /// Returns how much the site has by its own count; `None` if it does not say so to this account.
            pub async fn instance_metrics(&self) -> Result<Option<model::InstanceMetrics>, RequestError>;

            /// Lists the spaces with their own rules for deleting old versions. Cloud has no such rules.
            pub async fn retention_policies(&self, take: impl FnMut(model::SpaceRetention)) -> ListOutcome;
        }
    }
}
