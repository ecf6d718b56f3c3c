//! The pass over a body that is not well-formed: it reads anything, and keeps what it did not understand.

use std::ops::Range;

use crate::scanner::Scanner;
use crate::steps::Steps;
use crate::tokens::{Token, Tokens};

/// Feeds the whole body to the scanner and returns the residue: text, broken and doubtful tags and declarations behind
/// `fault`, without CDATA, comments, and the text of `code` and `pre` elements.
pub(crate) fn pass<'a>(body: &'a str, fault: usize, scanner: &mut Scanner<'a>, steps: &'a Steps) -> String {
    let mut residue = String::new();
    let mut keep = |place: Range<usize>| {
        // a token that straddles the fault is kept whole: cutting it could cut a name in two
        if place.end > fault {
            steps.copy(place.len());
            residue.push_str(&body[place]);
            // two kept pieces never make up one name
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
