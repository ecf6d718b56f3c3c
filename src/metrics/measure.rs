//! Computes one row per page from everything that was read.

use std::collections::{BTreeMap, HashMap};

use super::duplicates::{self, Fingerprint};
use super::links::{self, LinkIndex};
use super::list_gaps::Gaps;
use super::page_row::{BLOG_POST, PageFiles, PagePosition, PageRow};
use super::page_tree::{Ancestors, PageTree};
use super::{PreviousSnapshots, Rules, columns, judgement, people, workflow};
use crate::audit::{Audit, Usage};
use crate::inventory::snapshot::{Engagement, MetricGroup, PageFacts, SnapshotFacts};
use crate::inventory::workflow::{WorkflowSource, WorkflowState};
use crate::inventory::{AccountId, Attachment, Content, ContentId, ContentKind, Inventory, Space, Status, Subtype};
use confluence_client::SiteLinks;

/// The input of [`measure`].
#[derive(Debug, Clone, Copy)]
pub struct MeasureInput<'a> {
    /// Spaces, pages, and what is needed to follow links and count files.
    pub inventory: &'a Inventory,
    /// Further data about the pages.
    pub facts: &'a SnapshotFacts,
    /// Workflow states by page.
    pub workflow: &'a BTreeMap<ContentId, WorkflowState>,
    /// An audit of the same inventory.
    pub audit: Option<&'a Audit>,
    /// Keys of the spaces whose pages become rows.
    pub spaces: &'a [String],
    /// Keys of the spaces whose pages and posts were all read, so that links to them can be judged.
    pub read: &'a [String],
    pub previous: Option<&'a PreviousSnapshots>,
    pub rules: &'a Rules,
    pub frame: &'a columns::SnapshotFrame,
}

/// Returns one row per current page of the chosen spaces, and per current blog post if those are asked for, sorted by
/// space key and page id.
pub fn measure(input: &MeasureInput<'_>) -> Vec<PageRow> {
    let chosen: HashMap<&str, &Space> = input
        .inventory
        .spaces
        .iter()
        .filter(|space| input.spaces.contains(&space.key))
        .map(|space| (space.id.as_str(), space))
        .collect();
    let mut pages: Vec<(&Content, &Space)> = input
        .inventory
        .contents
        .iter()
        .filter(|content| content.status == Status::Current)
        .filter(|content| {
            content.kind == ContentKind::Page || (input.facts.blog_posts && content.kind == ContentKind::BlogPost)
        })
        .filter_map(|page| Some((page, *chosen.get(page.space.as_ref()?.as_str())?)))
        .collect();
    pages.sort_by(|(a, in_a), (b, in_b)| {
        let key = |page: &Content| (page.id.as_str().len(), page.id.as_str().to_owned());
        in_a.key.cmp(&in_b.key).then_with(|| key(a).cmp(&key(b)))
    });
    let fingerprints: Vec<Fingerprint<'_>> = pages.iter().map(|(page, _)| fingerprint(page)).collect();
    let groups = duplicates::groups(&fingerprints);
    let gaps = Gaps::of(input);
    let keys: Vec<&str> = input.read.iter().map(String::as_str).collect();
    let engagement = || input.facts.pages.values().filter_map(|facts| facts.engagement.as_ref());
    let index = PageIndexes {
        tree: PageTree::new(input.inventory, input.facts),
        links: LinkIndex::new(input.inventory, input.facts, &keys, gaps),
        comments: links::comments(input.inventory),
        files: files_by_page(input),
        site: input.inventory.scan.links(),
        gaps,
        has_views: engagement().any(|found| found.views_total.is_some()),
        has_likes: engagement().any(|found| found.likes.is_some()),
    };
    pages.iter().zip(groups).map(|((page, space), group)| row(input, &index, page, space, group)).collect()
}

/// Data about all pages that every row looks up.
struct PageIndexes<'a> {
    tree: PageTree<'a>,
    links: LinkIndex<'a>,
    comments: HashMap<&'a ContentId, (u64, u64)>,
    files: HashMap<&'a ContentId, Vec<(usize, &'a Attachment)>>,
    site: SiteLinks,
    gaps: Gaps,
    /// Whether the site provides views: a page without them is then one whose views could not be read.
    has_views: bool,
    /// As `has_views`, for likes.
    has_likes: bool,
}

