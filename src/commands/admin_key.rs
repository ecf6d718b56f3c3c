//! `--admin-key`: the administrator's key, which shows restricted content for up to an hour at a time.
//!
//! The program never enables, extends or ends a key, because that changes the site and is in its audit log. It sends the
//! header that uses the key, asks by GET how long the key is valid, and prints the command for what the administrator
//! has to do.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::error::{ExitStatus, Failure};
use crate::progress::Progress;
use crate::support::visible_text::Lines;
use confluence_client::{AdminKey, Api, RequestError};

/// How long before its end the key has to be extended.
const EXTEND_BEFORE: Duration = Duration::from_secs(5 * 60);
/// How often the key is checked: an administrator may end it at any time.
const CHECK_EVERY: Duration = Duration::from_secs(5 * 60);
/// How often it is checked once it has to be extended.
const CHECK_LAST: Duration = Duration::from_secs(30);
/// How long a key is enabled for: as long as Confluence allows.
const MINUTES: u32 = 60;

/// Commands for the administrator, ready to paste. curl asks for the token, so that it is in no command.
#[derive(Debug, Clone)]
pub struct KeyCommands {
    user: String,
    url: String,
}

impl KeyCommands {
    /// The commands for a site and the account that reads it.
    pub fn of(api: &Api, user: &str) -> Self {
        Self { user: quoted(user), url: quoted(&format!("{}/api/v2/admin-key", api.address().base_url())) }
    }

    /// Returns the command that enables the key, or extends it.
    pub fn enable(&self) -> String {
        let Self { user, url } = self;
        format!(
            "curl --user {user} --header 'Content-Type: application/json' \
             --data '{{\"durationInMinutes\": {MINUTES}}}' {url}"
        )
    }

    /// Returns the command that ends the key.
    pub fn end(&self) -> String {
        format!("curl --user {} --request DELETE {}", self.user, self.url)
    }
}

/// Quotes a text for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Returns a message followed by a command, in a line of its own that is not wrapped.
fn with_command(message: impl std::fmt::Display, command: &str) -> Lines {
    Lines::new(message).and(format_args!("    {command}"))
}

/// Returns when a key expires, for people.
fn time(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%S UTC").to_string()
}

/// Checks the key before and during a run.
pub struct AdminKeyWatch {
    api: Arc<Api>,
    commands: KeyCommands,
    progress: Progress,
    task: JoinHandle<()>,
}

impl std::fmt::Debug for AdminKeyWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AdminKeyWatch")
    }
}

impl Drop for AdminKeyWatch {
    /// Ends the checks, and prints the command that ends the key, however the run ended.
    fn drop(&mut self) {
        self.task.abort();
        if self.api.client().stopped() != Some(RequestError::AdminKeyEnded) {
            let message = "the run no longer needs the admin key. End it with this command; curl asks for a password, \
                           which is the API token:";
            self.progress.note(with_command(message, &self.commands.end()));
        }
    }
}

impl AdminKeyWatch {
    /// Begins to check the key; fails unless one is enabled. `clock` is the difference between the server's clock, which
    /// the key ends by, and the local one.
    pub async fn start(
        api: &Arc<Api>,
        commands: KeyCommands,
        clock: TimeDelta,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let key = match api.admin_key().await {
            Ok(Some(key)) => key,
            Ok(None) => return Err(not_enabled(&commands)),
            Err(error) => return Err(unknown(&error)),
        };
        let lasts = left(&key, clock);
        if lasts.is_zero() {
            return Err(not_enabled(&commands));
        }
        progress.note(format!("the admin key is enabled until {}: restricted content is read", time(key.expires_at)));
        let watched = WatchedKey { ends: Instant::now() + lasts, key, clock, is_warned: false };
        let (api, progress) = (Arc::clone(api), progress.clone());
        let task = tokio::spawn(watch(Arc::clone(&api), watched, commands.clone(), progress.clone()));
        Ok(Self { api, commands, progress, task })
    }
}

fn not_enabled(commands: &KeyCommands) -> Failure {
    Failure::new(ExitStatus::Authentication, "no admin key is enabled for this account")
        .because("an admin of a Premium or Enterprise site has to enable it; this program changes nothing on the site")
        .remedy("enable it with this command, then run again; curl asks for a password, which is the API token:")
        .command(commands.enable())
}

fn unknown(error: &RequestError) -> Failure {
    let status =
        if error.is_denied() || error.is_auth_lost() { ExitStatus::Authentication } else { ExitStatus::Unreachable };
    Failure::new(status, "it is not known whether an admin key is enabled")
        .because(error.to_string())
        .remedy(error.remedy())
}

/// Returns how long a key is valid by the server's clock.
fn left(key: &AdminKey, clock: TimeDelta) -> Duration {
    (key.expires_at - (Utc::now() + clock)).to_std().unwrap_or_default()
}

