//! Content security policy of a page: allows only its own style and script, by hash.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest, Sha256};

/// Returns the policy for a page with this style and script. Data blocks need no hash: they are not executed.
pub(super) fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        source(script),
        source(style)
    )
}

/// Returns the hash source of a text.
fn source(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_nothing_but_the_hashes() {
        // the hash of the empty text, known from FIPS 180-2 test vectors
        let empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert_eq!(
            policy("", ""),
            format!(
                "default-src 'none'; script-src {empty}; style-src {empty}; img-src data:; base-uri 'none'; \
                 form-action 'none'"
            )
        );
    }
}
