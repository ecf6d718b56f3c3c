//! Display names of the accounts that occur on the site.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::site::{AccountId, Attachment, Content};
use confluence_client::RequestError;
use confluence_client::api::PEOPLE_PER_REQUEST;

/// Returns the ids of all creators, owners, editors and uploaders.
pub(super) fn account_ids<'i>(contents: &'i [Content], files: &'i [Attachment]) -> BTreeSet<&'i str> {
    let of_contents = contents.iter().flat_map(|content| [&content.author, &content.owner, &content.last_editor]);
    let of_files = files
        .iter()
        .flat_map(|file| std::iter::once(&file.author).chain(file.old_versions.iter().map(|version| &version.author)));
    of_contents.chain(of_files).flatten().map(AccountId::as_str).collect()
}

/// Reads the names of all creators, owners, editors and uploaders. Deleted accounts have no name and keep their ids.
pub(super) async fn read(crawl: &Crawl<'_>, contents: &[Content], files: &[Attachment]) -> BTreeMap<AccountId, String> {
    names_of(crawl, account_ids(contents, files)).await.known
}

#[derive(Default)]
pub(super) struct AccountNames {
    pub(super) known: BTreeMap<AccountId, String>,
    /// Accounts whose requests failed.
    pub(super) unread: BTreeSet<AccountId>,
}

pub(super) async fn names_of(crawl: &Crawl<'_>, ids: BTreeSet<&str>) -> AccountNames {
    let ids: Vec<&str> = ids.into_iter().collect();
    crawl.phase("people", Some(ids.len() as u64));
    let mut groups: Vec<&[&str]> = ids.chunks(PEOPLE_PER_REQUEST).collect();
    let mut people = AccountNames::default();
    while !groups.is_empty() {
        for result in crawl.all(groups.drain(..).map(|group| read_group(crawl, group)).collect()).await {
            match result {
                Ok(names) => {
                    people.known.extend(names.known);
                    people.unread.extend(names.unread);
                }
                Err(group) => groups.extend(group.chunks(group.len().div_ceil(2))),
            }
        }
    }
    people
}

/// Reads the names of one group. `Err` returns the group if its request is too long for the server and has to be halved
/// (F-17).
async fn read_group<'g, 'i>(crawl: &Crawl<'_>, group: &'g [&'i str]) -> Result<AccountNames, &'g [&'i str]> {
    let unit = crawl.ledger.enter(UnitKind::People, format!("names of {} people", group.len()));
    let result = crawl.api.people(group).await;
    if group.len() > 1 && result.as_ref().is_err_and(RequestError::is_too_long) {
        unit.withdrawn();
        return Err(group);
    }
    match &result {
        // without names, the report shows ids, and no verdict depends on either
        Err(error) if !error.stops_run() => {
            crawl.ledger.warn(format!(
                "could not read the names of {} people, the report shows their ids: {error}",
                group.len()
            ));
            unit.skipped("no verdict depends on names");
        }
        settled => unit.settle(settled),
    }
    crawl.progress.advance(group.len() as u64);
    let Ok(people) = result else {
        return Ok(AccountNames {
            unread: group.iter().map(|id| AccountId::new(*id)).collect(),
            ..AccountNames::default()
        });
    };
    let known = people
        .into_iter()
        .filter_map(|person| {
            let name = person.display_name.or(person.public_name).filter(|name| !name.is_empty())?;
            Some((AccountId(person.account_id?), name))
        })
        .collect();
    Ok(AccountNames { known, ..AccountNames::default() })
}
