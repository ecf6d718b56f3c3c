//! Credentials at the gateway, with their scopes.

use super::auth::{Header, is_account};
use super::indexed_site::Viewer;
use super::reply::Reply;
use super::request::Request;
use super::tokens::IssuedTokens;
use super::{errors, scopes};
use crate::credentials::GRANULAR_SCOPES;
use crate::site::Site;

/// Returns whether the credential is valid here, and as whom the request is answered. Below the prefix of the gateway
/// on the site's own port, the unscoped token is accepted too.
pub(crate) fn evaluate(
    site: &Site,
    tokens: &mut IssuedTokens,
    request: &Request,
    header: &Header<'_>,
    is_site_port: bool,
) -> (bool, Result<Viewer, Reply>) {
    if is_site_port
        && let Header::Basic(user, secret) = header
        && is_account(site, user, secret, Some(&site.token))
    {
        return (true, Ok(Viewer::Account));
    }
    let Some(scopes) = scopes_of(site, tokens, header) else { return (false, Err(errors::unauthorized())) };
    match scopes::needed(&request.path) {
        Some(needed) if !needed.are_in(&scopes) => (true, Err(errors::scope_does_not_match())),
        _ => (true, Ok(Viewer::Account)),
    }
}

/// Returns the scopes of a credential that the gateway accepts. Counts the use of an access token.
fn scopes_of(site: &Site, tokens: &mut IssuedTokens, header: &Header<'_>) -> Option<Vec<String>> {
    let accepted = &site.credentials;
    match header {
        Header::Basic(user, secret) => {
            if site.behaviour.scoped_token && is_account(site, user, secret, Some(&site.token)) {
                return Some(GRANULAR_SCOPES.iter().map(|scope| (*scope).to_owned()).collect());
            }
            let scoped = accepted.scoped_token.as_ref()?;
            is_account(site, user, secret, Some(&scoped.token)).then(|| scoped.scopes.clone())
        }
        Header::Bearer(token) => {
            let own = accepted.bearer_token.as_ref().filter(|own| own.token == *token);
            own.map(|own| own.scopes.clone()).or_else(|| tokens.use_once(token))
        }
        _ => None,
    }
}

/// Returns the scopes of the bearer token of a request, without counting its use.
pub(crate) fn bearer_scopes(site: &Site, tokens: &IssuedTokens, request: &Request) -> Vec<String> {
    let Header::Bearer(token) = Header::read(request.authorization.as_deref()) else { return Vec::new() };
    let own = site.credentials.bearer_token.as_ref().filter(|own| own.token == token);
    own.map_or_else(|| tokens.scopes(token).to_vec(), |own| own.scopes.clone())
}
