//! Ctrl-C, SIGTERM, and SIGHUP when the terminal is closed: the first stops new requests, so that what was read can still be written and marked; the second
//! ends the program at once, and the unfinished folder keeps its `.partial` name (F-78).

use std::sync::{Arc, OnceLock};

use crate::error::{ExitStatus, Failure};
use crate::progress::Progress;
use confluence_client::Api;

/// Which signal came, if any.
#[derive(Debug, Clone, Default)]
pub(super) struct Signals {
    received: Arc<OnceLock<ExitStatus>>,
}

impl Signals {
    /// Listens from here on, until the program ends.
    pub(super) fn watch(api: Arc<Api>, progress: Progress) -> Self {
        let signals = Self::default();
        let received = Arc::clone(&signals.received);
        let mut listener = Listener::new();
        tokio::spawn(async move {
            // nobody else sets it
            let _ = received.set(listener.next().await);
            progress.warn("interrupted: writing what was read, marked incomplete; once more ends at once");
            api.client().interrupt();
            let second = listener.next().await;
            std::process::exit(i32::from(second.code()));
        });
        signals
    }

    /// The exit status of a run whose parts ended like this. A part knows that it was interrupted, but not by which
    /// signal; and one that had ended before says nothing of a signal.
    pub(super) fn decide(&self, parts: impl IntoIterator<Item = ExitStatus>) -> ExitStatus {
        let received = self.received.get().copied();
        let by_signal = |status| match status {
            ExitStatus::Interrupted => received.unwrap_or(status),
            other => other,
        };
        ExitStatus::decide(parts.into_iter().map(by_signal).chain(received))
    }

    /// A failure of a run, which is the signal's where one came.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        Failure { status: self.received.get().copied().unwrap_or(failure.status), ..failure }
    }
}

/// All signals, listened for without a break: one that came between two listeners would be lost.
#[cfg(unix)]
struct Listener {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Listener {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // what cannot be listened for ends the program as usual
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

/// Whether the run is to outlive its terminal, as under `nohup`: to listen for the signal would undo that. Where the
/// system does not tell, a run whose messages do not go to a terminal loses nothing with one.
#[cfg(unix)]
fn is_hang_up_ignored() -> bool {
    match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => is_first_signal_ignored(&status),
        Err(_) => !std::io::IsTerminal::is_terminal(&std::io::stderr()),
    }
}

/// What `proc_pid_status(5)` says of signal 1, which is SIGHUP: the lowest bit of `SigIgn`.
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
struct Listener(Option<tokio::signal::windows::CtrlC>);

#[cfg(not(unix))]
impl Listener {
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
        let none = Signals::default();
        assert_eq!(none.decide([Complete, Incomplete]), Incomplete);
        let term = Signals::default();
        term.received.set(Terminated).unwrap();
        assert_eq!(term.decide([Complete]), Terminated, "what was whole may be so no more");
        assert_eq!(term.decide([Incomplete, Interrupted]), Terminated);
        assert_eq!(term.explain(Failure::new(Storage, "x")).status, Terminated);
        let hang_up = Signals::default();
        hang_up.received.set(ExitStatus::HungUp).unwrap();
        assert_eq!(hang_up.decide([Interrupted]), ExitStatus::HungUp);
        let int = Signals::default();
        int.received.set(Interrupted).unwrap();
        assert_eq!(int.decide([Interrupted]), Interrupted);
    }
    #[cfg(unix)]
    #[test]
    fn whether_the_run_outlives_its_terminal_is_told_by_the_system() {
        assert!(is_first_signal_ignored("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"));
        assert!(!is_first_signal_ignored("SigBlk:\t0000000000000001\nSigIgn:\t0000000000001000\n"));
        assert!(!is_first_signal_ignored(""));
    }
}
