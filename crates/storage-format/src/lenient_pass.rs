//! Lenient pass over a body that is not well-formed: accepts any text and keeps what it cannot parse.

use std::ops::Range;

use crate::scanner::Scanner;
use crate::steps::Steps;
use crate::tokenizer::{Token, Tokens};

/// Feeds the entire body to the scanner and returns the residue: text, broken or doubtful tags, and declarations after
/// `fault`. CDATA, comments, and the text of `code` and `pre` elements are left out.
pub(crate) fn pass<'a>(body: &'a str, fault: usize, scanner: &mut Scanner<'a>, steps: &'a Steps) -> String {
    let mut residue = String::new();
    let mut keep = |place: Range<usize>| {
        // a token that spans the fault is kept entirely: splitting it could split a name
        if place.end > fault {
            steps.count_copy(place.len());
            residue.push_str(&body[place]);
            // the line feed keeps two adjacent pieces from forming a name
            residue.push('\n');
        }
    };
    let mut code_depth = 0usize;
    for (place, token) in Tokens::new(body, steps) {
        match token {
            Token::Text(text) => {
                scanner.text(text);
                if code_depth == 0 {
                    keep(place);
                }
            }
            Token::Open { name, attributes, closed } => {
                let understood = scanner.open(name, attributes) && attributes.are_well_formed();
                if closed {
                    scanner.close(name);
                } else if is_code(name) {
                    code_depth += 1;
                }
                if !understood {
                    scanner.damage();
                    keep(place);
                }
            }
            Token::Close(name) => {
                scanner.close(name);
                if is_code(name) {
                    code_depth = code_depth.saturating_sub(1);
                }
            }
            Token::CData(text) => scanner.cdata(text),
            Token::Broken => {
                scanner.damage();
                keep(place);
            }
            Token::Skipped => {}
        }
    }
    residue
}

fn is_code(name: &str) -> bool {
    name.eq_ignore_ascii_case("code") || name.eq_ignore_ascii_case("pre")
}
