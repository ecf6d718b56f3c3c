//! The fault matrix: every row is tested with a complete crawl of the loopback server, with the client against a raw
//! listener, or with the real program. Time is paused where the clock matters, so no test really waits.

mod access;
mod anonymous_404;
mod hidden_items;
mod http2;
mod limits;
mod paging;
mod process;
mod proxy;
mod refusals;
#[cfg(unix)]
mod terminal;
mod test_index;
mod tls;
mod transport;
mod unexpected_data;
mod unnumbered_rows;
mod versions;
