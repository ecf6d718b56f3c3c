//! Files that an address names, by its path or its query, on the site or on an unknown host.

use std::borrow::Cow;

use super::file_address_forms::{self, is_file_form};
use super::{OwnSite, UrlMeaning, has_scheme, query_files, split_absolute};
use crate::reference::{Certainty, Target};

impl OwnSite {
    /// Whether `url` is absolute, and is on a host of the site or has the form of a Confluence file.
    pub(crate) fn is_complete_address(&self, url: &str) -> bool {
        split_absolute(url).is_some_and(|(host, rest)| self.hosts.contains(&host) || is_file_form(rest))
    }

    /// Returns the files that `url` names, each with the certainty of that form of address; empty if it names anything
    /// else.
    pub(crate) fn files(&self, url: &str) -> Vec<(Target, Certainty)> {
        self.files_within(url, 0)
    }

    /// `depth` is the number of addresses that contain this one in a parameter.
    pub(super) fn files_within(&self, url: &str, depth: usize) -> Vec<(Target, Certainty)> {
        match self.meaning(url) {
            Some(UrlMeaning::Files(files)) => files,
            _ => self.files_by_query(&with_slashes(url.trim()), depth),
        }
    }

    /// Returns the files that an address names by its query, or on an unknown host.
    fn files_by_query(&self, url: &str, depth: usize) -> Vec<(Target, Certainty)> {
        let (host, rest) = match split_absolute(url) {
            Some((host, rest)) => (Some(host), rest),
            None if has_scheme(url) => return Vec::new(),
            None => (None, url),
        };
        let is_own = |host: &String| self.hosts.contains(host);
        if let Some(host) = host.clone().filter(|host| !is_own(host)) {
            if host.is_empty() || !is_file_form(rest) {
                return Vec::new();
            }
            // what the same path would mean on this site, without the context path of the other host
            let here = file_address_forms::without_context(rest);
            let targets: Vec<Target> = self.files_within(&here, depth).into_iter().map(|(target, _)| target).collect();
            let target = (!targets.is_empty()).then_some(Target::OnUnknownHost { host, targets });
            return target.into_iter().map(|target| (target, Certainty::Possible)).collect();
        }
        let local = rest.split('#').next().unwrap_or_default();
        let Some((path, query)) = local.split_once('?') else { return Vec::new() };
        let targets = query_files::files(self, &self.segments(path), query, depth);
        if host.is_some_and(|host| self.former.contains(&host)) {
            let UrlMeaning::Files(targets) = UrlMeaning::Files(targets).of_former_host() else { return Vec::new() };
            return targets;
        }
        targets
    }
}

/// Replaces backslashes before the query by slashes, like browsers do.
pub(super) fn with_slashes(url: &str) -> Cow<'_, str> {
    let end = memchr::memchr2(b'?', b'#', url.as_bytes()).unwrap_or(url.len());
    match memchr::memchr(b'\\', &url.as_bytes()[..end]) {
        Some(_) => Cow::Owned(url[..end].replace('\\', "/") + &url[end..]),
        None => Cow::Borrowed(url),
    }
}
