//! Which spaces are reported: `--space` and `--exclude-space`.

use globset::{GlobBuilder, GlobMatcher};

use super::site::Space;

/// A choice of spaces that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// A pattern that is none.
    #[error("{pattern} is no space key and no pattern: {reason}")]
    Pattern {
        /// As given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Patterns of `--space` that no visible space matches.
    #[error("no visible space matches {}", patterns.join(", "))]
    Unknown {
        /// As given.
        patterns: Vec<String>,
    },
    /// Everything chosen was excluded again.
    #[error("no space is left to report: every chosen one is excluded")]
    Empty,
}

impl ScopeError {
    /// Whether other spaces could make the choice possible: no, where a pattern is none.
    pub fn is_of_the_spaces(&self) -> bool {
        match self {
            Self::Pattern { .. } => false,
            Self::Unknown { .. } | Self::Empty => true,
        }
    }
}

/// The keys to report, in the order of `spaces`; `None` reports all.
pub fn reported(spaces: &[Space], include: &[String], exclude: &[String]) -> Result<Option<Vec<String>>, ScopeError> {
    if include.is_empty() && exclude.is_empty() {
        return Ok(None);
    }
    let included = matchers(include)?;
    let excluded = matchers(exclude)?;
    let unknown: Vec<String> = without_match(spaces, include)?.into_iter().map(str::to_owned).collect();
    if !unknown.is_empty() {
        return Err(ScopeError::Unknown { patterns: unknown });
    }
    let any = |matchers: &[GlobMatcher], space: &Space| matchers.iter().any(|matcher| is_meant(matcher, space));
    let keys: Vec<String> = spaces
        .iter()
        .filter(|space| included.is_empty() || any(&included, space))
        .filter(|space| !any(&excluded, space))
        .map(|space| space.key.clone())
        .collect();
    if keys.is_empty() { Err(ScopeError::Empty) } else { Ok(Some(keys)) }
}

/// The patterns that match no space: most likely misspelt.
pub fn without_match<'a>(spaces: &[Space], patterns: &'a [String]) -> Result<Vec<&'a str>, ScopeError> {
    let matched = |matcher: &GlobMatcher| spaces.iter().any(|space| is_meant(matcher, space));
    let pairs = patterns.iter().zip(matchers(patterns)?);
    Ok(pairs.filter(|(_, matcher)| !matched(matcher)).map(|(pattern, _)| pattern.as_str()).collect())
}

/// A space may be meant by its key or by the alias that its addresses bear.
fn is_meant(matcher: &GlobMatcher, space: &Space) -> bool {
    std::iter::once(&space.key).chain(&space.alias).any(|key| matcher.is_match(key))
}

/// Keys differ in more than case, so case need not be typed.
fn matchers(patterns: &[String]) -> Result<Vec<GlobMatcher>, ScopeError> {
    patterns
        .iter()
        .map(|pattern| {
            GlobBuilder::new(pattern)
                .case_insensitive(true)
                .build()
                .map(|glob| glob.compile_matcher())
                .map_err(|error| ScopeError::Pattern { pattern: pattern.clone(), reason: error.kind().to_string() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{SpaceId, SpaceKind, SpaceStatus};

    fn spaces() -> Vec<Space> {
        ["DEV", "DEVOPS", "HR", "~557058:ab"]
            .into_iter()
            .map(|key| Space {
                id: SpaceId::new(key),
                key: key.into(),
                name: key.into(),
                kind: SpaceKind::Global,
                status: SpaceStatus::Current,
                alias: None,
                homepage: None,
                webui: None,
            })
            .collect()
    }

    fn chosen(include: &[&str], exclude: &[&str]) -> Result<Option<Vec<String>>, ScopeError> {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        reported(&spaces(), &owned(include), &owned(exclude))
    }

    #[test]
    fn an_alias_is_a_key() {
        let mut spaces = spaces();
        spaces[2].alias = Some("PEOPLE".to_owned());
        assert_eq!(reported(&spaces, &["people".to_owned()], &[]).unwrap().unwrap(), ["HR"]);
        assert_eq!(reported(&spaces, &[], &["PEOPLE".to_owned()]).unwrap().unwrap().len(), 3);
    }

    #[test]
    fn a_key_does_not_match_a_longer_one() {
        assert_eq!(chosen(&["DEV"], &[]).unwrap().unwrap(), ["DEV"]);
        assert_eq!(chosen(&["dev*"], &[]).unwrap().unwrap(), ["DEV", "DEVOPS"]);
        assert_eq!(chosen(&["~557058:ab"], &[]).unwrap().unwrap(), ["~557058:ab"]);
    }

    #[test]
    fn exclusion_takes_from_what_was_chosen() {
        assert_eq!(chosen(&[], &["~*"]).unwrap().unwrap(), ["DEV", "DEVOPS", "HR"]);
        assert_eq!(chosen(&["DEV*"], &["DEVOPS"]).unwrap().unwrap(), ["DEV"]);
        assert_eq!(chosen(&[], &[]).unwrap(), None);
        assert_eq!(chosen(&["HR"], &["HR"]), Err(ScopeError::Empty));
    }

    #[test]
    fn patterns_that_match_nothing_are_named() {
        let patterns = ["dev*", "OLD", "~*", "X?"].map(str::to_owned);
        assert_eq!(without_match(&spaces(), &patterns).unwrap(), ["OLD", "X?"]);
    }

    #[test]
    fn unknown_keys_and_broken_patterns_are_named() {
        assert_eq!(chosen(&["HR", "DEVV"], &[]), Err(ScopeError::Unknown { patterns: vec!["DEVV".into()] }));
        assert!(matches!(chosen(&["[a"], &[]), Err(ScopeError::Pattern { .. })));
    }
}
