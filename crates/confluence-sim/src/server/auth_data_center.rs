//! Credentials at a Data Center site.

use super::auth::{Header, Sessions};
use super::errors;
use super::indexed_site::Viewer;
use super::reply::Reply;
use super::request::Request;
use crate::site::{BasicAuth, Site};

/// Returns whether the credential is valid, and as whom the request is answered.
pub(crate) fn evaluate(
    site: &Site,
    context: &str,
    sessions: &mut Sessions,
    request: &Request,
    header: &Header<'_>,
) -> (bool, Result<Viewer, Reply>) {
    let behaviour = &site.behaviour;
    match header {
        Header::Bearer(token) if is_valid_token(site, sessions, token) => (true, Ok(Viewer::Account)),
        Header::Basic(..) | Header::MalformedBasic => match behaviour.basic_auth {
            BasicAuth::Disabled => (false, Err(errors::basic_disabled())),
            BasicAuth::LoginPage => (false, Err(errors::login_redirect(context, &request.path))),
            BasicAuth::Accepted => log_in(site, sessions, header),
        },
        Header::Missing | Header::Other if behaviour.anonymous_access => (false, Ok(Viewer::Anonymous)),
        Header::Missing | Header::Other if request.path.ends_with("/rest/api/user/current") => {
            (false, Err(errors::v1(403, "Not permitted to use confluence")))
        }
        Header::Bearer(_) | Header::Missing | Header::Other => (false, Err(errors::data_center_unauthorized())),
    }
}

fn is_valid_token(site: &Site, sessions: &mut Sessions, token: &str) -> bool {
    site.credentials.personal_access_token.as_deref() == Some(token) || sessions.tokens.use_once(token).is_some()
}

/// Checks user name and password. After too many failures, even the right password needs a captcha first.
fn log_in(site: &Site, sessions: &mut Sessions, header: &Header<'_>) -> (bool, Result<Viewer, Reply>) {
    if site.behaviour.captcha_after.is_some_and(|most| sessions.failed_logins >= most) {
        return (false, Err(errors::captcha()));
    }
    let is_right = match (header, &site.credentials.password) {
        (Header::Basic(user, password), Some(login)) => {
            user.eq_ignore_ascii_case(&login.user) && *password == login.password
        }
        _ => false,
    };
    if is_right {
        sessions.failed_logins = 0;
        return (true, Ok(Viewer::Account));
    }
    sessions.failed_logins += 1;
    if site.behaviour.failed_login_is_anonymous {
        (false, Ok(Viewer::Anonymous))
    } else {
        (false, Err(errors::failed_login()))
    }
}
