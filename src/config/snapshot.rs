//! What the configuration says about snapshots: `[snapshot]`, `[workflow]` and `[space KEY]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use config::Value;

use super::keys::{self, Key, Kind};
use super::layers::{Flags, Layers, Surroundings};
use super::values;
use crate::cli::{FailOn, SnapshotArgs};
use crate::error::Failure;

/// Everything a snapshot needs to know beyond what an audit of the same spaces does.
#[derive(Debug, Clone)]
pub struct SnapshotConfig {
    /// Patterns of the keys of the spaces to measure; empty measures all.
    pub space_keys: Vec<String>,
    /// Groups of metrics, in the words of the configuration.
    pub metrics: Vec<String>,
    /// Weekly files that stay beside the others.
    pub retain: u32,
    /// Whether older ones are put into the archive.
    pub archive: bool,
    /// Findings that end the run with a status of its own.
    pub fail_on: Vec<FailOn>,
    /// Words that mark unfinished text.
    pub todo_markers: Vec<String>,
    /// Go on with the history of another account.
    pub accept_account_change: bool,
    /// An old history file to take over.
    pub import_history: Option<PathBuf>,
    /// Thresholds.
    pub rules: SnapshotRules,
    /// Where the workflow state is found.
    pub workflow: WorkflowConfig,
}

/// Thresholds, for all spaces and for single ones.
#[derive(Debug, Clone)]
pub struct SnapshotRules {
    /// For all spaces.
    pub usual: SpaceRules,
    /// For single spaces, by key.
    pub by_space: BTreeMap<String, SpaceRules>,
    /// Account ids of bots.
    pub bots: Vec<String>,
}

/// Thresholds of one space, in the units of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpaceRules {
    /// `aging_days`.
    pub aging_days: u32,
    /// `stale_days`.
    pub stale_days: u32,
    /// `expired_days`.
    pub expired_days: u32,
    /// `stub_words`.
    pub stub_words: u32,
    /// `stalled_days`.
    pub stalled_days: u32,
    /// `unread_mb`.
    pub unread_mb: u32,
}

/// How to find the workflow state of pages.
#[derive(Debug, Clone, Default)]
pub struct WorkflowConfig {
    /// A content property of a workflow app.
    pub property: Option<PropertyPointers>,
    /// Names of states to search for.
    pub states: Vec<String>,
    /// Names of final states.
    pub final_states: Vec<String>,
    /// Account ids of reviewers to search for.
    pub reviewers: Vec<String>,
    /// Labels and the states they mean.
    pub label_states: Vec<(String, String)>,
    /// Parameter that names the owner.
    pub owner_parameter: Option<String>,
    /// Parameter that tells the relevance.
    pub relevance_parameter: Option<String>,
    /// Further parameters.
    pub parameters: Vec<String>,
    /// A report exported from the workflow app.
    pub import: Option<PathBuf>,
}

/// A content property and JSON pointers into its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PropertyPointers {
    /// Key of the property.
    pub key: String,
    /// To the state.
    pub state: String,
    /// To the name of the workflow.
    pub name: Option<String>,
    /// To whether the state is final.
    pub is_final: Option<String>,
    /// To the due date.
    pub expires: Option<String>,
    /// To the beginning of the state.
    pub since: Option<String>,
    /// To the approvers.
    pub approvers: Option<String>,
}

/// The flags that stand for keys.
pub(super) fn flags(args: &SnapshotArgs) -> Flags {
    let mut flags = Flags::default();
    if let Some(retain) = args.retain {
        flags.set(keys::RETAIN, "--retain", retain.to_string());
    }
    if !args.metrics.is_empty() {
        flags.set(
            keys::METRICS,
            "--metrics",
            args.metrics.iter().map(|word| Value::from(word.as_str())).collect::<Vec<_>>(),
        );
    }
    flags
}

impl SnapshotConfig {
    pub(super) fn from_layers(
        layers: &Layers,
        args: &SnapshotArgs,
        around: &Surroundings<'_>,
    ) -> Result<Self, Failure> {
        let file = |path: &Option<PathBuf>| path.as_ref().map(|path| around.working_directory.join(path));
        Ok(Self {
            space_keys: layers.require(keys::SPACE_KEYS, values::patterns)?,
            metrics: layers.require(keys::METRICS, groups)?,
            todo_markers: layers.require(keys::TODO_MARKERS, values::list)?,
            retain: layers.require(keys::RETAIN, values::count)?,
            archive: !args.no_archive,
            fail_on: args.fail_on.clone(),
            accept_account_change: args.accept_account_change,
            import_history: file(&args.import_history),
            rules: SnapshotRules::from_layers(layers)?,
            workflow: WorkflowConfig { import: file(&args.workflow_import), ..WorkflowConfig::from_layers(layers)? },
        })
    }

    /// The defaults: what `demo` measures with.
    pub fn defaults() -> Result<Self, Failure> {
        let layers = Layers::defaults()?;
        Ok(Self {
            space_keys: Vec::new(),
            metrics: layers.require(keys::METRICS, groups)?,
            todo_markers: layers.require(keys::TODO_MARKERS, values::list)?,
            retain: layers.require(keys::RETAIN, values::count)?,
            archive: true,
            fail_on: Vec::new(),
            accept_account_change: false,
            import_history: None,
            rules: SnapshotRules::from_layers(&layers)?,
            workflow: WorkflowConfig::from_layers(&layers)?,
        })
    }
}

