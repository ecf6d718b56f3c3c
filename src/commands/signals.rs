//! Ctrl-C and SIGTERM: the first stops new requests, so that what was read can still be written and marked; the second
//! ends the program at once, and the unfinished folder keeps its `.partial` name (F-78).

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use crate::confluence::Cloud;
use crate::error::ExitStatus;
use crate::progress::Progress;

/// Which signal came, if any.
#[derive(Debug, Clone, Default)]
pub(super) struct Signals {
    status: Arc<OnceLock<ExitStatus>>,
}

impl Signals {
    /// Listens until the program ends.
    pub(super) fn watch(api: Arc<Cloud>, progress: Progress) -> Self {
        let signals = Self::default();
        let status = Arc::clone(&signals.status);
        tokio::spawn(async move {
            let seen = AtomicU8::new(0);
            loop {
                let signal = next_signal().await;
                if seen.fetch_add(1, Ordering::Relaxed) > 0 {
                    std::process::exit(i32::from(signal.code()));
                }
                let _ = status.set(signal);
                progress.warn("interrupted: writing what was read, marked incomplete; once more ends at once");
                api.client().interrupt();
            }
        });
        signals
    }

    /// The exit status of the signal that came.
    pub(super) fn received(&self) -> Option<ExitStatus> {
        self.status.get().copied()
    }
}

#[cfg(unix)]
async fn next_signal() -> ExitStatus {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => ExitStatus::Terminated,
            _ = tokio::signal::ctrl_c() => ExitStatus::Interrupted,
        },
        Err(_) => interrupt().await,
    }
}

#[cfg(not(unix))]
async fn next_signal() -> ExitStatus {
    interrupt().await
}

async fn interrupt() -> ExitStatus {
    // where Ctrl-C cannot be listened for, it ends the program as usual
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    ExitStatus::Interrupted
}
