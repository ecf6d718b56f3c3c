//! Display names of the people met.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::site::{AccountId, Attachment, Content};
use confluence_client::RequestError;
use confluence_client::api::PEOPLE_PER_REQUEST;

/// The ids of all creators, owners, editors and uploaders.
pub(super) fn met<'i>(contents: &'i [Content], files: &'i [Attachment]) -> BTreeSet<&'i str> {
    let of_contents = contents.iter().flat_map(|content| [&content.author, &content.owner, &content.last_editor]);
    let of_files = files
        .iter()
        .flat_map(|file| std::iter::once(&file.author).chain(file.old_versions.iter().map(|version| &version.author)));
    of_contents.chain(of_files).flatten().map(AccountId::as_str).collect()
}

/// Reads the names of all creators, owners, editors and uploaders. Deleted accounts have none; they keep their ids.
pub(super) async fn read(crawl: &Crawl<'_>, contents: &[Content], files: &[Attachment]) -> BTreeMap<AccountId, String> {
    names_of(crawl, met(contents, files)).await.told
}

/// Names of accounts.
#[derive(Default)]
pub(super) struct Names {
    pub(super) told: BTreeMap<AccountId, String>,
    /// Asked for in requests that failed.
    pub(super) unread: BTreeSet<AccountId>,
}

/// Reads the names of these accounts.
pub(super) async fn names_of(crawl: &Crawl<'_>, ids: BTreeSet<&str>) -> Names {
    let ids: Vec<&str> = ids.into_iter().collect();
    crawl.phase("people", Some(ids.len() as u64));
    let mut groups: Vec<&[&str]> = ids.chunks(PEOPLE_PER_REQUEST).collect();
    let mut people = Names::default();
    while !groups.is_empty() {
        for answered in crawl.all(groups.drain(..).map(|group| names(crawl, group)).collect()).await {
            match answered {
                Ok(names) => {
                    people.told.extend(names.told);
                    people.unread.extend(names.unread);
                }
                Err(group) => groups.extend(group.chunks(group.len().div_ceil(2))),
            }
        }
    }
    people
}

/// The names of one group; `Err` gives it back when its request is too long for the server and has to be halved (F-17).
async fn names<'g, 'i>(crawl: &Crawl<'_>, group: &'g [&'i str]) -> Result<Names, &'g [&'i str]> {
    let unit = crawl.ledger.enter(UnitKind::People, format!("names of {} people", group.len()));
    let result = crawl.api.people(group).await;
    if group.len() > 1 && result.as_ref().is_err_and(RequestError::is_too_long) {
        unit.withdrawn();
        return Err(group);
    }
    match &result {
        // names only dress the report: without them the ids are shown, and no verdict depends on either
        Err(error) if !error.stops_run() => {
            crawl
                .ledger
                .warn(format!("the names of {} people could not be read, their ids are shown: {error}", group.len()));
            unit.skipped("names of people are not needed for a verdict");
        }
        settled => unit.settle(settled),
    }
    crawl.progress.advance(group.len() as u64);
    let Ok(people) = result else {
        return Ok(Names { unread: group.iter().map(|id| AccountId::new(*id)).collect(), ..Names::default() });
    };
    let told = people
        .into_iter()
        .filter_map(|person| {
            let name = person.display_name.or(person.public_name).filter(|name| !name.is_empty())?;
            Some((AccountId(person.account_id?), name))
        })
        .collect();
    Ok(Names { told, ..Names::default() })
}
