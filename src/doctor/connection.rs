//! What the connection is: kind of site, hosts that see a secret, kind of credentials; or why there is none.

use super::{CheckResult, CheckState, Diagnosis};
use crate::error::ExitStatus;
use confluence_client::{Api, ConnectError, ConnectErrorKind, ConnectionSettings, Credentials, Deployment};

/// Describes a connection; sends nothing.
pub fn describe_connection(settings: &ConnectionSettings, api: &Api) -> Vec<CheckResult> {
    let deployment = api.deployment();
    vec![
        CheckResult::new("connection", CheckState::Good, api.connection_summary()),
        CheckResult::new("kind of site", CheckState::Good, kind_of_site(deployment)),
        hosts(settings, api),
        token(&settings.credentials, deployment),
    ]
}

/// Returns the diagnosis of a site to which no connection was made: why, and what was tried, one line per form.
pub fn without_connection(error: &ConnectError) -> Diagnosis {
    let status = match error.kind {
        ConnectErrorKind::Usage => ExitStatus::Usage,
        ConnectErrorKind::Authentication => ExitStatus::Authentication,
        ConnectErrorKind::Unreachable => ExitStatus::Unreachable,
    };
    let fatal = CheckResult::new("connection", CheckState::Fatal, &error.message);
    let mut findings = vec![fatal.costs("no run is possible").remedy(&error.remedy)];
    findings.extend(
        error
            .tried
            .iter()
            .map(|tried| CheckResult::new("tried", CheckState::Note, format!("{}: {}", tried.form, tried.outcome))),
    );
    if error.tried.is_empty() {
        findings.push(CheckResult::new("tried", CheckState::Note, "nothing that takes a secret: none was sent"));
    }
    Diagnosis { findings, status }
}

fn kind_of_site(deployment: Deployment) -> &'static str {
    match deployment {
        Deployment::Cloud => "Confluence Cloud, read at the site's own host",
        Deployment::Gateway => {
            "Confluence Cloud, read through Atlassian's gateway: the only way for tokens with scopes and service accounts"
        }
        Deployment::DataCenter => {
            "Confluence Data Center or Server: it has no header images, folders, whiteboards, live docs or native content \
             states, so nothing of these is missing"
        }
    }
}

/// Names every host that sees a secret.
fn hosts(settings: &ConnectionSettings, api: &Api) -> CheckResult {
    let mut hosts = api.hosts_with_secrets();
    let is_basic = matches!(settings.credentials, Credentials::Basic { .. });
    let site = api.address().host().to_owned();
    // without a configured kind, the site's own host is tried first, unless the address is that of the gateway
    let is_gateway_address = settings.base_url.contains("/ex/confluence/");
    let tried_site =
        is_basic && api.deployment() == Deployment::Gateway && settings.deployment.is_none() && !is_gateway_address;
    if tried_site && !hosts.contains(&site) {
        hosts.push(site);
    }
    let found = format!("a secret is sent to {} and to no other host", hosts.join(", "));
    let finding = CheckResult::new("hosts", CheckState::Good, found);
    if tried_site {
        return finding.remedy("set deployment = gateway: then the site's own host does not see the token");
    }
    finding
}

/// Says what kind of credentials were accepted, what they may do, and when they end.
fn token(credentials: &Credentials, deployment: Deployment) -> CheckResult {
    let found = match (credentials, deployment) {
        (Credentials::Basic { .. }, Deployment::Cloud) => {
            "an API token without scopes: it may do all that its account may. It ends after one year at most; the API does \
             not say when"
        }
        (Credentials::Basic { .. }, Deployment::Gateway) => {
            "an API token with scopes: it may do what its account may, as far as its scopes go. It ends after one year at \
             most; the API does not say when"
        }
        (Credentials::Bearer { .. }, Deployment::Cloud | Deployment::Gateway) => {
            "a bearer token: it may do what its scopes allow. An access token of OAuth ends after 60 minutes and is not \
             renewed; the API does not say when it ends"
        }
        (Credentials::ClientCredentials { .. }, Deployment::Cloud | Deployment::Gateway) => {
            "client credentials of a service account: access tokens end after 60 minutes and are renewed before"
        }
        (Credentials::Basic { .. }, Deployment::DataCenter) => {
            "a user name with a password: it may do all that its account may. A personal access token can be revoked \
             alone, and does not lock the account when it is wrong"
        }
        (Credentials::Bearer { .. }, Deployment::DataCenter) => {
            "a personal access token: it may do all that its account may. It ends on the day that its owner chose: see \
             Settings > Personal Access Tokens of the profile"
        }
        (Credentials::ClientCredentials { .. }, Deployment::DataCenter) => {
            "client credentials of a service account: access tokens end after an hour and are renewed before"
        }
    };
    let finding = CheckResult::new("token", CheckState::Good, found);
    match (credentials, deployment) {
        (Credentials::Basic { .. }, Deployment::Cloud) => finding
            .remedy("for runs that repeat, prefer client credentials of a service account: they belong to no person"),
        (Credentials::Bearer { .. }, Deployment::Cloud | Deployment::Gateway) => {
            finding.remedy("for a run of more than 60 minutes, set client_id and client_secret instead")
        }
        _ => finding,
    }
}
