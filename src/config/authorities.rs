//! Checks the certificate authorities that the environment names.
//!
//! The TLS library ignores files that it cannot read, and would then trust no certificate, or not the intended ones. So
//! they are checked here first.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Failure;

/// Names a PEM file with certificates.
const FILE: &str = "SSL_CERT_FILE";
/// Names folders with such files.
const FOLDERS: &str = "SSL_CERT_DIR";

/// Refuses a file without a readable certificate, and folders that cannot be read.
pub(super) fn check(variables: &BTreeMap<String, String>) -> Result<(), Failure> {
    let set = |name: &str| variables.get(name).filter(|value| !value.is_empty());
    if let Some(path) = set(FILE)
        && let Err(problem) = check_file(Path::new(path))
    {
        return Err(failure(FILE, path, &problem));
    }
    let folders: Vec<&str> = set(FOLDERS).map(|paths| paths.split(':').collect()).unwrap_or_default();
    let problems = folders.iter().map(|path| fs::read_dir(path).err().map(|error| (path, error.to_string())));
    // one readable folder is enough, and so is the file
    match problems.collect::<Option<Vec<_>>>().and_then(|problems| problems.into_iter().next()) {
        Some((path, problem)) if set(FILE).is_none() => Err(failure(FOLDERS, path, &problem)),
        _ => Ok(()),
    }
}

fn failure(name: &str, path: &str, problem: &str) -> Failure {
    Failure::usage(format!("cannot use the certificates of the environment variable {name}"))
        .because(format!("{path}: {problem}"))
        .remedy(format!("set {name} to a PEM file with the certificates of the authorities, or unset it"))
}

fn check_file(path: &Path) -> Result<(), String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&bytes);
    let mut blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1).peekable();
    if blocks.peek().is_none() {
        return Err("it contains no certificate in PEM format".to_owned());
    }
    for (number, block) in (1..).zip(blocks) {
        let body = block.split_once("-----END CERTIFICATE-----").map(|(body, _)| body);
        let body: Option<String> = body.map(|body| body.split_whitespace().collect());
        // every certificate is a DER sequence
        let is_valid = body.and_then(|body| STANDARD.decode(body).ok()).is_some_and(|der| der.first() == Some(&0x30));
        if !is_valid {
            return Err(format!("certificate {number} in it is damaged"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn checked(content: &[u8]) -> Result<(), Failure> {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ca.pem");
        fs::write(&path, content).unwrap();
        check(&BTreeMap::from([(FILE.to_owned(), path.to_string_lossy().into_owned())]))
    }

    #[test]
    fn a_file_without_valid_certificates_is_refused_with_its_path_f_31() {
        let valid = "-----BEGIN CERTIFICATE-----\nMAMC\nAQE=\n-----END CERTIFICATE-----\n";
        assert_eq!(checked(valid.as_bytes()), Ok(()));
        assert_eq!(checked(format!("# company\r\n{valid}{valid}").as_bytes()), Ok(()));
        for (content, problem) in [
            (b"".to_vec(), "no certificate in PEM format"),
            (vec![0x30, 0x82, 0x01, 0xff], "no certificate in PEM format"),
            (valid[..40].into(), "certificate 1 in it is damaged"),
            (format!("{valid}{}", valid.replace("MAMC", "****")).into(), "certificate 2 in it is damaged"),
            (valid.replace("MAMC", "AAAA").into(), "certificate 1 in it is damaged"),
        ] {
            let failure = checked(&content).unwrap_err();
            assert!(failure.what.contains(FILE), "{failure}");
            let why = failure.why.as_deref().unwrap();
            assert!(why.contains("ca.pem") && why.contains(problem), "{why}");
        }
    }

    #[test]
    fn a_missing_file_or_folder_is_refused_with_its_path_f_31() {
        for name in [FILE, FOLDERS] {
            let failure = check(&BTreeMap::from([(name.to_owned(), "/nowhere/ca".to_owned())])).unwrap_err();
            assert!(failure.what.contains(name) && failure.to_string().contains("/nowhere/ca: "), "{failure}");
            assert_eq!(check(&BTreeMap::from([(name.to_owned(), String::new())])), Ok(()));
        }
    }
}
