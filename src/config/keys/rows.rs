//! The rows of the table: one key each.

use super::{Key, Kind};
use crate::cli::{CONCURRENCY, KEEP_VERSIONS, RETAIN_WEEKS};

const DAYS: Kind = Kind::Count { min: 1, max: 36_500 };

/// Address of the site.
pub const BASE_URL: &Key = &Key {
    section: "confluence",
    name: "base_url",
    kind: Kind::Text,
    default: None,
    variables: &["CONFLUENCE_BASE_URL"],
    purpose: "Address of the site, e.g. `https://your-domain.atlassian.net/wiki`",
};

/// Who reads.
pub const API_USER: &Key = &Key {
    section: "confluence",
    name: "api_user",
    kind: Kind::Text,
    default: None,
    variables: &["CONFLUENCE_API_USER", "CONFLUENCE_EMAIL"],
    purpose: "E-mail address of the account that reads",
};

/// The token of who reads.
pub const API_TOKEN: &Key = &Key {
    section: "confluence",
    name: "api_token",
    kind: Kind::Secret,
    default: None,
    variables: &["CONFLUENCE_API_TOKEN"],
    purpose: "API token of that account, one without scopes",
};

/// Labels that protect.
pub const PROTECT_LABELS: &Key = &Key {
    section: "audit",
    name: "protect_labels",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Files with one of these labels are never listed as unreferenced",
};

/// File names that protect.
pub const PROTECT_NAMES: &Key = &Key {
    section: "audit",
    name: "protect_names",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Files whose name matches one of these patterns are never listed as unreferenced",
};

/// Further hosts of the site.
pub const ALIAS_HOSTS: &Key = &Key {
    section: "audit",
    name: "alias_hosts",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Further hosts under which pages link to this site, e.g. a former domain",
};

/// Versions to keep.
pub const VERSIONS_TO_KEEP: &Key = &Key {
    section: "audit",
    name: "keep_versions",
    kind: Kind::Count { min: *KEEP_VERSIONS.start(), max: *KEEP_VERSIONS.end() },
    default: Some("1"),
    variables: &[],
    purpose: "Newest versions to keep in \"keeping N frees X\"",
};

/// Requests in flight.
pub const REQUESTS_IN_FLIGHT: &Key = &Key {
    section: "audit",
    name: "concurrency",
    kind: Kind::Count { min: *CONCURRENCY.start(), max: *CONCURRENCY.end() },
    default: Some("8"),
    variables: &[],
    purpose: "Requests in flight at once, 1 to 64",
};

/// Longest wait.
pub const MAX_WAIT: &Key = &Key {
    section: "audit",
    name: "max_wait",
    kind: Kind::Wait,
    default: Some("15m"),
    variables: &[],
    purpose: "Longest wait the server may ask for before the run stops: `90s`, `15m`, `1h`",
};

/// Spaces of a snapshot.
pub const SPACE_KEYS: &Key = &Key {
    section: "snapshot",
    name: "space_keys",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Spaces whose pages `snapshot` measures, as keys or patterns; none means all",
};

/// Groups of metrics.
pub const METRICS: &Key = &Key {
    section: "snapshot",
    name: "metrics",
    kind: Kind::List,
    default: Some("core, people, links, workflow"),
    variables: &[],
    purpose: "Groups of metrics to read: `core`, `people`, `engagement`, `links`, `workflow`",
};

/// Weeks to keep outside the archive.
pub const RETAIN: &Key = &Key {
    section: "snapshot",
    name: "retain",
    kind: Kind::Count { min: *RETAIN_WEEKS.start(), max: *RETAIN_WEEKS.end() },
    default: Some("12"),
    variables: &[],
    purpose: "Weekly files that stay beside the others; older ones go to `archived_snapshots`",
};

/// Accounts that are no people.
pub const BOTS: &Key = &Key {
    section: "snapshot",
    name: "bots",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Account ids whose edits are no sign of care",
};

/// When a page is aging.
pub const AGING_DAYS: &Key = &Key {
    section: "snapshot",
    name: "aging_days",
    kind: DAYS,
    default: Some("180"),
    variables: &[],
    purpose: "Days without an edit after which a page is aging",
};

/// When a page is stale.
pub const STALE_DAYS: &Key = &Key {
    section: "snapshot",
    name: "stale_days",
    kind: DAYS,
    default: Some("365"),
    variables: &[],
    purpose: "Days without an edit after which a page is stale, and listed as outdated",
};

