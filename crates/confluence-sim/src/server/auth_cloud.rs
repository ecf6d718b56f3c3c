//! Credentials at the host of a Cloud site.

use chrono::{DateTime, Utc};

use super::auth::{Header, is_account};
use super::errors;
use super::indexed_site::Viewer;
use super::reply::Reply;
use super::request::Request;
use crate::site::Site;

/// Returns whether the credential is valid here, and as whom the request is answered.
pub(crate) fn evaluate(
    site: &Site,
    now: DateTime<Utc>,
    request: &Request,
    header: &Header<'_>,
) -> (bool, Result<Viewer, Reply>) {
    let refused = |reply| (false, Err(reply));
    match header {
        Header::MalformedBasic => refused(errors::html_unauthorized()),
        Header::Basic(_, secret) if secret.contains(':') => refused(errors::html_unauthorized()),
        Header::Basic(user, secret) if is_account(site, user, secret, Some(&site.token)) => {
            if site.behaviour.scoped_token {
                return refused(errors::html_unauthorized());
            }
            let has_key = request.admin_key && site.admin_key.is_some_and(|expires| now < expires);
            (true, Ok(if has_key { Viewer::Administrator } else { Viewer::Account }))
        }
        Header::Basic(user, secret) if is_account(site, user, secret, scoped_token(site)) => {
            refused(errors::html_unauthorized())
        }
        Header::Basic(user, secret) if is_account(site, user, secret, password(site)) => {
            refused(errors::password_deprecated())
        }
        _ if site.behaviour.anonymous_access => (false, Ok(Viewer::Anonymous)),
        Header::Bearer(_) => refused(errors::v1_rejected()),
        _ if request.path.starts_with("/wiki/api/v2/") => refused(errors::v2_rejected()),
        _ => refused(errors::v1_rejected()),
    }
}

fn scoped_token(site: &Site) -> Option<&str> {
    site.credentials.scoped_token.as_ref().map(|scoped| scoped.token.as_str())
}

fn password(site: &Site) -> Option<&str> {
    site.credentials.password.as_ref().map(|login| login.password.as_str())
}
