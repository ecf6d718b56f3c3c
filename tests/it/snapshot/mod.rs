//! `snapshot` against a knowledge base whose every measure is known beforehand: the real command over real HTTP.
//!
//! The answers are written down by hand, page by page, in `answers/*.txt`; nothing of the program computes them. What `independent`
//! compares is computed, by other code.

mod admitted;
mod archived;
mod bench;
mod columns;
mod findings;
mod independent;
mod knowledge_base;
mod known;
mod links;
mod model;
mod planned;
mod posts;
mod scopes;
mod stops;
mod together;
mod weeks;
