//! Location of the cache: the platform's cache folder, with a folder for each site and account.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::CacheError;
use crate::support::checksum::sha256;
use crate::support::private_files;

/// Name of the program's folder in the platform's cache folder.
const FOLDER: &str = "confluence-storage-analyzer";

/// Returns the program's cache folder by the convention of `system` (a value of `std::env::consts::OS`):
/// `XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows. `None` if the environment
/// has no absolute path for it.
pub fn default_root(system: &str, variables: &BTreeMap<String, String>) -> Option<PathBuf> {
    // a relative path would be another folder in every working directory
    let absolute = |name: &str| variables.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || absolute("HOME");
    match system {
        "windows" => absolute("LOCALAPPDATA").map(|path| path.join(FOLDER).join("cache")),
        "macos" => home().map(|path| path.join("Library").join("Caches").join(FOLDER)),
        _ => {
            absolute("XDG_CACHE_HOME").or_else(|| home().map(|path| path.join(".cache"))).map(|path| path.join(FOLDER))
        }
    }
}

/// Returns the owner of a cache: a checksum of the site and its key. E-mail addresses, the keys of earlier versions, are
/// not case-sensitive.
pub(super) fn owner(base_url: &str, key: &str) -> String {
    sha256(format!("{base_url}\n{}", key.to_lowercase()))
}

/// Returns the folder name of a site and an account: the host, which people recognise, and a part of the checksum,
/// which distinguishes accounts.
pub(super) fn folder_name(base_url: &str, owner: &str) -> String {
    let address = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host: String = address.chars().take_while(|c| *c != '/').take(60).collect();
    let host: String = host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("{host}-{}", &owner[..16])
}

/// Creates the folders, readable by their owner only, because the cache has names of files and people.
pub(super) fn create_owner_only_folders(root: &Path, folder: &Path) -> Result<(), CacheError> {
    create_root(root)?;
    Ok(private_files::own_folder(folder)?)
}

pub(super) fn create_root(root: &Path) -> Result<(), CacheError> {
    Ok(private_files::create_folders(root)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(system: &str, variables: &[(&str, &str)]) -> Option<String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        default_root(system, &variables).map(|path| path.to_string_lossy().into_owned())
    }

    #[cfg(unix)]
    #[test]
    fn every_system_has_its_own_location() {
        let home = ("HOME", "/home/ann");
        assert_eq!(root("linux", &[home]).unwrap(), "/home/ann/.cache/confluence-storage-analyzer");
        assert_eq!(
            root("linux", &[home, ("XDG_CACHE_HOME", "/var/cache/ann")]).unwrap(),
            "/var/cache/ann/confluence-storage-analyzer"
        );
        assert_eq!(
            root("linux", &[home, ("XDG_CACHE_HOME", "cache")]).unwrap(),
            "/home/ann/.cache/confluence-storage-analyzer"
        );
        assert_eq!(root("macos", &[home]).unwrap(), "/home/ann/Library/Caches/confluence-storage-analyzer");
        assert_eq!(root("linux", &[]), None);
        assert_eq!(root("windows", &[home]), None);
    }

    #[test]
    fn each_site_and_account_has_its_own_folder() {
        let name = |base: &str, user: &str| folder_name(base, &owner(base, user));
        let acme = name("https://acme.atlassian.net/wiki", "ann@acme.example");
        assert!(acme.starts_with("acme_atlassian_net-"), "{acme}");
        assert_eq!(acme, name("https://acme.atlassian.net/wiki", "Ann@ACME.example"));
        assert_ne!(acme, name("https://acme.atlassian.net/wiki", "bob@acme.example"));
        assert_ne!(acme, name("https://acme.atlassian.net:8443/wiki", "ann@acme.example"));
        let odd = name("https://../..\\x:1/wiki", "a");
        assert!(odd.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{odd}");
    }
}
