//! What determines which part of a site a run can see.
//!
//! Results of two runs can be compared only if both could see the same. Everything that is kept between runs is
//! therefore kept by the same key: the cache, the counts of the last complete run, and the weeks of the history.

use serde::{Deserialize, Serialize};

use super::site::AccountId;
use confluence_client::Api;

/// The site, and what determines which part of it a run can see. Two runs with equal values can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visibility {
    /// Base URL of the site in a browser.
    pub site: String,
    pub account: AccountId,
    /// Whether the run used an administrator's key, which shows restricted content.
    #[serde(default)]
    pub admin_key: bool,
    /// The scopes that the token lacks, as far as the run needed them; sorted.
    #[serde(default)]
    pub missing_scopes: Vec<String>,
}

impl Visibility {
    /// What an account can see without an administrator's key, with a token that lacks no scope.
    pub fn of_account(site: &str, account: &AccountId) -> Self {
        Self { site: site.to_owned(), account: account.clone(), admin_key: false, missing_scopes: Vec::new() }
    }

    /// What could be seen through this API so far. A missing scope is known once a request needed it.
    pub(crate) fn through(api: &Api, account: &AccountId) -> Self {
        let of_account = Self::of_account(api.address().base_url(), account);
        of_account
            .with_admin_key(api.uses_admin_key())
            .without_scopes(api.client().missing_scopes().into_iter().map(str::to_owned))
    }

    #[must_use]
    pub fn with_admin_key(self, admin_key: bool) -> Self {
        Self { admin_key, ..self }
    }

    #[must_use]
    pub fn without_scopes(self, missing: impl IntoIterator<Item = String>) -> Self {
        let mut missing_scopes: Vec<String> = missing.into_iter().collect();
        missing_scopes.sort_unstable();
        missing_scopes.dedup();
        Self { missing_scopes, ..self }
    }

    /// Returns what this run and an earlier one of the same week both could see.
    #[must_use]
    pub fn and(self, before: Option<&Self>) -> Self {
        let (key_before, lacking) = before.map_or((false, &[][..]), |seen| (seen.admin_key, &seen.missing_scopes));
        let missing: Vec<String> = self.missing_scopes.iter().chain(lacking).cloned().collect();
        let admin_key = self.admin_key && key_before;
        self.with_admin_key(admin_key).without_scopes(missing)
    }

    /// Returns the text that distinguishes it from others of the same site. The account alone is the key of a run
    /// without further conditions, as in earlier versions.
    pub fn key(&self) -> String {
        self.conditions().into_iter().fold(self.account.to_string(), |key, condition| format!("{key}\n{condition}"))
    }

    /// Returns what a run could see beyond what its account sees, and what it could not.
    pub fn conditions(&self) -> Vec<String> {
        let key = self.admin_key.then(|| "admin key".to_owned());
        let scopes = self.missing_scopes.iter().map(|scope| format!("without {scope}"));
        key.into_iter().chain(scopes).collect()
    }

    /// Returns what distinguishes this run from the other, in words for people; empty if they can be compared.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        if self.site != other.site {
            differences.push(format!("the site is {}, not {}", self.site, other.site));
        }
        if self.account != other.account {
            differences.push(format!("the account is {}, not {}", self.account, other.account));
        }
        match (self.admin_key, other.admin_key) {
            (true, false) => differences.push("it uses the admin key".to_owned()),
            (false, true) => differences.push("it does not use the admin key".to_owned()),
            _ => {}
        }
        let lacks = |one: &Self, two: &Self| -> Vec<String> {
            let scopes = one.missing_scopes.iter().filter(|scope| !two.missing_scopes.contains(scope));
            scopes.cloned().collect()
        };
        let (now, then) = (lacks(self, other), lacks(other, self));
        if !now.is_empty() {
            differences.push(format!("its token lacks {}", now.join(" and ")));
        }
        if !then.is_empty() {
            differences.push(format!("its token has {}", then.join(" and ")));
        }
        differences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://acme.atlassian.net/wiki";

    fn of(account: &str) -> Visibility {
        Visibility::of_account(SITE, &AccountId::new(account))
    }

    #[test]
    fn a_run_without_conditions_has_the_key_of_earlier_versions() {
        assert_eq!(of("5b10").key(), "5b10");
    }

    #[test]
    fn every_condition_changes_the_key_and_the_comparison() {
        let scopes = |scopes: &[&str]| of("a").without_scopes(scopes.iter().map(|scope| (*scope).to_owned()));
        let all = [
            of("a"),
            of("b"),
            of("a").with_admin_key(true),
            scopes(&["read:label:confluence"]),
            scopes(&["read:label:confluence", "read:task:confluence"]),
            scopes(&["read:label:confluence"]).with_admin_key(true),
        ];
        for (at, one) in all.iter().enumerate() {
            for (other_at, other) in all.iter().enumerate() {
                let same = at == other_at;
                assert_eq!(one == other, same);
                assert_eq!(one.key() == other.key(), same, "{one:?} {other:?}");
                assert_eq!(one.differences(other).is_empty(), same, "{one:?} {other:?}");
            }
        }
        let twice = scopes(&["read:task:confluence", "read:label:confluence", "read:task:confluence"]);
        assert_eq!(twice, all[4], "order and repetition do not matter");
    }

    #[test]
    fn two_runs_of_a_week_see_together_what_both_see() {
        let lacking = |scope: &str| of("a").without_scopes([scope.to_owned()]);
        let keyed = || of("a").with_admin_key(true);
        assert_eq!(keyed().and(Some(&keyed())), keyed());
        assert_eq!(keyed().and(Some(&of("a"))), of("a"), "restricted pages are missing in the rows of one run");
        assert_eq!(keyed().and(None), of("a"), "an earlier version");
        let both = ["one".to_owned(), "two".to_owned()];
        assert_eq!(lacking("one").and(Some(&lacking("two"))), of("a").without_scopes(both));
    }

    #[test]
    fn differences_are_told_in_words() {
        let keyed = of("a").with_admin_key(true);
        assert_eq!(keyed.differences(&of("a")), ["it uses the admin key"]);
        assert_eq!(of("b").differences(&keyed), ["the account is b, not a", "it does not use the admin key"]);
        let lacking = of("a").without_scopes(["read:label:confluence".to_owned()]);
        assert_eq!(lacking.differences(&of("a")), ["its token lacks read:label:confluence"]);
        assert_eq!(of("a").differences(&lacking), ["its token has read:label:confluence"]);
    }

    #[test]
    fn files_of_earlier_versions_have_no_conditions() {
        let old: Visibility = serde_json::from_str(&format!(r#"{{"site": "{SITE}", "account": "a"}}"#)).unwrap();
        assert_eq!(old, of("a"));
    }
}
