//! Handles Ctrl-C, SIGTERM, and SIGHUP when the terminal is closed.
//!
//! The first signal stops new requests; the run then writes what was read and marks it incomplete. The second signal
//! ends the program at once, and an unfinished folder keeps its `.partial` name (F-78).

use std::future::Future;
use std::sync::{Arc, OnceLock};

use tokio::sync::watch;

use crate::error::{ExitStatus, Failure};
use crate::progress::Progress;
use confluence_client::Api;

/// Which signal was received, if any.
#[derive(Debug, Clone)]
pub(super) struct SignalHandler {
    received: watch::Receiver<Option<ExitStatus>>,
    /// The client to interrupt, once there is one.
    api: Arc<OnceLock<Arc<Api>>>,
}

impl SignalHandler {
    /// Starts listening for signals, until the program ends.
    pub(super) fn watch(progress: Progress) -> Self {
        let (sender, received) = watch::channel(None);
        let handler = Self { received, api: Arc::default() };
        let api = Arc::clone(&handler.api);
        let mut listener = SignalListener::new();
        tokio::spawn(async move {
            // first: a part that this interrupts asks for the status
            sender.send_replace(Some(listener.next().await));
            if let Some(api) = api.get() {
                progress.warn("interrupted: writing what was read, marked incomplete; press Ctrl-C again to quit now");
                api.client().interrupt();
            }
            let second = listener.next().await;
            std::process::exit(i32::from(second.code()));
        });
        handler
    }

    /// Returns the output of `work`, or a failure as soon as a signal is received: nothing is lost yet.
    pub(super) async fn unless_received<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            status = self.wait() => Err(Failure::new(status, "interrupted before anything was read")),
            output = work => Ok(output),
        }
    }

    /// Waits for a signal.
    pub(super) async fn wait(&self) -> ExitStatus {
        let mut received = self.received.clone();
        match received.wait_for(Option::is_some).await.map(|status| *status) {
            Ok(Some(status)) => status,
            // nothing can be received any more
            _ => std::future::pending().await,
        }
    }

    /// Lets signals interrupt this client from now on.
    pub(super) fn interrupt(&self, api: &Arc<Api>) {
        let _ = self.api.set(Arc::clone(api));
        if self.received.borrow().is_some() {
            api.client().interrupt();
        }
    }

    /// Returns the exit status of a run whose parts ended with these statuses. A part knows that it was interrupted but
    /// not by which signal, and a part that ended before the signal does not know of it.
    pub(super) fn decide(&self, parts: impl IntoIterator<Item = ExitStatus>) -> ExitStatus {
        let received = *self.received.borrow();
        let by_signal = |status| match status {
            ExitStatus::Interrupted => received.unwrap_or(status),
            other => other,
        };
        ExitStatus::decide(parts.into_iter().map(by_signal).chain(received))
    }

    /// Replaces the status of a failure by that of the signal, if one was received.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        Failure { status: self.received.borrow().unwrap_or(failure.status), ..failure }
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

    fn after(signal: Option<ExitStatus>) -> SignalHandler {
        SignalHandler { received: watch::channel(signal).1, api: Arc::default() }
    }

    #[test]
    fn an_interrupted_part_ends_with_the_status_of_the_signal_that_came() {
        use ExitStatus::{Complete, Incomplete, Interrupted, Storage, Terminated};
        assert_eq!(after(None).decide([Complete, Incomplete]), Incomplete);
        let term = after(Some(Terminated));
        assert_eq!(term.decide([Complete]), Terminated, "a complete part may be outdated by the signal");
        assert_eq!(term.decide([Incomplete, Interrupted]), Terminated);
        assert_eq!(term.explain(Failure::new(Storage, "x")).status, Terminated);
        assert_eq!(after(Some(ExitStatus::HungUp)).decide([Interrupted]), ExitStatus::HungUp);
        assert_eq!(after(Some(Interrupted)).decide([Interrupted]), Interrupted);
    }

    #[tokio::test]
    async fn a_signal_ends_work_that_has_nothing_to_lose() {
        assert_eq!(after(None).unless_received(async { 7 }).await, Ok(7));
        let interrupted = after(Some(ExitStatus::Terminated)).unless_received(std::future::pending::<()>()).await;
        assert_eq!(interrupted.unwrap_err().status, ExitStatus::Terminated);
    }

    #[cfg(unix)]
    #[test]
    fn an_ignored_hang_up_signal_is_recognised() {
        assert!(is_first_signal_ignored("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"));
        assert!(!is_first_signal_ignored("SigBlk:\t0000000000000001\nSigIgn:\t0000000000001000\n"));
        assert!(!is_first_signal_ignored(""));
    }
}