fn fingerprint(page: &Content) -> Fingerprint<'_> {
    let measures = page.body.as_ref().and_then(|body| body.measures.as_ref());
    Fingerprint {
        hash: measures.and_then(|measures| measures.text_hash.as_deref()),
        sketch: measures.and_then(|measures| measures.sketch.as_ref()),
    }
}

fn files_by_page<'a>(input: &MeasureInput<'a>) -> HashMap<&'a ContentId, Vec<(usize, &'a Attachment)>> {
    let mut files: HashMap<&ContentId, Vec<(usize, &Attachment)>> = HashMap::new();
    for (at, file) in input.inventory.attachments.iter().enumerate() {
        if file.status == Status::Current
            && let Some(owner) = file.container.id()
        {
            files.entry(owner).or_default().push((at, file));
        }
    }
    files
}

fn row(
    input: &MeasureInput<'_>,
    index: &PageIndexes<'_>,
    page: &Content,
    space: &Space,
    group: Option<u64>,
) -> PageRow {
    let nothing = PageFacts::default();
    let read = input.facts.pages.get(&page.id).unwrap_or(&nothing);
    let before = input.previous.and_then(|previous| previous.page(page.id.as_str(), &space.key, &page.title));
    let before = before.map(|(_, before)| before);
    let earlier = input.previous.map(|previous| previous.earlier(page.id.as_str(), &space.key, page.created_at));
    let earlier = earlier.unwrap_or_default();
    let now = input.frame.taken_at;
    let asked = |group| input.facts.groups.has(group);
    let comments = index.comments.get(&page.id).copied().unwrap_or_default();
    let comments_read = asked(MetricGroup::Links) && !index.gaps.comments;
    let mut row = PageRow {
        id: page.id.as_str().to_owned(),
        title: page.title.clone(),
        place: place(index, page, space, read),
        people: people::people(
            input.inventory,
            input.facts,
            page,
            read,
            &input.rules.bots,
            now,
            before.and_then(|before| before.edit_count),
        ),
        measures: page.body.as_ref().and_then(|body| body.measures.clone()),
        files: files(input, index, page),
        links: index.gaps.retain_known(index.links.of(page)),
        engagement: read.engagement.clone().unwrap_or_default(),
        comments_footer: comments_read.then_some(comments.0),
        comments_inline_open: comments_read.then_some(comments.1),
        workflow: workflow::workflow(input.workflow.get(&page.id), earlier, input.frame, |id| name_of(input, id)),
        fetch_errors: errors(input, index, page, read),
        ..PageRow::default()
    };
    row.judgement = judgement::judge(&row, group, input.rules, index.tree.sees_parent(page));
    row
}

/// Returns the display name of an account.
fn name_of(input: &MeasureInput<'_>, id: &str) -> Option<String> {
    let id = AccountId::new(id);
    let account = input.facts.accounts.get(&id).and_then(|account| account.name.clone());
    account.or_else(|| input.inventory.people.get(&id).cloned())
}

fn place(index: &PageIndexes<'_>, page: &Content, space: &Space, read: &PageFacts) -> PagePosition {
    let details = page.details.as_deref();
    // a blog post is not in the page tree
    let in_tree = page.kind == ContentKind::Page;
    let (depth, path) = match index.tree.ancestors(page) {
        _ if !in_tree => (None, None),
        Ancestors::Known(mut titles) => {
            let depth = titles.len() as u64;
            titles.push(&page.title);
            (Some(depth), Some(titles.join(" / ")))
        }
        Ancestors::Broken | Ancestors::Unread => (None, None),
    };
    let is_live = details.is_some_and(|details| details.subtype == Some(Subtype::Live));
    let editor = read.editor.as_deref().map(|editor| match editor {
        _ if is_live => "live",
        "v2" => "new",
        _ => "legacy",
    });
    PagePosition {
        space_id: space.id.as_str().to_owned(),
        space_key: space.key.clone(),
        space_name: space.name.clone(),
        space_type: space.kind.to_string(),
        content_type: match (in_tree, is_live) {
            (false, _) => BLOG_POST,
            (true, true) => "live",
            (true, false) => "page",
        }
        .to_owned(),
        status: page.status.as_str().to_owned(),
        url: index.site.content(page.id.as_str(), page.webui.as_deref()),
        short_url: details.and_then(|details| details.tiny_link.as_deref()).and_then(|path| index.site.path(path)),
        parent_id: page.parent.as_ref().map(|(id, _)| id.as_str().to_owned()),
        parent_type: page.parent.as_ref().map(|(_, kind)| kind.clone()),
        depth,
        path,
        child_pages: index.tree.child_pages(&page.id).filter(|_| in_tree),
        descendant_pages: index.tree.descendant_pages(page).filter(|_| in_tree),
        position: details.and_then(|details| details.position).filter(|_| in_tree),
        is_space_home: in_tree.then(|| space.homepage.as_ref() == Some(&page.id)),
        is_root_child: in_tree
            && page.parent.as_ref().is_none_or(|(parent, _)| space.homepage.as_ref() == Some(parent)),
        labels: read.labels.clone(),
        restricted_view: read.restricted_view,
        restricted_edit: read.restricted_edit,
        editor: editor.map(str::to_owned),
    }
}

