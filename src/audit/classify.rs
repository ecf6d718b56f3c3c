//! Classification: assigns every attachment the first [`Usage`] that applies, with the reasons if it is undetermined.

use std::collections::HashMap;

use super::app_files;
use super::collect_uses::{self, SiteUses, UnresolvedLocation};
use super::companion_files;
use super::options::AuditOptions;
use super::protection_rules::ProtectionRules;
use super::reason::{Reason, ReasonKind};
use super::residue_search;
use super::resolution::Uncertainty;
use super::site_index::{SiteIndex, fold};
use super::verdict::{FileVerdict, Usage, Use};
use crate::inventory::{Attachment, Container, Content, Inventory, SpaceId, Status, Unsettled};
use crate::support::formatting::plural;
use storage_format::{Display, ParseOutcome};

/// Returns one verdict per attachment, in the order of the inventory, and the contents that exceed the work limit.
pub(super) fn verdicts(index: &SiteIndex<'_>, options: &AuditOptions) -> (Vec<FileVerdict>, Vec<usize>) {
    let inventory = index.inventory;
    let site = inventory.scan.own_site();
    let mut site_uses = collect_uses::collect(index, &site);
    let protection = ProtectionRules::new(options);
    let scan = ScanLimits::new(inventory, options);
    let mut verdicts = Vec::with_capacity(inventory.attachments.len());
    for attachment in 0..inventory.attachments.len() {
        let uses = std::mem::take(&mut site_uses.of_file[attachment]);
        verdicts.push(verdict(index, attachment, uses, &site_uses, &scan, &protection));
    }
    let candidates: Vec<usize> = verdicts
        .iter()
        .filter(|verdict| verdict.usage == Usage::Unreferenced)
        .map(|verdict| verdict.attachment)
        .collect();
    for (attachment, content) in residue_search::named_in_residues(index, &candidates) {
        let verdict = &mut verdicts[attachment];
        verdict.usage = Usage::Undetermined;
        verdict.reasons.insert(0, ReasonKind::Unparsed.because(residue_reason(&inventory.contents[content])));
    }
    (verdicts, site_uses.over_limit)
}

/// Limits of the run that keep files without a use from being called unreferenced.
struct ScanLimits<'a> {
    /// Contents that could not be read completely, by the id of the page or post whose files they may use.
    unread: HashMap<&'a str, &'a Content>,
    incomplete: Option<String>,
    without_body: Option<String>,
    references_within: bool,
    /// A host of the site that was not configured when the site was read.
    unread_host: Option<String>,
}

impl<'a> ScanLimits<'a> {
    fn new(inventory: &'a Inventory, options: &AuditOptions) -> Self {
        let total = inventory.coverage.total();
        let incomplete = (!inventory.coverage.is_complete()).then(|| {
            format!("the scan is incomplete: {} of {} units could not be read", total.unread(), total.planned)
        });
        let unread_host = options.alias_hosts.iter().find(|host| !inventory.scan.own_hosts.contains(host));
        let unread = inventory.contents.iter().filter(|content| content.unread.is_some());
        // a file that a comment shows belongs to the page of the comment
        let unread = unread.flat_map(|content| {
            [Some(&content.id), content.container.as_ref()].into_iter().flatten().map(move |id| (id.as_str(), content))
        });
        Self {
            unread: unread.collect(),
            incomplete,
            without_body: without_body(inventory),
            references_within: inventory.scan.references_within,
            unread_host: unread_host.cloned(),
        }
    }
}

/// Reason for doubt if contents that could hold a use have no body, whatever the coverage says about them.
fn without_body(inventory: &Inventory) -> Option<String> {
    let unread = |content: &&Content| content.body.is_none() && content.unread.is_none() && !content.status.is_trash();
    let first = inventory.contents.iter().find(unread)?;
    let count = inventory.contents.iter().filter(unread).count() as u64;
    let bodies = plural(count, "body", "bodies");
    Some(format!("{bodies} could not be read; the first is that of the {}", described(first)))
}

