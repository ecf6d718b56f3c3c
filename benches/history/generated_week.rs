//! Generated rows of a knowledge base over many weeks. Each row is computed on demand from the number of its page and
//! the week.
//!
//! A page changes every few weeks to every few years, and each version changes some of its counts a little. Names,
//! addresses and texts are as long and as varied as those of a real site.

use chrono::{DateTime, Days, TimeDelta, Utc};
use confluence_storage_analyzer::history::{PAGE, RowKey, SPACE, STATUS, WEEK};
use confluence_storage_analyzer::metrics::columns;
use confluence_storage_analyzer::spreadsheet::{ColumnType, Value};
use confluence_storage_analyzer::support::iso_week::IsoWeek;

const SPACES: [(&str, &str); 8] = [
    ("ENG", "Engineering"),
    ("OPS", "Operations and Infrastructure"),
    ("HR", "People and Culture"),
    ("PROD", "Product Management"),
    ("SALES", "Sales Enablement"),
    ("FIN", "Finance"),
    ("SUP", "Customer Support"),
    ("~ada", "Ada Lovelace"),
];
const WORDS: [&str; 48] = [
    "release",
    "onboarding",
    "checklist",
    "meeting",
    "notes",
    "architecture",
    "decision",
    "record",
    "incident",
    "review",
    "payment",
    "gateway",
    "migration",
    "plan",
    "quarterly",
    "goals",
    "customer",
    "interview",
    "design",
    "proposal",
    "network",
    "topology",
    "backup",
    "restore",
    "procedure",
    "security",
    "policy",
    "travel",
    "expenses",
    "handbook",
    "deployment",
    "pipeline",
    "service",
    "catalogue",
    "API",
    "reference",
    "troubleshooting",
    "guide",
    "retrospective",
    "roadmap",
    "platform",
    "überblick",
    "licence",
    "renewal",
    "vendor",
    "assessment",
    "team",
    "workshop",
];
const FIRST_NAMES: [&str; 20] = [
    "Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Ken", "Margaret", "Niklaus", "Radia", "Linus",
    "Jürgen", "Zoë", "Hedy", "Tim", "Karen", "John", "Annie", "Björn",
];
const LAST_NAMES: [&str; 20] = [
    "Lovelace",
    "Hopper",
    "Turing",
    "Dijkstra",
    "Liskov",
    "Knuth",
    "Allen",
    "Thompson",
    "Hamilton",
    "Wirth",
    "Perlman",
    "Torvalds",
    "Müller",
    "Lamarr",
    "Berners-Lee",
    "Jones",
    "McCarthy",
    "Easley",
    "Andersson",
    "O'Neill",
];
const REASONS: [&str; 6] =
    ["no labels", "single contributor", "broken links", "todo markers", "images without text", "review overdue"];
const MACROS: [&str; 10] =
    ["code", "info", "toc", "jira", "expand", "note", "children", "excerpt", "drawio", "attachments"];
const STATES: [&str; 4] = ["Draft", "In review", "Approved", "Rejected"];

/// Address of the site.
pub(super) const SITE: &str = "https://acme.atlassian.net/wiki";

pub(super) fn spaces() -> Vec<String> {
    SPACES.iter().map(|(key, _)| (*key).to_owned()).collect()
}

/// The key of the row of a page.
pub(super) fn key(number: usize) -> RowKey {
    RowKey { space: space(number as u64).0.to_owned(), page: id(number as u64) }
}