impl SnapshotRules {
    fn from_layers(layers: &Layers) -> Result<Self, Failure> {
        let count = |key| layers.require(key, values::count);
        let usual = SpaceRules {
            aging_days: count(keys::AGING_DAYS)?,
            stale_days: count(keys::STALE_DAYS)?,
            expired_days: count(keys::EXPIRED_DAYS)?,
            stub_words: count(keys::STUB_WORDS)?,
            stalled_days: count(keys::STALLED_DAYS)?,
            unread_mb: count(keys::UNREAD_MB)?,
        };
        usual.check("[snapshot]")?;
        let mut by_space = BTreeMap::new();
        for (space, set) in layers.spaces() {
            let rule = |key: &'static Key, usual: u32| match set.get(key.name) {
                Some(value) => values::count(key, value),
                None => Ok(usual),
            };
            let rules = SpaceRules {
                aging_days: rule(keys::AGING_DAYS, usual.aging_days)?,
                stale_days: rule(keys::STALE_DAYS, usual.stale_days)?,
                expired_days: rule(keys::EXPIRED_DAYS, usual.expired_days)?,
                stub_words: rule(keys::STUB_WORDS, usual.stub_words)?,
                stalled_days: rule(keys::STALLED_DAYS, usual.stalled_days)?,
                unread_mb: rule(keys::UNREAD_MB, usual.unread_mb)?,
            };
            rules.check(&format!("[space {space}]"))?;
            by_space.insert(space, rules);
        }
        Ok(Self { usual, by_space, bots: layers.require(keys::BOTS, values::list)? })
    }
}

impl SpaceRules {
    /// A page ages in this order, so the days have to grow.
    fn check(&self, section: &str) -> Result<(), Failure> {
        if self.aging_days <= self.stale_days && self.stale_days <= self.expired_days {
            return Ok(());
        }
        let Self { aging_days, stale_days, expired_days, .. } = self;
        Err(Failure::usage(format!("{section}: aging_days, stale_days and expired_days do not grow"))
            .because(format!(
                "they are {aging_days}, {stale_days} and {expired_days}, with what [snapshot] sets for all"
            ))
            .remedy("a page is aging before it is stale, and stale before it is expired"))
    }
}

impl WorkflowConfig {
    fn from_layers(layers: &Layers) -> Result<Self, Failure> {
        let text = |key| layers.require(key, values::text);
        let property = match (text(keys::PROPERTY_KEY)?, text(keys::STATE_POINTER)?) {
            (Some(key), Some(state)) => Some(PropertyPointers {
                key,
                state,
                name: text(keys::NAME_POINTER)?,
                is_final: text(keys::FINAL_POINTER)?,
                expires: text(keys::EXPIRES_POINTER)?,
                since: text(keys::SINCE_POINTER)?,
                approvers: text(keys::APPROVERS_POINTER)?,
            }),
            (None, None) => None,
            _ => {
                return Err(Failure::usage("[workflow]: `property_key` and `state_pointer` belong together")
                    .remedy("set both, as a run that looked for the property has printed them, or neither"));
            }
        };
        Ok(Self {
            property,
            states: layers.require(keys::STATES, values::list)?,
            final_states: layers.require(keys::FINAL_STATES, values::list)?,
            reviewers: layers.require(keys::REVIEWERS, values::list)?,
            label_states: layers.require(keys::LABEL_STATES, label_states)?,
            owner_parameter: text(keys::OWNER_PARAMETER)?,
            relevance_parameter: text(keys::RELEVANCE_PARAMETER)?,
            parameters: layers.require(keys::PARAMETERS, values::list)?,
            import: None,
        })
    }
}

/// Pairs of `label=State`.
fn label_states(key: &Key, value: &Value) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: String| {
        let parts = text.split_once('=').map(|(label, state)| (label.trim(), state.trim()));
        let parts = parts.filter(|(label, state)| !label.is_empty() && !state.is_empty());
        parts.map(|(label, state)| (label.to_owned(), state.to_owned())).ok_or_else(|| {
            Failure::usage(format!("{}: `{}` cannot be `{text}`", values::origin(value), key.name))
                .remedy("write label=State, as in: wip=Draft, approved=Approved")
        })
    };
    values::list(key, value)?.into_iter().map(pair).collect()
}

/// The words that name groups of metrics; checked here, so that a slip is named before the first request.
fn groups(key: &Key, value: &Value) -> Result<Vec<String>, Failure> {
    const GROUPS: [&str; 5] = ["core", "people", "engagement", "links", "workflow"];
    debug_assert_eq!(key.kind, Kind::List);
    let words = values::list(key, value)?;
    for word in &words {
        if !GROUPS.contains(&word.to_ascii_lowercase().as_str()) {
            return Err(Failure::usage(format!("{}: `{word}` is no group of metrics", values::origin(value)))
                .remedy(format!("the groups are {}", GROUPS.join(", "))));
        }
    }
    Ok(words)
}