fn verdict(
    index: &SiteIndex<'_>,
    attachment: usize,
    uses: Vec<Use>,
    site: &SiteUses,
    scan: &ScanLimits<'_>,
    protection: &ProtectionRules<'_>,
) -> FileVerdict {
    let inventory = index.inventory;
    let file = &inventory.attachments[attachment];
    let owner = file.container.id().and_then(|id| index.content(id.as_str())).map(|at| &inventory.contents[at]);
    // a space that is not in the list of spaces is not visible to the account
    let space = owner.and_then(|owner| owner.space.clone()).filter(|id| index.lists_space(id));
    let app_rule = app_files::rule_for(index, file, owner);
    let (usage, mut reasons) = if let Some(reason) = not_judged(index, attachment, owner) {
        (Usage::NotJudged, vec![reason])
    } else if let Some(usage) = usage_of(&uses) {
        (usage, Vec::new())
    } else {
        let mut reasons = undetermined_reasons(index, attachment, owner, site, scan);
        reasons.extend(app_rule.map(|rule| ReasonKind::AppRule.because(rule.reason)));
        (if reasons.is_empty() { Usage::Unreferenced } else { Usage::Undetermined }, reasons)
    };
    if matches!(usage, Usage::Unreferenced | Usage::Undetermined)
        && let Some(&content) = site.in_trash.get(&attachment)
    {
        let name = described(&inventory.contents[content]);
        let text = format!("named only in the trash, by the {name}: restoring it would need this file");
        reasons.push(ReasonKind::NamedInTrash.because(text));
    }
    FileVerdict {
        attachment,
        usage,
        certainty: uses.iter().map(|one| one.certainty).min(),
        uses,
        reasons,
        protected: protection.rule_for(file).or_else(|| app_rule.map(|rule| rule.name.to_owned())),
        kept_by_app: app_rule.map(|rule| rule.name),
        duplicate_group: None,
        reported: is_reported(inventory, space.as_ref()),
        owner_in_trash: owner.is_some_and(|owner| owner.status.is_trash()),
        space,
    }
}

/// Files whose space is unknown are always reported, so that the sums agree.
fn is_reported(inventory: &Inventory, space: Option<&SpaceId>) -> bool {
    let (Some(keys), Some(id)) = (&inventory.scan.reported_spaces, space) else { return true };
    inventory.spaces.iter().any(|space| space.id == *id && keys.contains(&space.key))
}

fn not_judged(index: &SiteIndex<'_>, attachment: usize, owner: Option<&Content>) -> Option<Reason> {
    use ReasonKind::{InTrash, NotOfPage, OwnerInTrash};
    let file = &index.inventory.attachments[attachment];
    if file.status.is_trash() {
        return Some(InTrash.because("in the trash"));
    }
    match &file.container {
        Container::None => return Some(NotOfPage.because("does not belong to a page or blog post")),
        Container::CustomContent(_) => {
            return Some(NotOfPage.because("belongs to custom content, not to a page or blog post"));
        }
        Container::Page(_) | Container::BlogPost(_) => {}
    }
    let owner = owner?;
    if owner.status.is_trash() {
        return Some(OwnerInTrash.because(format!("its {} is in the trash", owner.kind.label())));
    }
    let kind = owner.kind.label();
    let reason = || NotOfPage.because(format!("belongs to a {kind}, not to a page or blog post"));
    (!owner.kind.owns_attachments()).then(reason)
}

/// Returns the usage that a file's uses prove.
fn usage_of(uses: &[Use]) -> Option<Usage> {
    let on_owner = |display| uses.iter().any(|one| one.on_owner && one.display == display);
    if uses.is_empty() {
        None
    } else if on_owner(Display::Shown) {
        Some(Usage::Embedded)
    } else if on_owner(Display::Linked) {
        Some(Usage::Linked)
    } else if uses.iter().any(|one| one.display != Display::Listed) {
        Some(Usage::LinkedElsewhere)
    } else {
        Some(Usage::Listed)
    }
}

