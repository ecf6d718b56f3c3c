//! Which site is behind an address of the gateway: cache, history and links use the site's own address.

use secrecy::SecretString;

use super::{Connector, error_of, no_form};
use crate::address::SiteAddress;
use crate::connect_error::ConnectError;
use crate::credentials::Credentials;
use crate::discovery::Discovery;
use crate::written_address::{BaseUrlError, WrittenAddress};

/// What the connection line says if the site is not known by its own address.
pub(super) const NOT_NAMED: &str = "; neither the gateway nor the token names the site's own address, so cache and \
                                    history are kept for this address and links lead to it: set base_url to the \
                                    site's address";

impl Connector {
    /// Returns the one site that the token opens, for the address of the gateway without a cloud id.
    pub(super) async fn only_site_of_token(&self) -> Result<(String, Option<String>), ConnectError> {
        match self.sites_of_token().await?.as_slice() {
            [(id, url)] => Ok((id.clone(), Some(url.clone()))),
            sites => Err(ConnectError::usage(
                format!("base_url is the gateway without a cloud id, and the token opens {} sites", sites.len()),
                "set base_url to the address of the site, or set cloud_id",
            )),
        }
    }

    /// Returns the site in a browser: as the gateway named it, or else as the token does. `None` if neither does.
    pub(super) async fn site_behind(&self, address: &SiteAddress, named: Option<&str>) -> Option<WrittenAddress> {
        if let Some(site) = named.and_then(in_browser) {
            return Some(site);
        }
        // an error does not matter: the credentials are accepted, and the site can be read without its own address
        let sites = self.sites_of_token().await.unwrap_or_default();
        let is_this = |id: &str| self.written.through(&self.gateway, id).api_url() == address.api_url();
        sites.iter().find(|(id, _)| is_this(id)).and_then(|(_, url)| in_browser(url))
    }

    /// Returns the sites that the token opens, as pairs of cloud id and address. Only bearer tokens can be asked.
    async fn sites_of_token(&self) -> Result<Vec<(String, String)>, ConnectError> {
        let token: SecretString = match &self.settings.credentials {
            Credentials::Basic { .. } => return Err(BaseUrlError::NoCloudId.into()),
            Credentials::Bearer { secret } => secret.clone(),
            Credentials::ClientCredentials { .. } => match self.fetch.transport.authenticator().tokens() {
                Some(tokens) => tokens.valid(1).await.map_err(error_of)?.secret.clone(),
                None => return Err(no_form()),
            },
        };
        Ok(Discovery::new(&self.fetch, &self.written).sites_of_token(&self.gateway, &token).await?)
    }
}

/// Returns the site that the server of the gateway names. It is shown and identifies the site; no request goes there.
fn in_browser(url: &str) -> Option<WrittenAddress> {
    WrittenAddress::parse(url).ok().filter(|site| site.gateway.is_none())
}