/// When a page is expired.
pub const EXPIRED_DAYS: &Key = &Key {
    section: "snapshot",
    name: "expired_days",
    kind: DAYS,
    default: Some("730"),
    variables: &[],
    purpose: "Days without an edit after which a page is expired",
};

/// When a page is a stub.
pub const STUB_WORDS: &Key = &Key {
    section: "snapshot",
    name: "stub_words",
    kind: Kind::Count { min: 1, max: 10_000 },
    default: Some("50"),
    variables: &[],
    purpose: "A page with fewer words and nothing else is a stub",
};

/// Words that mark unfinished text.
pub const TODO_MARKERS: &Key = &Key {
    section: "snapshot",
    name: "todo_markers",
    kind: Kind::List,
    default: Some("TODO, TBD, WIP, FIXME, DRAFT"),
    variables: &[],
    purpose: "Words that mark unfinished text, in their exact case",
};

/// When an approval stalls.
pub const STALLED_DAYS: &Key = &Key {
    section: "snapshot",
    name: "stalled_days",
    kind: DAYS,
    default: Some("30"),
    variables: &[],
    purpose: "Days in a state that is not final after which an approval stalls",
};

/// When unread files weigh.
pub const UNREAD_MB: &Key = &Key {
    section: "snapshot",
    name: "unread_mb",
    kind: Kind::Count { min: 0, max: u32::MAX },
    default: Some("10"),
    variables: &[],
    purpose: "Megabytes of files from which on a page that nobody views is listed",
};

/// Content property of a workflow app.
pub const PROPERTY_KEY: &Key = &Key {
    section: "workflow",
    name: "property_key",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "Content property in which a workflow app keeps its state, as a run has found it",
};

/// Where the state stands in it.
pub const STATE_POINTER: &Key = &Key {
    section: "workflow",
    name: "state_pointer",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "JSON pointer to the state in that property, e.g. `/state/name`",
};

/// Where the workflow's name stands.
pub const NAME_POINTER: &Key = &Key {
    section: "workflow",
    name: "name_pointer",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "JSON pointer to the name of the workflow",
};

/// Where it says whether the state is final.
pub const FINAL_POINTER: &Key = &Key {
    section: "workflow",
    name: "final_pointer",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "JSON pointer to whether the state is final",
};

/// Where the due date stands.
pub const EXPIRES_POINTER: &Key = &Key {
    section: "workflow",
    name: "expires_pointer",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "JSON pointer to the due date",
};

/// Where the beginning of the state stands.
pub const SINCE_POINTER: &Key = &Key {
    section: "workflow",
    name: "since_pointer",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "JSON pointer to when the page came into the state",
};

/// Where the approvers stand.
pub const APPROVERS_POINTER: &Key = &Key {
    section: "workflow",
    name: "approvers_pointer",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "JSON pointer to the approvers",
};

/// Names of states.
pub const STATES: &Key = &Key {
    section: "workflow",
    name: "states",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Names of the workflow states to search for, in their exact case; none means the usual English ones",
};

/// States that are final.
pub const FINAL_STATES: &Key = &Key {
    section: "workflow",
    name: "final_states",
    kind: Kind::List,
    default: Some("Approved, Published, Verified, Done"),
    variables: &[],
    purpose: "States that are final where the workflow does not say so",
};

/// People whose open approvals are asked for.
pub const REVIEWERS: &Key = &Key {
    section: "workflow",
    name: "reviewers",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Comala on Cloud: account ids of reviewers whose open approvals are searched for, one search each",
};

/// Labels that mean a state.
pub const LABEL_STATES: &Key = &Key {
    section: "workflow",
    name: "label_states",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Labels that mean a state, as `label=State`",
};

/// Parameter that names the owner.
pub const OWNER_PARAMETER: &Key = &Key {
    section: "workflow",
    name: "owner_parameter",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "Workflow parameter for the column `owner_value`",
};

/// Parameter that tells the relevance.
pub const RELEVANCE_PARAMETER: &Key = &Key {
    section: "workflow",
    name: "relevance_parameter",
    kind: Kind::Text,
    default: Some(""),
    variables: &[],
    purpose: "Workflow parameter for the column `project_relevance`",
};

/// Further parameters.
pub const PARAMETERS: &Key = &Key {
    section: "workflow",
    name: "parameters",
    kind: Kind::List,
    default: Some(""),
    variables: &[],
    purpose: "Further workflow parameters for the column `workflow_parameters`",
};