/// Returns why a file without a known use cannot be called unreferenced; empty if it can.
fn undetermined_reasons(
    index: &SiteIndex<'_>,
    attachment: usize,
    owner: Option<&Content>,
    site: &SiteUses,
    scan: &ScanLimits<'_>,
) -> Vec<Reason> {
    let inventory = index.inventory;
    let file = &inventory.attachments[attachment];
    let mut reasons = Vec::new();
    let mut add = |kind: ReasonKind, text: String| reasons.push(kind.because(text));
    for text in scan.incomplete.iter().chain(&scan.without_body) {
        add(ReasonKind::Incomplete, text.clone());
    }
    if scan.references_within {
        add(
            ReasonKind::OtherSpaces,
            "only the selected spaces were read: content of another space may use it".to_owned(),
        );
    }
    if let Some(host) = &scan.unread_host {
        add(
            ReasonKind::NewAliasHost,
            format!("the site was read before {host} was added to alias_hosts: run the audit again"),
        );
    }
    match owner {
        None => add(
            ReasonKind::OwnerNotFound,
            "its page or post was not found: deleted during the run, not visible to this account, or a draft that was \
             never published"
                .to_owned(),
        ),
        Some(owner) if owner.status == Status::Draft => {
            add(ReasonKind::NeverPublished, format!("its {} was never published", owner.kind.label()));
        }
        Some(_) => {}
    }
    if let Some(content) = file.container.id().and_then(|id| scan.unread.get(id.as_str()))
        && let Some(why) = &content.unread
    {
        let text = format!("it is not known which files the {} uses: {why}", described(content));
        add(ReasonKind::UnreadContent, text);
    }
    for text in unread_fields(file, owner) {
        add(ReasonKind::UnreadField, text);
    }
    let newest = file.modified_at.max(file.created_at);
    if newest.is_some_and(|time| time >= inventory.scan.started_at) {
        add(ReasonKind::UploadedDuringScan, "it was uploaded after the scan began".to_owned());
    }
    if let Some(unsettled) = file.unsettled {
        add(ReasonKind::ChangedDuringScan, unsettled_reason(unsettled).to_owned());
    }
    let mut has_host_reason = false;
    for name in file.names() {
        if let Some(unresolved) = site.unresolved_names.get(&fold(name)) {
            let content = described(&inventory.contents[unresolved.content]);
            has_host_reason |= matches!(unresolved.location, UnresolvedLocation::Host(_));
            match &unresolved.location {
                UnresolvedLocation::Container(container) => add(
                    ReasonKind::UnresolvedName,
                    format!(
                        "the {content} names \"{name}\" on {container}, which was not found: it may mean this file"
                    ),
                ),
                UnresolvedLocation::Host(host) => add(
                    ReasonKind::UnknownHost,
                    format!(
                        "the {content} names \"{name}\" on {host}: if the site used that host before (see alias_hosts), \
                         it may mean this file"
                    ),
                ),
            }
        }
    }
    if let Some((content, host)) = site.on_unknown_host.get(&attachment).filter(|_| !has_host_reason) {
        let content = described(&inventory.contents[*content]);
        let text =
            format!("the {content} names this file by its id on {host}, which is not known as a host of this site");
        add(ReasonKind::UnknownHost, text);
    }
    if let Some(&content) = companion(file, site) {
        let content = described(&inventory.contents[content]);
        let text = format!("the {content} has a macro whose app may keep this file next to the one the macro names");
        add(ReasonKind::Companion, text);
    }
    let without_id = file.file_id.is_none() || file.old_versions.iter().any(|version| version.file_id.is_none());
    if let Some(content) = site.unknown_file_id.filter(|_| without_id) {
        let content = described(&inventory.contents[content]);
        let text = format!("the {content} names a file by an unknown media id: it may mean this file");
        add(ReasonKind::UnknownMediaId, text);
    }
    if let Some(&(content, cause)) = file.container.id().and_then(|id| site.uncertain.get(id.as_str())) {
        let content = described(&inventory.contents[content]);
        match cause {
            Uncertainty::AppFileNames => add(
                ReasonKind::AppFiles,
                format!("the {content} has a macro that keeps its data in files whose names are not known"),
            ),
            Uncertainty::WorkLimit => add(
                ReasonKind::WorkLimit,
                format!("the {content} lists more files than can be looked up: this file may be one of them"),
            ),
        }
    }
    reasons
}