/// Returns whether a key was enabled only after the other had ended, for example while the computer slept. A key lasts an
/// hour at most.
fn began_after(key: &AdminKey, other: &AdminKey) -> bool {
    key.expires_at - TimeDelta::minutes(MINUTES.into()) > other.expires_at
}

/// A key with the time of its end on the clock that the checks wait by.
struct WatchedKey {
    key: AdminKey,
    ends: Instant,
    clock: TimeDelta,
    is_warned: bool,
}

impl WatchedKey {
    fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    fn next_check(&self) -> Duration {
        match self.left().checked_sub(EXTEND_BEFORE).filter(|wait| !wait.is_zero()) {
            Some(wait) => wait.min(CHECK_EVERY),
            None => self.left().min(CHECK_LAST),
        }
    }
}

/// Checks the key until it ends or the run does: asks the administrator in time to extend it, and stops the run when it
/// has ended.
async fn watch(api: Arc<Api>, mut watched: WatchedKey, commands: KeyCommands, progress: Progress) {
    loop {
        if watched.left() <= EXTEND_BEFORE && !watched.is_warned {
            watched.is_warned = true;
            let ends = time(watched.key.expires_at);
            let message = format!(
                "the admin key expires at {ends}, and the run then stops. Extend it with this command; curl asks for a \
                 password, which is the API token:"
            );
            progress.warn(with_command(message, &commands.enable()));
        }
        if api.client().pause(watched.next_check()).await.is_err() {
            return;
        }
        match api.admin_key().await {
            // what was read between two keys lacks restricted content
            Ok(Some(key)) if began_after(&key, &watched.key) => return api.client().stop(RequestError::AdminKeyEnded),
            Ok(Some(key)) if key != watched.key => {
                progress.note(format!("the admin key is now enabled until {}", time(key.expires_at)));
                let ends = Instant::now() + left(&key, watched.clock);
                watched = WatchedKey { key, ends, is_warned: false, ..watched };
            }
            // after an error, the next check may succeed; once the key has ended by the clock, nothing can be trusted
            Ok(Some(_)) | Err(_) if !watched.left().is_zero() => {}
            Ok(_) | Err(_) => return api.client().stop(RequestError::AdminKeyEnded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{PLAIN, new_progress};
    use confluence_client::{ConnectionSettings, Credentials, Timeouts};
    use confluence_sim::{DemoServer, Site};

    #[tokio::test(start_paused = true)]
    async fn the_command_that_extends_a_key_is_printed_once_and_five_minutes_before_it_expires() {
        let mut site = Site::new();
        site.admin_key = Some(Utc::now() + TimeDelta::minutes(30));
        let server = DemoServer::start(site).await.unwrap();
        let credentials = Credentials::basic(server.user(), server.token().into());
        let settings = ConnectionSettings::new(server.base_url(), credentials);
        let api =
            Arc::new(Api::new(ConnectionSettings { admin_key: true, timeouts: Timeouts::NONE, ..settings }).unwrap());
        let (commands, (progress, sink)) = (KeyCommands::of(&api, &server.user()), new_progress(PLAIN, Duration::MAX));
        let watch = AdminKeyWatch::start(&api, commands.clone(), TimeDelta::zero(), &progress).await.unwrap();
        let warning = "warning: the admin key expires at ";
        tokio::time::sleep(Duration::from_secs(24 * 60)).await;
        assert!(!sink.text().contains(warning), "{}", sink.text());
        tokio::time::sleep(Duration::from_secs(90)).await;
        let ends = time(server.site(|site| site.admin_key.unwrap()));
        let text = format!(
            "{warning}{ends}, and the run then stops. Extend it with this command; curl asks for a password, which is the \
             API token:\n    {}\n",
            commands.enable()
        );
        assert!(sink.text().ends_with(&text), "{}", sink.text());
        tokio::time::sleep(Duration::from_secs(3 * 60)).await;
        assert_eq!(sink.text().matches(warning).count(), 1, "{}", sink.text());
        drop(watch);
        assert!(sink.text().ends_with(&format!("\n    {}\n", commands.end())), "{}", sink.text());
        assert!(!sink.text().contains(&server.token()));
    }

    #[test]
    fn commands_are_ready_to_paste_and_contain_no_token() {
        let credentials = Credentials::basic("o'brien@acme.example", "secret".into());
        let api = Api::new(ConnectionSettings::new("https://acme.atlassian.net", credentials)).unwrap();
        let commands = KeyCommands::of(&api, "o'brien@acme.example");
        assert_eq!(
            commands.enable(),
            "curl --user 'o'\\''brien@acme.example' --header 'Content-Type: application/json' --data \
             '{\"durationInMinutes\": 60}' 'https://acme.atlassian.net/wiki/api/v2/admin-key'"
        );
        assert_eq!(
            commands.end(),
            "curl --user 'o'\\''brien@acme.example' --request DELETE \
             'https://acme.atlassian.net/wiki/api/v2/admin-key'"
        );
    }
}
