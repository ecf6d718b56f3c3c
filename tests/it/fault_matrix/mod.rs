//! The fault matrix: every row that applies is a test of a whole reading against the
//! loopback server, of the client against a raw listener, or of the program itself. Time is paused where the clock
//! matters, so no test waits for a real pause.

mod access;
mod further_rows;
mod hidden_items;
mod http2;
mod limits;
mod paging;
mod process;
mod proxy;
mod refusals;
mod shape;
mod table;
#[cfg(unix)]
mod terminal;
mod tls;
mod transport;
mod versions;
mod visitor;
