//! The sample site, served on this computer as each kind of Confluence, with the credentials that each accepts.

use chrono::{DateTime, Utc};

use crate::error::{ExitStatus, Failure};
use confluence_client::{Credentials, Deployment};
use confluence_sim::{DemoServer, ServedAs, Site, sample_site};

/// Context path of the sample site as Data Center.
const CONTEXT: &str = "/confluence";

/// One way to configure access to the sample site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AccessWay {
    /// The kind of credentials, for people.
    pub(super) kind: &'static str,
    /// Environment variables with their values.
    pub(super) variables: Vec<(&'static str, String)>,
}

/// The running server.
#[derive(Debug)]
pub(super) struct SampleServer {
    server: DemoServer,
    deployment: Deployment,
}

/// Returns the sample site as this kind of Confluence can have it.
pub(super) fn site(deployment: Deployment, now: DateTime<Utc>) -> Site {
    let site = sample_site(now);
    if deployment.is_cloud() { site } else { site.without_cloud_features() }
}

impl SampleServer {
    /// Serves a site on free loopback ports.
    pub(super) async fn start(deployment: Deployment, site: Site) -> Result<Self, Failure> {
        let served_as = match deployment {
            Deployment::Cloud => ServedAs::Cloud,
            Deployment::Gateway => ServedAs::Gateway,
            Deployment::DataCenter => ServedAs::DataCenter { context: CONTEXT.to_owned() },
        };
        let server = DemoServer::start_as(served_as, site).await.map_err(|error| {
            Failure::new(ExitStatus::Internal, "cannot serve the sample site on this computer")
                .because(error.to_string())
        })?;
        Ok(Self { server, deployment })
    }

    /// Returns what a user configures as `base_url`.
    pub(super) fn base_url(&self) -> &str {
        self.server.base_url()
    }

    /// Returns the credentials that the demo itself uses.
    pub(super) fn credentials(&self) -> Credentials {
        let personal = self.server.site(|site| site.credentials.personal_access_token.clone());
        match personal.filter(|_| !self.deployment.is_cloud()) {
            Some(token) => Credentials::bearer(token.into()),
            None => Credentials::basic(self.server.user(), self.server.token().into()),
        }
    }

    /// Returns every way to access the site.
    pub(super) fn ways(&self) -> Vec<AccessWay> {
        let mut ways = self.server.site(|site| {
            let accepted = &site.credentials;
            let mut ways = Vec::new();
            let pair = |kind, user: &str, secret: &str| AccessWay {
                kind,
                variables: vec![("CONFLUENCE_API_USER", user.to_owned()), ("CONFLUENCE_API_TOKEN", secret.to_owned())],
            };
            let token =
                |kind, secret: &str| AccessWay { kind, variables: vec![("CONFLUENCE_API_TOKEN", secret.to_owned())] };
            let client = |kind, id: &str, secret: &str| AccessWay {
                kind,
                variables: vec![
                    ("CONFLUENCE_CLIENT_ID", id.to_owned()),
                    ("CONFLUENCE_CLIENT_SECRET", secret.to_owned()),
                ],
            };
            if self.deployment.is_cloud() {
                if self.deployment == Deployment::Cloud {
                    ways.push(pair("API token without scopes", &site.email, &site.token));
                }
                ways.extend(
                    accepted
                        .scoped_token
                        .iter()
                        .map(|scoped| pair("API token with scopes", &site.email, &scoped.token)),
                );
                ways.extend(
                    accepted.bearer_token.iter().map(|bearer| token("token of a service account", &bearer.token)),
                );
                let account = accepted.service_account.iter();
                ways.extend(
                    account
                        .map(|account| client("client credentials of a service account", &account.id, &account.secret)),
                );
            } else {
                ways.extend(
                    accepted.personal_access_token.iter().map(|personal| token("personal access token", personal)),
                );
                ways.extend(
                    accepted.password.iter().map(|login| pair("user name and password", &login.user, &login.password)),
                );
                let account = accepted.data_center_client.iter();
                ways.extend(account.map(|account| client("client credentials", &account.id, &account.secret)));
            }
            ways
        });
        for way in &mut ways {
            way.variables.insert(0, ("CONFLUENCE_BASE_URL", self.base_url().to_owned()));
            if self.deployment.is_cloud() {
                way.variables.push(("CONFLUENCE_GATEWAY_URL", self.server.gateway_origin().to_owned()));
                way.variables.push(("CONFLUENCE_AUTH_URL", self.server.auth_origin().to_owned()));
            }
        }
        ways
    }
}
