//! Makes a connection: decides without credentials what a site is, then tries the forms of the credentials that fit.
//!
//! A secret goes only where it can belong: to the site, or for Confluence Cloud to Atlassian's hosts. One authenticated
//! request is sent per form, and no form is tried twice, so that no account is locked.

mod gateway_site;

use std::sync::{Arc, Mutex};

use secrecy::ExposeSecret;
use url::Url;

use self::gateway_site::NOT_NAMED;
use super::address::SiteAddress;
use super::api::Api;
use super::attempt_error::AttemptError;
use super::client::Client;
use super::connect_error::{ConnectError, ConnectErrorKind, TriedForm, remedy_of_form};
use super::credentials::{Credentials, is_personal_access_token};
use super::deployment::Deployment;
use super::discovery::Discovery;
use super::error::RequestError;
use super::fetch::Fetcher;
use super::network::is_loopback;
use super::refusal::Refusal;
use super::request_kind::RequestKind;
use super::retry::WaitLimits;
use super::settings::ConnectionSettings;
use super::transport::{Transport, locked};
use super::written_address::{GatewayPath, WrittenAddress, checked_cloud_id, checked_origin};

impl Api {
    /// Finds out what the site is and how it accepts the credentials, and connects to it.
    ///
    /// Requests that decide the kind of site have no credentials. Then at most two authenticated requests follow, one
    /// for each form of the credentials that fits. [`Api::current_user`] returns the account without another request.
    pub async fn connect(settings: ConnectionSettings) -> Result<Self, ConnectError> {
        let connector = Connector::new(settings)?;
        let tried = Arc::clone(&connector.tried);
        connector.connect().await.map_err(|error| ConnectError { tried: locked(&tried).clone(), ..error })
    }

    /// Returns what the connection is, in one line for people: product, address, and form of the credentials.
    pub fn connection_summary(&self) -> &str {
        &self.summary
    }

    /// Returns the hosts that see a secret: that of the requests, and that which issues access tokens.
    pub fn hosts_with_secrets(&self) -> Vec<String> {
        self.client().hosts_with_secrets()
    }

    /// Returns the same connection without the administrator's key: what the account sees by itself. Counters, limits
    /// and stopping are shared.
    #[must_use]
    pub fn without_admin_key(&self) -> Self {
        Self::over(self.client().without_admin_key(), self.deployment(), self.summary.clone())
    }
}

/// A form of the credentials: what is asked where.
struct Form {
    address: SiteAddress,
    deployment: Deployment,
    /// The form in words, such as `through the gateway with a scoped token`.
    words: &'static str,
}

struct Connector {
    settings: ConnectionSettings,
    written: WrittenAddress,
    gateway: Url,
    /// The host that issues access tokens, for client credentials.
    auth: Option<Url>,
    /// Sends the requests without credentials.
    fetch: Fetcher,
    /// The forms that were not accepted.
    tried: Arc<Mutex<Vec<TriedForm>>>,
}

impl Connector {
    fn new(settings: ConnectionSettings) -> Result<Self, ConnectError> {
        let written = WrittenAddress::parse(&settings.base_url)?;
        let mut gateway = match written.gateway {
            Some(_) => written.origin.clone(),
            None => checked_origin(&settings.atlassian.gateway)?,
        };
        gateway.set_path("/");
        let is_client = matches!(settings.credentials, Credentials::ClientCredentials { .. });
        let auth = is_client.then(|| checked_origin(&settings.atlassian.auth)).transpose()?;
        let cloud = settings.deployment.filter(|deployment| deployment.is_cloud()).unwrap_or_default();
        let transport = Transport::to(&settings, written.cloud(), cloud)?;
        let fetch = Fetcher::new(transport, WaitLimits::of(&settings), settings.jitter_seed);
        Ok(Self { settings, written, gateway, auth, fetch, tried: Arc::default() })
    }

