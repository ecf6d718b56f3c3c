//! The site that doctor examines: sends probes, and records the shapes of the responses if a sample is wanted.

use super::sample::SampleRecorder;
use confluence_client::{Api, ObservedResponse, ProbeRequest, RequestError};

/// A site under examination.
#[derive(Debug)]
pub struct ProbedSite<'a> {
    api: &'a Api,
    recorder: Option<SampleRecorder>,
}

impl<'a> ProbedSite<'a> {
    /// A site whose responses are not recorded.
    pub fn new(api: &'a Api) -> Self {
        Self { api, recorder: None }
    }

    /// A site of whose responses a sample is taken.
    pub fn recorded(api: &'a Api) -> Self {
        Self { api, recorder: Some(SampleRecorder::default()) }
    }

    /// Returns the client, for requests that no sample needs.
    pub(super) fn api(&self) -> &'a Api {
        self.api
    }

    /// Returns what was recorded.
    pub(super) fn into_recorder(self) -> Option<SampleRecorder> {
        self.recorder
    }

    /// Sends a probe with the credentials and returns the response, whatever its status.
    pub(super) async fn observe(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError> {
        let observed = self.api.observe(probe).await;
        self.record(probe, false, &observed);
        observed
    }

    /// Sends a probe without credentials.
    pub(super) async fn observe_as_visitor(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError> {
        let observed = self.api.observe_as_visitor(probe).await;
        self.record(probe, true, &observed);
        observed
    }

    fn record(&self, probe: &ProbeRequest<'_>, visitor: bool, observed: &Result<ObservedResponse, RequestError>) {
        if let (Some(recorder), Ok(observed)) = (&self.recorder, observed)
            && let Ok(template) = self.api.probe_template(probe)
        {
            recorder.record(template, visitor, observed);
        }
    }
}