/// Noon on Wednesday, when snapshots are taken.
pub(super) fn taken_at(week: IsoWeek) -> DateTime<Utc> {
    (week.monday() + Days::new(2)).and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// One page, as it is in one week.
struct Page {
    number: u64,
    week: IsoWeek,
    taken_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: u64,
    /// Weeks from one version to the next.
    pace: i64,
}

/// Makes the cell of one column for a page.
type CellMaker = Box<dyn Fn(&Page) -> Value>;

/// The rows of one week: the cells of all columns, by the number of a page.
pub(super) struct GeneratedWeek {
    week: IsoWeek,
    cells: Vec<CellMaker>,
}

impl GeneratedWeek {
    pub(super) fn of(week: IsoWeek) -> Self {
        let cells = columns::fields().iter().map(|field| cell_maker(&field.name, field.holds)).collect();
        Self { week, cells }
    }

    pub(super) fn cells(&self, number: usize) -> Vec<Value> {
        let page = Page::at(number as u64, self.week);
        self.cells.iter().map(|cell| cell(&page)).collect()
    }
}

/// A reproducible pseudo-random number.
fn hash(one: u64, other: u64) -> u64 {
    let mut hash = (one ^ other.rotate_left(32)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ (hash >> 31)
}

fn one_of<T: Copy>(of: &[T], hash: u64) -> T {
    of[(hash % of.len() as u64) as usize]
}

fn id(number: u64) -> String {
    (98_304_000 + number * 37).to_string()
}

fn space(number: u64) -> (&'static str, &'static str) {
    one_of(&SPACES, number)
}

fn title(number: u64) -> String {
    let words = 3 + hash(number, 1) % 5;
    let title: Vec<&str> = (0..words).map(|word| one_of(&WORDS, hash(number, 2 + word))).collect();
    format!("{} {number}", title.join(" "))
}

/// The number of the parent page, in the same space.
fn parent(number: u64) -> Option<u64> {
    let spaces = SPACES.len() as u64;
    (number >= spaces).then(|| number / spaces / 6 * spaces + number % spaces)
}

fn path(number: u64) -> String {
    match parent(number) {
        Some(parent) => format!("{} / {}", path(parent), title(number)),
        None => title(number),
    }
}

fn depth(number: u64) -> i64 {
    parent(number).map_or(0, |parent| depth(parent) + 1)
}

fn account(person: u64) -> String {
    format!("557058:{:016x}-{:08x}", hash(person, 91), hash(person, 92) as u32)
}

fn person_name(person: u64) -> String {
    format!("{} {}", one_of(&FIRST_NAMES, person), one_of(&LAST_NAMES, person / 20))
}

/// Some entries of a list, separated by semicolons; an empty cell for none.
fn some_of(list: &[&str], hash: u64, most: u64) -> Value {
    let count = hash % (most + 1);
    let from = hash >> 8;
    let chosen: Vec<&str> = (0..count).map(|at| one_of(list, from + at * 7)).collect();
    if chosen.is_empty() { Value::Empty } else { Value::text(chosen.join(";")) }
}

impl Page {
    fn at(number: u64, week: IsoWeek) -> Self {
        let since = week.weeks_since(IsoWeek::new(2010, 1).unwrap());
        let pace = 2 + (hash(number, 11) % 40).pow(2) as i64 / 4;
        let phase = (hash(number, 12) % pace as u64) as i64;
        let (version, weeks_ago) = ((since + phase) / pace, (since + phase) % pace);
        let moment = |seed: u64| TimeDelta::seconds((hash(number, seed) % 250_000) as i64);
        let taken_at = taken_at(week);
        let first = IsoWeek::new(2012, 1).unwrap().monday().and_time(chrono::NaiveTime::MIN).and_utc();
        Self {
            number,
            week,
            taken_at,
            created_at: first + TimeDelta::days((hash(number, 13) % 4_000) as i64) + moment(14),
            updated_at: taken_at - TimeDelta::weeks(weeks_ago) - moment(version as u64),
            version: version as u64,
            pace,
        }
    }

    /// A number that is the same in every week.
    fn fixed(&self, seed: u64) -> u64 {
        hash(self.number, seed)
    }

    fn person(&self, seed: u64) -> u64 {
        // few people do most of the work
        let (one, other) = (self.fixed(seed) % 400, (self.fixed(seed) >> 20) % 400);
        one.min(other)
    }

    fn editor(&self) -> u64 {
        hash(self.number, self.version) % 400
    }

    fn days_since(&self, moment: DateTime<Utc>) -> i64 {
        (self.taken_at - moment).num_days().max(0)
    }

    fn has_workflow(&self) -> bool {
        self.fixed(31).is_multiple_of(3)
    }

    fn in_workflow(&self, value: impl FnOnce(u64) -> Value) -> Value {
        if self.has_workflow() { value(hash(self.number, self.version + 77)) } else { Value::Empty }
    }

    /// Views within a number of days: some pages have many, most have few, and every week differs.
    fn views(&self, days: u64) -> i64 {
        let usual = 2_000 / (1 + self.fixed(41) % 1_000);
        let week = self.week.weeks_since(IsoWeek::new(2010, 1).unwrap()) as u64;
        ((usual + hash(self.number, week) % (usual / 4 + 2)) * days / 30) as i64
    }
}

#[rustfmt::skip]
fn cell_maker(name: &str, holds: ColumnType) -> CellMaker {
    let text = |make: fn(&Page) -> String| -> CellMaker { Box::new(move |page| Value::text(make(page))) };
    let integer = |make: fn(&Page) -> i64| -> CellMaker { Box::new(move |page| Value::Integer(make(page))) };
    let value = |make: fn(&Page) -> Value| -> CellMaker { Box::new(make) };
    match name {
        WEEK => text(|page| page.week.to_string()),
        PAGE => text(|page| id(page.number)),
        SPACE => text(|page| space(page.number).0.to_owned()),
        STATUS => text(|_| "complete".to_owned()),
        "page_title" => text(|page| title(page.number)),
        "title_len" => integer(|page| title(page.number).chars().count() as i64),
        "page_url" => text(|page| {
            format!("{SITE}/spaces/{}/pages/{}/{}", space(page.number).0, id(page.number), title(page.number).replace(' ', "+"))
        }),
        "short_url" => text(|page| format!("{SITE}/x/{:07x}", page.fixed(51) as u32 >> 4)),
        "space_id" => text(|page| (65_537 + page.number % SPACES.len() as u64).to_string()),
        "space_name" => text(|page| space(page.number).1.to_owned()),
        "space_type" => text(|page| if space(page.number).0.starts_with('~') { "personal" } else { "global" }.to_owned()),
        "content_type" => text(|_| "page".to_owned()),
        "status" => text(|_| "current".to_owned()),
        "path" => text(|page| path(page.number)),
        "page_depth" => integer(|page| depth(page.number)),
        "parent_id" => value(|page| Value::maybe(parent(page.number), |parent| Value::text(id(parent)))),
        "parent_type" => value(|page| Value::maybe(parent(page.number), |_| Value::text("page"))),
        "is_space_home" => value(|page| Value::Flag(parent(page.number).is_none())),
        "labels" => value(|page| some_of(&WORDS, page.fixed(52), 4)),
        "label_count" => integer(|page| (page.fixed(52) % 5) as i64),
        "snapshot_at" => value(|page| Value::Time(page.taken_at)),
        "extraction_date" => value(|page| Value::day(page.taken_at)),
        "extraction_time" => text(|page| page.taken_at.format("%H:%M:%S").to_string()),
        "run_id" => text(|page| page.taken_at.format("%Y%m%dT%H%M%SZ").to_string()),
        "tool_version" => text(|_| env!("CARGO_PKG_VERSION").to_owned()),
        "schema_version" => integer(|_| 1),
        "fetch_status" => text(|page| if page.fixed(53) % 50 == 0 { "partial" } else { "ok" }.to_owned()),
        "fetch_errors" => value(|page| match page.fixed(53) % 50 {
            0 => Value::text("versions: 403 Forbidden"),
            _ => Value::Empty,
        }),
        "page_created" => value(|page| Value::day(page.created_at)),
        "created_at" => value(|page| Value::Time(page.created_at)),
        "date_modified" => value(|page| Value::day(page.updated_at)),
        "updated_at" => value(|page| Value::Time(page.updated_at)),
        "age_days" => integer(|page| page.days_since(page.created_at)),
        "days_since_update" | "days_since_non_bot_edit" => integer(|page| page.days_since(page.updated_at)),
        "creator_id" => text(|page| account(page.person(61))),
        "creator_name" => text(|page| person_name(page.person(61))),
        "owner_id" => text(|page| account(page.person(62))),
        "owner_name" => text(|page| person_name(page.person(62))),
        "owner_active" => value(|page| Value::Flag(page.person(62) % 9 != 0)),
        "last_owner_id" => value(|page| match page.fixed(63) % 5 {
            0 => Value::text(account(page.person(63))),
            _ => Value::Empty,
        }),
        "last_editor_id" => text(|page| account(page.editor())),
        "last_editor" => text(|page| person_name(page.editor())),
        "last_editor_active" => value(|page| Value::Flag(page.editor() % 9 != 0)),
        "last_edit_message" => value(|page| match hash(page.number, page.version) % 4 {
            0 => Value::text(title(hash(page.number, page.version) % 100_000)),
            _ => Value::Empty,
        }),
        "edit_count" => integer(|page| page.version as i64),
        "edits_7d" => integer(|page| i64::from(page.days_since(page.updated_at) < 7)),
        "edits_30d" => integer(|page| 30 / (page.pace * 7)),
        "edits_90d" => integer(|page| 90 / (page.pace * 7)),
        "edits_since_last_snapshot" => integer(|page| i64::from(page.days_since(page.updated_at) < 7)),
        "top_contributor_share" => value(|page| Value::Decimal((page.fixed(64) % 1_000) as f64 / 1_000.0, 3)),
        "macro_names" => value(|page| some_of(&MACROS, page.fixed(65), 5)),
        "editor" => text(|page| if page.fixed(66) % 4 == 0 { "legacy" } else { "new" }.to_owned()),
        "language" => text(|page| one_of(&["eng", "deu", "fra"], page.fixed(67)).to_owned()),
        "views_total" => integer(|page| page.views(30) * 12 + page.days_since(page.created_at)),
        "views_30d" => integer(|page| page.views(30)),
        "views_90d" => integer(|page| page.views(90)),
        "viewers_90d" => integer(|page| page.views(90) / 3),
        "days_since_view_bucket" => text(|page| if page.views(30) > 0 { "0-30" } else { "90-180" }.to_owned()),
        "workflow_due_window" | "workflow_parameters" | "content_state" | "content_state_since" | "duplicate_group"
        | "unreferenced_attachments" | "unreferenced_attachment_bytes" => value(|_| Value::Empty),
        "staleness" => text(|page| match page.days_since(page.updated_at) {
            0..180 => "fresh",
            180..365 => "aging",
            365..730 => "stale",
            _ => "expired",
        }.to_owned()),
        "health_score" => integer(|page| 100 - (hash(page.number, page.version) % 13 * 5) as i64),
        "health_reasons" => value(|page| some_of(&REASONS, hash(page.number, page.version), 3)),
        "impact_score" => integer(|page| page.views(90) * (hash(page.number, page.version) % 13 * 5) as i64),
        other => workflow_cell_maker(other).unwrap_or_else(|| count_maker(other, holds)),
    }
}

/// Makes the cells of a workflow column; `None` for other columns.
#[rustfmt::skip]
fn workflow_cell_maker(column: &str) -> Option<CellMaker> {
    let value = |make: fn(&Page) -> Value| -> Option<CellMaker> { Some(Box::new(make)) };
    match column {
        "workflow_source" => value(|page| Value::text(if page.has_workflow() { "labels" } else { "none" })),
        "workflow_name" => value(|page| page.in_workflow(|_| Value::text("Document approval"))),
        "workflow_state" => value(|page| page.in_workflow(|hash| Value::text(one_of(&STATES, hash)))),
        "workflow_final" => value(|page| page.in_workflow(|hash| Value::Flag(one_of(&STATES, hash) == "Approved"))),
        "workflow_since" => value(|page| page.in_workflow(|_| Value::Time(page.updated_at))),
        "workflow_since_source" => value(|page| page.in_workflow(|_| Value::text("source"))),
        "workflow_days_in_state" => value(|page| page.in_workflow(|_| Value::Integer(page.days_since(page.updated_at)))),
        "workflow_due" => value(|page| page.in_workflow(|_| Value::Time(page.updated_at + TimeDelta::days(365)))),
        "workflow_overdue_days" => {
            value(|page| page.in_workflow(|_| Value::Integer(page.days_since(page.updated_at) - 365)))
        }
        "workflow_overdue" => value(|page| page.in_workflow(|_| Value::Flag(page.days_since(page.updated_at) > 365))),
        "workflow_pending_reviewers" => value(|page| page.in_workflow(|hash| match hash % 4 {
            1 => Value::text(format!("{};{}", person_name(hash % 60), person_name(hash / 64 % 60))),
            _ => Value::Empty,
        })),
        "owner_value" => value(|page| page.in_workflow(|_| Value::text(person_name(page.person(62))))),
        "project_relevance" => value(|page| page.in_workflow(|hash| Value::text(one_of(&["high", "medium", "low"], hash)))),
        _ => None,
    }
}

/// Makes the cells of a column of counts. Their size depends on the column, and each version changes it by a few.
fn count_maker(column: &str, holds: ColumnType) -> CellMaker {
    let seed = column.bytes().fold(7, |seed, byte| hash(seed, u64::from(byte)));
    let most = match column {
        "attachment_bytes" | "attachment_history_bytes" => 40_000_000,
        "body_bytes" => 60_000,
        "char_count" => 20_000,
        "word_count" => 4_000,
        "code_char_count" | "table_cells" => 400,
        _ => 12,
    };
    let count = move |page: &Page| {
        let usual = page.fixed(seed) % most;
        // pages have none of many things
        if most == 12 && !page.fixed(seed ^ 1).is_multiple_of(3) {
            0
        } else {
            usual + hash(page.version, seed) % (most / 12)
        }
    };
    match holds {
        ColumnType::Integer => Box::new(move |page| Value::count(count(page))),
        ColumnType::Flag => Box::new(move |page| Value::Flag(page.fixed(seed) % 12 == 0)),
        ColumnType::Text | ColumnType::Decimal(_) | ColumnType::Date | ColumnType::Time => {
            panic!("no generated values for column {column}")
        }
    }
}