    async fn connect(mut self) -> Result<Api, ConnectError> {
        self.check_settings()?;
        if !self.is_cloud().await? {
            return self.connect_to_data_center().await;
        }
        let (site, gateway) = self.ways()?;
        let refused = match site {
            None => None,
            Some(form) => match self.attempt(form, None).await {
                Ok(api) => return Ok(api),
                Err(error) if gateway.is_some() && may_be_scoped(&error) => Some(error),
                Err(error) => return Err(error),
            },
        };
        let Some(words) = gateway else { return Err(refused.unwrap_or_else(no_form)) };
        let id = match (self.cloud_id().await, refused.clone()) {
            (Ok(id), _) => id,
            // the site has no gateway, so its own refusal is the reason
            (Err(_), Some(refused)) => return Err(refused),
            (Err(error), None) => return Err(error),
        };
        let form = Form { address: self.written.through(&self.gateway, &id.0), deployment: Deployment::Gateway, words };
        match (self.attempt(form, id.1).await, refused) {
            (Ok(api), _) => Ok(api),
            (Err(error), Some(refused)) if error.cause.as_deref().is_some_and(RequestError::is_auth_lost) => {
                Err(refused.noting("; the gateway for scoped tokens does not accept them either"))
            }
            (Err(error), Some(refused)) if error.kind == ConnectErrorKind::Unreachable => {
                Err(refused.noting(&format!("; the gateway for scoped tokens cannot be asked: {error}")))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Refuses settings that contradict each other, before anything is sent.
    fn check_settings(&self) -> Result<(), ConnectError> {
        let ConnectionSettings { deployment, admin_key, credentials, cloud_id, .. } = &self.settings;
        let on_atlassian_host = self.written.is_atlassian_host() || self.written.gateway.is_some();
        if *deployment == Some(Deployment::DataCenter) && on_atlassian_host {
            return Err(ConnectError::usage(
                "deployment is datacenter, but base_url is at Atlassian, where only Confluence Cloud is",
                "remove deployment, or set base_url to the address of the Data Center site",
            ));
        }
        if *deployment == Some(Deployment::Cloud) && self.written.gateway.is_some() {
            return Err(ConnectError::usage(
                "deployment is cloud, the site's own host, but base_url is the gateway",
                "remove deployment, or set base_url to https://your-domain.atlassian.net/wiki",
            ));
        }
        let is_basic = matches!(credentials, Credentials::Basic { .. });
        if *deployment == Some(Deployment::Cloud) && !is_basic {
            return Err(ConnectError::usage(
                "deployment is cloud, the site's own host, which accepts only an e-mail address with an API token",
                "remove deployment, or set deployment = gateway",
            ));
        }
        let is_on_gateway = *deployment == Some(Deployment::Gateway) || self.written.gateway.is_some();
        if *admin_key && (is_on_gateway || *deployment == Some(Deployment::DataCenter)) {
            return Err(no_admin_key());
        }
        if let (Some(GatewayPath { cloud_id: Some(written) }), Some(id)) = (&self.written.gateway, cloud_id)
            && written != id
        {
            return Err(ConnectError::usage("base_url and cloud_id name different sites", "remove cloud_id"));
        }
        if let Some(id) = cloud_id {
            checked_cloud_id(id)?;
        }
        Ok(())
    }

    /// Returns whether the site is Confluence Cloud; asks the site only if neither settings nor host say so.
    async fn is_cloud(&mut self) -> Result<bool, ConnectError> {
        if self.written.is_atlassian_host() || self.written.gateway.is_some() {
            return Ok(true);
        }
        if let Some(deployment) = self.settings.deployment {
            return Ok(deployment.is_cloud());
        }
        let found = Discovery::new(&self.fetch, &self.written).cloud_id().await?;
        if self.settings.cloud_id.is_none() {
            self.settings.cloud_id.clone_from(&found);
        }
        Ok(found.is_some())
    }

    async fn connect_to_data_center(self) -> Result<Api, ConnectError> {
        if self.settings.admin_key {
            return Err(no_admin_key());
        }
        let Some(found) = Discovery::new(&self.fetch, &self.written).data_center().await? else {
            return Err(ConnectError::usage(
                format!("no Confluence was found at {}, nor at the usual paths of its host", self.written.text()),
                "set base_url to the part before /spaces/, /display/ or /pages/ of an address in a browser",
            ));
        };
        let words = match self.settings.credentials {
            Credentials::Basic { .. } => "with a user name and a password or token",
            Credentials::Bearer { .. } => "with a personal access token",
            Credentials::ClientCredentials { .. } => "with client credentials",
        };
        let address = self.written.data_center(&found.context);
        let form = Form { address, deployment: Deployment::DataCenter, words };
        self.attempt(form, found.version).await
    }

    /// Returns the form for the site's own host, and the words of that for the gateway.
    fn ways(&self) -> Result<(Option<Form>, Option<&'static str>), ConnectError> {
        let deployment = self.settings.deployment;
        let is_basic = matches!(self.settings.credentials, Credentials::Basic { .. });
        let at_site = is_basic && self.written.gateway.is_none() && deployment != Some(Deployment::Gateway);
        let site = at_site.then(|| Form {
            address: self.written.cloud(),
            deployment: Deployment::Cloud,
            words: "with an e-mail address and an API token",
        });
        if self.settings.admin_key && !at_site {
            return Err(no_admin_key());
        }
        if let Credentials::Bearer { secret } = &self.settings.credentials
            && is_personal_access_token(secret.expose_secret())
        {
            return Err(ConnectError::usage(
                "the secret is a personal access token of Data Center, but base_url leads to Confluence Cloud",
                "set base_url to the address of the Data Center site, or use a token of Confluence Cloud",
            ));
        }
        let is_foreign = self.is_foreign();
        if is_foreign && !at_site {
            return Err(ConnectError::usage(
                "base_url is not at a host of Atlassian, so the secret does not go there",
                "set base_url to https://your-domain.atlassian.net/wiki, or deployment = gateway if the site is on Cloud",
            ));
        }
        let may_use_gateway = deployment != Some(Deployment::Cloud) && !self.settings.admin_key && !is_foreign;
        let gateway = may_use_gateway.then_some(match self.settings.credentials {
            Credentials::Basic { .. } => "through the gateway with a scoped token",
            Credentials::Bearer { .. } => "through the gateway with a bearer token",
            Credentials::ClientCredentials { .. } => "through the gateway with client credentials",
        });
        Ok((site, gateway))
    }

    /// Returns whether a secret would leave a site that may not be Atlassian's: one on this computer, or one that only says
    /// itself that it is Confluence Cloud.
    fn is_foreign(&self) -> bool {
        let hosts = [Some(&self.gateway), self.auth.as_ref()];
        let stays = hosts.into_iter().flatten().all(is_loopback);
        let is_known = self.written.is_atlassian_host() || self.written.gateway.is_some();
        let is_said = self.settings.deployment.is_some() && !self.written.is_local();
        !stays && !is_known && !is_said
    }

    /// Returns the cloud id, and the address of the site if the token names it.
    async fn cloud_id(&self) -> Result<(String, Option<String>), ConnectError> {
        if let Some(id) = &self.settings.cloud_id {
            return Ok((checked_cloud_id(id)?, None));
        }
        match &self.written.gateway {
            Some(GatewayPath { cloud_id: Some(id) }) => return Ok((id.clone(), None)),
            Some(GatewayPath { cloud_id: None }) => return self.only_site_of_token().await,
            None => {}
        }
        let found = Discovery::new(&self.fetch, &self.written).cloud_id().await?;
        let id = found.ok_or_else(|| {
            ConnectError::usage(
                format!("no cloud id was found at {}", self.written.text()),
                "check the name of the site, or set cloud_id",
            )
        });
        Ok((id?, None))
    }

    /// Tries one form with one authenticated request. `detail` is the version of the site, or its address as the
    /// token names it.
    async fn attempt(&self, form: Form, detail: Option<String>) -> Result<Api, ConnectError> {
        let Form { address, deployment, words } = form;
        let client = self.client(&address, deployment)?;
        let response = match client.identity().await {
            Ok(response) => response,
            Err(error) => {
                self.fetch.transport.recount(RequestKind::CurrentUser, RequestKind::SiteDiscovery);
                let form = format!("{}, {words}", address.api_url());
                locked(&self.tried).push(TriedForm { form, outcome: error.to_string() });
                return Err(self.refused(error, deployment));
            }
        };
        let named = detail.as_deref().filter(|_| deployment == Deployment::Gateway).or(response.value.site.as_deref());
        let (client, not_named) = match self.written.gateway {
            None => (client, ""),
            Some(_) => match self.site_behind(&address, named).await {
                Some(site) => (self.client(&address.of_site(&site), deployment)?, ""),
                None => (client, NOT_NAMED),
            },
        };
        client.keep_identity(response);
        let product = match (deployment, detail) {
            (Deployment::DataCenter, Some(version)) => format!("Confluence Data Center {version}"),
            (Deployment::DataCenter, None) => "Confluence Data Center".to_owned(),
            _ => "Confluence Cloud".to_owned(),
        };
        let base_url = client.address().base_url();
        let written = self.written.text();
        let is_as_written = base_url == written || format!("{written}/wiki") == base_url && deployment.is_cloud();
        let correction = if is_as_written { String::new() } else { format!(" (base_url is {written})") };
        let summary = format!("{product} at {base_url}, {words}{correction}{not_named}");
        Ok(Api::over(client, deployment, summary))
    }

    /// Returns the error of a refused form, with what to do about this form.
    fn refused(&self, error: RequestError, deployment: Deployment) -> ConnectError {
        let ConnectionSettings { credentials, deployment: fixed, .. } = &self.settings;
        let remedy = remedy_of_form(&error, credentials, deployment, fixed.is_some(), self.is_foreign());
        let refused = ConnectError::from(error);
        match remedy {
            Some(remedy) => ConnectError { remedy: remedy.to_owned(), ..refused },
            None => refused,
        }
    }

    fn client(&self, address: &SiteAddress, deployment: Deployment) -> Result<Client, ConnectError> {
        let earlier = &self.fetch.transport;
        let transport = Transport::after(earlier, &self.settings, address.clone(), deployment)?;
        Ok(Client::over(transport, &self.settings))
    }
}

/// Returns whether a refusal at the site's own host may mean that the token has scopes, so that only the gateway accepts
/// it.
fn may_be_scoped(error: &ConnectError) -> bool {
    match error.cause.as_deref() {
        Some(RequestError::Unauthenticated { .. } | RequestError::Anonymous) => true,
        Some(RequestError::Refused { why, .. }) => matches!(why, Refusal::Visitor | Refusal::Unexplained),
        _ => false,
    }
}

fn no_admin_key() -> ConnectError {
    ConnectError::usage(
        "the administrator's key works only at the host of a Confluence Cloud site itself: elsewhere, restricted pages would \
         be missing without a word",
        "use an e-mail address with an API token without scopes and base_url https://your-domain.atlassian.net/wiki, or \
         leave --admin-key out",
    )
}

fn no_form() -> ConnectError {
    ConnectError::usage("these credentials fit no way to this site", "remove deployment")
}

fn error_of(failure: AttemptError) -> RequestError {
    match failure {
        AttemptError::Retry { error, .. } | AttemptError::RetryOnce(error) => error,
        AttemptError::Final(failure) => failure.error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_leaves_only_a_site_that_is_known_to_be_on_cloud() {
        let local = "http://127.0.0.1:9";
        let is_foreign = |base_url: &str, deployment: Option<Deployment>, gateway: Option<&str>| {
            let mut settings = ConnectionSettings::new(base_url, Credentials::client("id", "secret".into()));
            settings.deployment = deployment;
            if let Some(host) = gateway {
                host.clone_into(&mut settings.atlassian.gateway);
            }
            Connector::new(settings).unwrap().is_foreign()
        };
        let gateway = Some(Deployment::Gateway);
        assert!(!is_foreign("https://acme.atlassian.net/wiki", None, None));
        assert!(!is_foreign("https://api.atlassian.com/ex/confluence", None, None));
        assert!(is_foreign("https://wiki.example.com", None, None), "whatever it says about itself");
        assert!(!is_foreign("https://wiki.example.com", gateway, None), "the user says so");
        assert!(is_foreign(local, gateway, None), "a site on this computer is not on Cloud");
        assert!(is_foreign(local, None, Some(local)), "the secret goes to the host of the access tokens");
    }
}
