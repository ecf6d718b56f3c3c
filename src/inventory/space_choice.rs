//! Choice of the reported spaces: `--space` and `--exclude-space`.

use globset::{GlobBuilder, GlobMatcher};

use super::site::Space;

/// Why a choice of spaces is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpaceChoiceError {
    /// Invalid syntax of a pattern.
    #[error("invalid space key or pattern `{pattern}`: {reason}")]
    Pattern { pattern: String, reason: String },
    /// Patterns of `--space` that match no visible space.
    #[error("no visible space matches {}", patterns.join(", "))]
    Unknown { patterns: Vec<String> },
    /// All chosen spaces are excluded.
    #[error("no space left to report: all chosen spaces are excluded")]
    Empty,
}

impl SpaceChoiceError {
    /// Returns whether the choice could be possible with more spaces in the list; an invalid pattern never is.
    pub fn depends_on_listed_spaces(&self) -> bool {
        match self {
            Self::Pattern { .. } => false,
            Self::Unknown { .. } | Self::Empty => true,
        }
    }
}

/// Returns the keys of the reported spaces, in the order of `spaces`; `None` reports all.
pub fn reported(
    spaces: &[Space],
    include: &[String],
    exclude: &[String],
) -> Result<Option<Vec<String>>, SpaceChoiceError> {
    if include.is_empty() && exclude.is_empty() {
        return Ok(None);
    }
    let included = matchers(include)?;
    let excluded = matchers(exclude)?;
    let unknown: Vec<String> = unmatched_patterns(spaces, include)?.into_iter().map(str::to_owned).collect();
    if !unknown.is_empty() {
        return Err(SpaceChoiceError::Unknown { patterns: unknown });
    }
    let any = |matchers: &[GlobMatcher], space: &Space| matchers.iter().any(|matcher| matches_space(matcher, space));
    let keys: Vec<String> = spaces
        .iter()
        .filter(|space| included.is_empty() || any(&included, space))
        .filter(|space| !any(&excluded, space))
        .map(|space| space.key.clone())
        .collect();
    if keys.is_empty() { Err(SpaceChoiceError::Empty) } else { Ok(Some(keys)) }
}

/// Returns the patterns that match no space, most likely typing errors.
pub fn unmatched_patterns<'a>(spaces: &[Space], patterns: &'a [String]) -> Result<Vec<&'a str>, SpaceChoiceError> {
    let matched = |matcher: &GlobMatcher| spaces.iter().any(|space| matches_space(matcher, space));
    let pairs = patterns.iter().zip(matchers(patterns)?);
    Ok(pairs.filter(|(_, matcher)| !matched(matcher)).map(|(pattern, _)| pattern.as_str()).collect())
}

/// A space can be chosen by its key or by its alias, which its URLs may have.
fn matches_space(matcher: &GlobMatcher, space: &Space) -> bool {
    std::iter::once(&space.key).chain(&space.alias).any(|key| matcher.is_match(key))
}

/// Compiles the patterns. Case is ignored, because no two keys differ only in case.
fn matchers(patterns: &[String]) -> Result<Vec<GlobMatcher>, SpaceChoiceError> {
    patterns
        .iter()
        .map(|pattern| {
            GlobBuilder::new(pattern).case_insensitive(true).build().map(|glob| glob.compile_matcher()).map_err(
                |error| SpaceChoiceError::Pattern { pattern: pattern.clone(), reason: error.kind().to_string() },
            )
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
                only_with_admin_key: false,
            })
            .collect()
    }

    fn chosen(include: &[&str], exclude: &[&str]) -> Result<Option<Vec<String>>, SpaceChoiceError> {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        reported(&spaces(), &owned(include), &owned(exclude))
    }

    #[test]
    fn a_space_can_be_chosen_by_its_alias() {
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
    fn exclusions_apply_to_the_chosen_spaces() {
        assert_eq!(chosen(&[], &["~*"]).unwrap().unwrap(), ["DEV", "DEVOPS", "HR"]);
        assert_eq!(chosen(&["DEV*"], &["DEVOPS"]).unwrap().unwrap(), ["DEV"]);
        assert_eq!(chosen(&[], &[]).unwrap(), None);
        assert_eq!(chosen(&["HR"], &["HR"]), Err(SpaceChoiceError::Empty));
    }

    #[test]
    fn patterns_without_a_match_are_named() {
        let patterns = ["dev*", "OLD", "~*", "X?"].map(str::to_owned);
        assert_eq!(unmatched_patterns(&spaces(), &patterns).unwrap(), ["OLD", "X?"]);
    }

    #[test]
    fn unknown_keys_and_invalid_patterns_are_named() {
        assert_eq!(chosen(&["HR", "DEVV"], &[]), Err(SpaceChoiceError::Unknown { patterns: vec!["DEVV".into()] }));
        assert!(matches!(chosen(&["[a"], &[]), Err(SpaceChoiceError::Pattern { .. })));
    }
}