fn unsettled_reason(unsettled: Unsettled) -> &'static str {
    match unsettled {
        Unsettled::New => "it, or its newest version, was not listed when the scan began",
        Unsettled::Changing => "it or its page changed while the site was read",
        Unsettled::LostItsUse => "content that used it changed while the site was read",
    }
}

/// Returns the content with a macro whose app may keep this file next to another one.
fn companion<'u>(file: &Attachment, site: &'u SiteUses) -> Option<&'u usize> {
    let container = file.container.id()?.as_str();
    let user = |container: &str, stem: &str| site.companions.get(&(container.to_owned(), stem.to_owned()));
    companion_files::own_stems(file)
        .find_map(|stem| user(container, &stem).or_else(|| user(collect_uses::ANYWHERE, &stem)))
}

/// Reasons for doubt where the server left out a field or sent an unknown value (F-59, F-60).
fn unread_fields(file: &Attachment, owner: Option<&Content>) -> Vec<String> {
    let mut reasons: Vec<String> = file.unread.iter().cloned().collect();
    if file.title.is_empty() {
        reasons.push("its name could not be read".to_owned());
    }
    if file.old_versions.iter().any(|version| version.title.is_none()) {
        reasons.push("the name of an old version could not be read".to_owned());
    }
    if let Status::Other(word) = &file.status {
        reasons.push(format!("it has the unknown status \"{word}\""));
    }
    if let Some((owner, Status::Other(word))) = owner.map(|owner| (owner, &owner.status)) {
        reasons.push(format!("its {} has the unknown status \"{word}\"", owner.kind.label()));
    }
    reasons
}

fn residue_reason(content: &Content) -> String {
    let described = described(content);
    match content.body.as_ref().map(|body| &body.reading) {
        Some(ParseOutcome::Lenient { problem, residue: None }) => format!(
            "the {described} is not well-formed ({problem}), and its unreadable parts were not searched: it may use this file"
        ),
        Some(ParseOutcome::GivenUp { problem, text: None, .. }) => {
            format!("the {described} was neither parsed ({problem}) nor searched as text: it may use this file")
        }
        Some(ParseOutcome::GivenUp { problem, .. }) => {
            format!("the {described} was only searched as text ({problem}): it may use this file")
        }
        Some(ParseOutcome::Lenient { problem, .. }) => {
            format!("the {described} is not well-formed ({problem}) and may name this file in its unreadable part")
        }
        Some(ParseOutcome::WellFormed) | None => format!("the {described} may name this file"),
    }
}

/// `page "Release Plan" (1001)`.
fn described(content: &Content) -> String {
    let draft = if content.status == Status::Draft { "draft of the " } else { "" };
    let title = if content.title.is_empty() { String::new() } else { format!(" \"{}\"", content.title) };
    format!("{draft}{}{title} ({})", content.kind.label(), content.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use storage_format::{Certainty, Construct};

    fn one(on_owner: bool, display: Display) -> Use {
        Use {
            content: 0,
            on_owner,
            construct: Construct::Image,
            name: "a.png".to_owned(),
            display,
            certainty: Certainty::Proven,
        }
    }

    #[test]
    fn a_file_gets_the_first_usage_that_applies() {
        use Display::{Linked, Listed, Shown};
        let table: [(&[Use], Option<Usage>); 7] = [
            (&[], None),
            (&[one(false, Shown), one(true, Listed), one(true, Linked), one(true, Shown)], Some(Usage::Embedded)),
            (&[one(false, Shown), one(true, Listed), one(true, Linked)], Some(Usage::Linked)),
            (&[one(false, Shown), one(true, Listed)], Some(Usage::LinkedElsewhere)),
            (&[one(false, Linked)], Some(Usage::LinkedElsewhere)),
            (&[one(true, Listed), one(false, Listed)], Some(Usage::Listed)),
            (&[one(false, Listed)], Some(Usage::Listed)),
        ];
        for (uses, usage) in table {
            assert_eq!(usage_of(uses), usage, "{uses:?}");
        }
    }
}
