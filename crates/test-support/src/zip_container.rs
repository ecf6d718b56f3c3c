//! Reads the parts of a zip container, such as a workbook.

use std::io::Read;

use flate2::read::DeflateDecoder;

/// Returns a part of a container, uncompressed.
pub fn part(container: &[u8], name: &str) -> String {
    try_part(container, name).unwrap_or_else(|| panic!("the container has no part {name}"))
}

/// Returns a part of a container, uncompressed; `None` if there is none.
pub fn try_part(container: &[u8], name: &str) -> Option<String> {
    let number = |at: usize, bytes: usize| {
        container[at..at + bytes].iter().rev().fold(0_usize, |number, byte| (number << 8) | usize::from(*byte))
    };
    let end = container.windows(4).rposition(|window| window == b"PK\x05\x06").expect("a container");
    let mut entry = number(end + 16, 4);
    for _ in 0..number(end + 10, 2) {
        let (compressed, name_length) = (number(entry + 20, 4), number(entry + 28, 2));
        let rest = number(entry + 30, 2) + number(entry + 32, 2);
        if &container[entry + 46..entry + 46 + name_length] == name.as_bytes() {
            let local = number(entry + 42, 4);
            let begin = local + 30 + number(local + 26, 2) + number(local + 28, 2);
            let data = &container[begin..begin + compressed];
            let mut text = String::new();
            match number(entry + 10, 2) {
                0 => text.push_str(std::str::from_utf8(data).expect("UTF-8")),
                _ => {
                    DeflateDecoder::new(data).read_to_string(&mut text).expect("deflated UTF-8");
                }
            }
            return Some(text);
        }
        entry += 46 + name_length + rest;
    }
    None
}
