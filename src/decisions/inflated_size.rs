//! Size of the parts of a zip container without compression: a small file can contain more than fits into memory.

use std::io::{self, Read};

use flate2::read::DeflateDecoder;

/// Begin of the record at the end of a container, and its smallest size.
const END: [u8; 4] = *b"PK\x05\x06";
const END_SIZE: usize = 22;
/// Begin of an entry of the directory, and its smallest size.
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const ENTRY_SIZE: usize = 46;
/// Size of the header before a part.
const LOCAL_SIZE: usize = 30;
const DEFLATED: usize = 8;

/// Returns whether the bytes are a container whose parts have at most `limit` bytes together. Inflates every part.
pub(super) fn is_small(container: &[u8], limit: u64) -> bool {
    inflated_size(container, limit).is_some_and(|size| size <= limit)
}

/// Returns the size of all parts, or at least one more than `limit`; `None` if it is not a container.
fn inflated_size(container: &[u8], limit: u64) -> Option<u64> {
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let field = container.get(at..at.checked_add(bytes)?)?;
        Some(field.iter().rev().fold(0, |number, byte| (number << 8) | usize::from(*byte)))
    };
    let end = container.windows(END.len()).rposition(|window| window == END)?;
    container.get(end..end + END_SIZE)?;
    let mut at = number(end + 16, 4)?;
    let mut total = 0;
    for _ in 0..number(end + 10, 2)? {
        if container.get(at..at + ENTRY.len())? != ENTRY {
            return None;
        }
        let (method, length, local) = (number(at + 10, 2)?, number(at + 20, 4)?, number(at + 42, 4)?);
        let begin = local + LOCAL_SIZE + number(local + 26, 2)? + number(local + 28, 2)?;
        let part = container.get(begin..begin.checked_add(length)?)?;
        total += if method == DEFLATED { inflated(part, limit)? } else { part.len() as u64 };
        if total > limit {
            break;
        }
        at += ENTRY_SIZE + number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?;
    }
    Some(total)
}

/// Returns the size of a deflated part, or one more than `limit`.
fn inflated(part: &[u8], limit: u64) -> Option<u64> {
    io::copy(&mut DeflateDecoder::new(part).take(limit + 1), &mut io::sink()).ok()
}
