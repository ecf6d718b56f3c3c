//! Handles Ctrl-C, SIGTERM, and SIGHUP when the terminal is closed.
//!
//! The first signal stops new requests; the run then writes what was read and marks it incomplete. The second signal
//! ends the program at once, and an unfinished folder keeps its `.partial` name (F-78).

use std::sync::{Arc, OnceLock};

use crate::error::{ExitStatus, Failure};
use crate::progress::Progress;
use confluence_client::Api;

/// Which signal was received, if any.
#[derive(Debug, Clone, Default)]
pub(super) struct SignalHandler {
    received: Arc<OnceLock<ExitStatus>>,
}

impl SignalHandler {
    /// Starts listening for signals, until the program ends.
    pub(super) fn watch(api: Arc<Api>, progress: Progress) -> Self {
        let signals = Self::default();
        let received = Arc::clone(&signals.received);
        let mut listener = SignalListener::new();
        tokio::spawn(async move {
            // set only here, so this cannot fail
            let _ = received.set(listener.next().await);
            progress.warn("interrupted: writing what was read, marked incomplete; press Ctrl-C again to quit now");
            api.client().interrupt();
            let second = listener.next().await;
            std::process::exit(i32::from(second.code()));
        });
        signals
    }

    /// Returns the exit status of a run whose parts ended with these statuses. A part knows that it was interrupted but
    /// not by which signal, and a part that ended before the signal does not know of it.
    pub(super) fn decide(&self, parts: impl IntoIterator<Item = ExitStatus>) -> ExitStatus {
        let received = self.received.get().copied();
        let by_signal = |status| match status {
            ExitStatus::Interrupted => received.unwrap_or(status),
            other => other,
        };
        ExitStatus::decide(parts.into_iter().map(by_signal).chain(received))
    }

    /// Replaces the status of a failure by that of the signal, if one was received.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        Failure { status: self.received.get().copied().unwrap_or(failure.status), ..failure }
    }
}

/// Listens for all signals continuously: one that came between two listeners would be lost.
#[cfg(unix)]
struct SignalListener {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl SignalListener {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // a signal without a listener keeps its default action: it ends the program
        let hang_up = if is_hang_up_ignored() { None } else { signal(SignalKind::hangup()).ok() };
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
            hang_up,
        }
    }

    async fn next(&mut self) -> ExitStatus {
        tokio::select! {
            () = received(self.interrupt.as_mut()) => ExitStatus::Interrupted,
            () = received(self.terminate.as_mut()) => ExitStatus::Terminated,
            () = received(self.hang_up.as_mut()) => ExitStatus::HungUp,
        }
    }
}

/// Returns whether SIGHUP is ignored, as under `nohup`: a listener would undo that. If the system does not say, a run
/// is assumed to ignore it unless standard error is a terminal.
#[cfg(unix)]
fn is_hang_up_ignored() -> bool {
    match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => is_first_signal_ignored(&status),
        Err(_) => !std::io::IsTerminal::is_terminal(&std::io::stderr()),
    }
}

/// Returns whether signal 1 (SIGHUP), the lowest bit of `SigIgn` in `proc_pid_status(5)`, is ignored.
#[cfg(unix)]
fn is_first_signal_ignored(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_some_and(|mask| mask.trim_end().ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']))
}

#[cfg(unix)]
async fn received(signal: Option<&mut tokio::signal::unix::Signal>) {
    let received = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if received.is_none() {
        std::future::pending::<()>().await;
    }
}

#[cfg(not(unix))]
struct SignalListener(Option<tokio::signal::windows::CtrlC>);

#[cfg(not(unix))]
impl SignalListener {
    fn new() -> Self {
        Self(tokio::signal::windows::ctrl_c().ok())
    }

    async fn next(&mut self) -> ExitStatus {
        let received = match &mut self.0 {
            Some(signal) => signal.recv().await,
            None => None,
        };
        if received.is_none() {
            std::future::pending::<()>().await;
        }
        ExitStatus::Interrupted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_part_ends_with_the_status_of_the_signal_that_came() {
        use ExitStatus::{Complete, Incomplete, Interrupted, Storage, Terminated};
        let none = SignalHandler::default();
        assert_eq!(none.decide([Complete, Incomplete]), Incomplete);
        let term = SignalHandler::default();
        term.received.set(Terminated).unwrap();
        assert_eq!(term.decide([Complete]), Terminated, "a complete part may be outdated by the signal");
        assert_eq!(term.decide([Incomplete, Interrupted]), Terminated);
        assert_eq!(term.explain(Failure::new(Storage, "x")).status, Terminated);
        let hang_up = SignalHandler::default();
        hang_up.received.set(ExitStatus::HungUp).unwrap();
        assert_eq!(hang_up.decide([Interrupted]), ExitStatus::HungUp);
        let int = SignalHandler::default();
        int.received.set(Interrupted).unwrap();
        assert_eq!(int.decide([Interrupted]), Interrupted);
    }

    #[cfg(unix)]
    #[test]
    fn an_ignored_hang_up_signal_is_recognised() {
        assert!(is_first_signal_ignored("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"));
        assert!(!is_first_signal_ignored("SigBlk:\t0000000000000001\nSigIgn:\t0000000000001000\n"));
        assert!(!is_first_signal_ignored(""));
    }
}