/// Returns the figures about the files of a page. They are not known if the list of attachments is incomplete.
fn files(input: &MeasureInput<'_>, index: &PageIndexes<'_>, page: &Content) -> PageFiles {
    if index.gaps.attachments {
        return PageFiles::default();
    }
    let none = Vec::new();
    let files = index.files.get(&page.id).unwrap_or(&none);
    let knows_versions = |file: &Attachment| input.audit.is_some() || file.versions() == file.version as usize;
    let history = || files.iter().map(|(_, file)| file.old_bytes().filter(|_| knows_versions(file))).sum();
    let audit = input.audit.filter(|audit| audit.complete);
    let unreferenced = audit.map(|audit| {
        let is_unreferenced = |at: usize| audit.files.get(at).is_some_and(|file| file.usage == Usage::Unreferenced);
        files.iter().filter(|(at, _)| is_unreferenced(*at)).map(|(_, file)| *file).collect::<Vec<_>>()
    });
    PageFiles {
        count: Some(files.len() as u64),
        bytes: files.iter().map(|(_, file)| file.size).sum(),
        history_bytes: history(),
        unreferenced: unreferenced.as_ref().map(|files| files.len() as u64),
        unreferenced_bytes: unreferenced.and_then(|files| files.iter().map(|file| file.all_bytes()).sum()),
    }
}

/// Returns the names of what was asked for and could not be read for a page.
fn errors(input: &MeasureInput<'_>, index: &PageIndexes<'_>, page: &Content, read: &PageFacts) -> Vec<String> {
    let (facts, gaps) = (input.facts, index.gaps);
    let asked = |group| facts.groups.has(group);
    let state = input.workflow.get(&page.id);
    let unavailable = state.is_some_and(|state| state.source == WorkflowSource::Unavailable || state.is_partial);
    let engagement = |is_known: fn(&Engagement) -> bool| read.engagement.as_ref().is_some_and(is_known);
    let nameless = |id: &AccountId| name_of(input, id.as_str()).is_none();
    let missing = [
        (page.body.is_none(), "body"),
        (
            page.version.is_none() || page.modified_at.is_none() || input.inventory.outdated.contains(&page.id),
            "version",
        ),
        (page.kind == ContentKind::Page && index.tree.has_unread(page), "parents"),
        (read.labels.is_none(), "labels"),
        (read.restricted_view.is_none() || read.restricted_edit.is_none(), "restrictions"),
        (asked(MetricGroup::People) && read.contributors.is_none() && page.version != Some(1), "contributors"),
        (asked(MetricGroup::People) && read.versions.is_none(), "versions"),
        (people::accounts(page, read).any(|id| facts.unread_accounts.contains(id)), "accounts"),
        (gaps.names && people::accounts(page, read).any(nameless), "names"),
        (index.has_views && !engagement(|found| found.views_total.is_some()), "views"),
        (index.has_likes && !engagement(|found| found.likes.is_some()), "likes"),
        (engagement(|found| found.watchers_unread), "watchers"),
        (asked(MetricGroup::Workflow) && unavailable, "workflow"),
        (state.is_some_and(|state| state.parameters_unavailable), "workflow parameters"),
    ];
    let of_page = missing.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, what)| what);
    of_page.chain(gaps.words()).map(str::to_owned).collect()
}
