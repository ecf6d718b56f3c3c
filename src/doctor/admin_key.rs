//! Checks the administrator's key, which shows restricted content.

use super::{CheckResult, CheckState, ProbedSite};
use crate::error::ExitStatus;
use confluence_client::Deployment;

/// Reports whether the account has an administrator's key, and until when. With `--admin-key`, no run is possible without
/// one: then the exit status is that of the run.
pub(super) async fn check(site: &ProbedSite<'_>, findings: &mut Vec<CheckResult>) -> ExitStatus {
    let (finding, status) = key(site).await;
    let is_needed = site.api().uses_admin_key() && status != ExitStatus::Complete;
    findings.push(if is_needed {
        CheckResult { state: CheckState::Fatal, ..finding }.costs("no run with `--admin-key` is possible")
    } else {
        finding
    });
    if is_needed { status } else { ExitStatus::Complete }
}

/// Returns what is known about the key, and the exit status of a run that needs it.
async fn key(site: &ProbedSite<'_>) -> (CheckResult, ExitStatus) {
    let note = |found: String| CheckResult::new("admin key", CheckState::Note, found);
    let not_seen = "what only an administrator's key shows is not read";
    if site.api().deployment() != Deployment::Cloud {
        let found = "not available through the gateway: there, restricted pages would be missing without a word";
        return (note(found.to_owned()).costs(not_seen), ExitStatus::Usage);
    }
    match site.api().admin_key().await {
        Ok(Some(key)) => {
            let ends = key.expires_at.format("%H:%M UTC");
            (
                note(format!("enabled until {ends}: with `--admin-key`, a run reads restricted content")),
                ExitStatus::Complete,
            )
        }
        Ok(None) => {
            let finding = note("none is enabled for this account".to_owned()).costs(not_seen).remedy(
                "on Premium and Enterprise, a run with `--admin-key` prints the command with which an admin enables it",
            );
            (finding, ExitStatus::Authentication)
        }
        Err(error) => {
            let is_refused = error.is_denied() || error.is_auth_lost();
            let status = if is_refused { ExitStatus::Authentication } else { ExitStatus::Unreachable };
            (note(format!("not known: {error}")).costs(not_seen).remedy(error.remedy()), status)
        }
    }
}
