//! The program: reads the command line, starts the log and the runtime, and ends with the status of the run.
//! Everything else is in the library.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use confluence_storage_analyzer::cli::Cli;
use confluence_storage_analyzer::error::{ExitStatus, Failure, Outcome, OutputFormat, guarded};
use confluence_storage_analyzer::progress::{Mode, Progress};

fn main() -> ExitCode {
    let cli = match Cli::from_arguments(std::env::args_os()) {
        Ok(cli) => cli,
        Err(answer) => {
            // help for a closed pipe is nobody's loss
            let _ = answer.print();
            return ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(ExitStatus::Usage.code()));
        }
    };
    let progress = Progress::for_terminal(Mode::detect(cli.terminal.quiet, cli.terminal.color.forced()));
    progress.start_log(cli.terminal.verbose);
    let panic_progress = progress.clone();
    std::panic::set_hook(Box::new(move |panic| panic_progress.error(format!("internal error: {panic}"))));

    let format = if cli.terminal.json { OutputFormat::Json } else { OutputFormat::Text };
    let result = guarded(|| run(&cli, format, &progress));
    progress.finish();
    let outcome = result.unwrap_or_else(|failure| {
        progress.error(&failure);
        failure.outcome(format)
    });
    ExitStatus::decide([outcome.status, print(&outcome.stdout, &progress)]).into()
}

fn run(cli: &Cli, format: OutputFormat, progress: &Progress) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::new(ExitStatus::Internal, "the async runtime cannot be started").because(error.to_string())
    })?;
    runtime.block_on(confluence_storage_analyzer::run(cli, format, progress))
}

/// Prints the data. A reader that has gone away is no failure: the report is written.
fn print(data: &[u8], progress: &Progress) -> ExitStatus {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(data).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            progress.error(format!("standard output cannot be written: {error}"));
            ExitStatus::Storage
        }
        _ => ExitStatus::Complete,
    }
}
