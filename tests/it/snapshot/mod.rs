//! `snapshot` against a knowledge base whose every measure is known beforehand: the real command over real HTTP.
//!
//! The answers are written down by hand, page by page, in `answers/*.txt`; nothing of the program computes them.

mod bench;
mod columns;
mod findings;
mod knowledge_base;
mod known;
mod model;
mod planned;
mod stops;
mod together;
mod weeks;
