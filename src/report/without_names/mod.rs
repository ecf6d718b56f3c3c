//! Replaces people by numbers (`report --without-names`), in what a report is written from, so that no output can
//! forget it.
//!
//! Two passes. The first sets every field that names a person. The second searches all texts of the scan, as JSON, for
//! what the first one replaced: titles, file names and addresses name people too, and references to them have to change
//! in the same way, or the audit would no longer find them.

mod numbered_people;
mod text_forms;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::Regex;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ReportError, SavedAudit};
use crate::audit::{self, AuditOptions};
use crate::inventory::{
    Account, AccountId, Attachment, Content, ContentDetails, Inventory, OldVersion, OwnerFacts, Scan, Visibility,
};
use numbered_people::NumberedPeople;
use text_forms::TextForm;

/// The option that a report without names shows.
const OPTION: (&str, &str) = ("people", "replaced by numbers");
/// The option with the paths of the sheets.
const SHEETS_OPTION: &str = "sheets of owners";
/// What replaces the names of sheets.
const SHEETS: &str = "an owner's sheet";
/// The form of account ids of Cloud that have a prefix; ids of media files have none.
const ACCOUNT_ID: &str = r"[0-9]{3,}(?::|%3[Aa])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

impl SavedAudit {
    /// Returns the audit with people replaced by numbers. Refuses if a file would get into the lists of unreferenced files
    /// by that.
    pub fn without_names(self) -> Result<Self, ReportError> {
        let Self { mut run, mut inventory, audit } = self;
        let people = NumberedPeople::of(&inventory);
        let forms = text_forms::of(&people, &inventory);
        rename(&mut inventory, &people);
        rename_sheets(&mut run.audit);
        (run, inventory) = Texts::new(&forms)?.replace(&(run, inventory))?;
        run.options.retain(|(name, _)| name != SHEETS_OPTION);
        run.options.push((OPTION.0.to_owned(), OPTION.1.to_owned()));
        let renamed = audit::analyze(&inventory, &run.audit);
        let is_new = |(before, after): &(&audit::FileVerdict, &audit::FileVerdict)| {
            // a rule may protect a file by a part of a name
            after.is_candidate() && !before.is_candidate()
        };
        if let Some((file, _)) = audit.files.iter().zip(&renamed.files).find(is_new) {
            let id = &inventory.attachments[file.attachment].id;
            return Err(failed(format!("file {id} would wrongly be called unreferenced")));
        }
        Ok(Self { run, inventory, audit: renamed })
    }
}

fn failed(why: String) -> ReportError {
    ReportError::NamesNotReplaced { why }
}

/// Sets every field that names a person. The types are taken apart field by field, so that a new field is not forgotten.
fn rename(inventory: &mut Inventory, people: &NumberedPeople) {
    rename_reader(&mut inventory.scan, people);
    for space in &mut inventory.spaces {
        if let Some(number) = people.of_space(&space.id) {
            space.key = numbered_people::space_key(number);
            space.name = numbered_people::name(number);
            space.alias = space.alias.take().map(|_| numbered_people::alias(number));
        }
    }
    let id = |account: &mut Option<AccountId>| {
        if let Some(account) = account {
            *account = people.id(account);
        }
    };
    for content in &mut inventory.contents {
        let Content {
            author,
            owner,
            last_editor,
            details,
            id: _,
            kind: _,
            status: _,
            title: _,
            space: _,
            container: _,
            parent: _,
            created_at: _,
            version: _,
            modified_at: _,
            webui: _,
            body: _,
            header_images: _,
            live: _,
            only_with_admin_key: _,
            unread: _,
        } = content;
        [author, owner, last_editor].into_iter().for_each(id);
        if let Some(details) = details {
            let ContentDetails {
                last_owner,
                message,
                subtype: _,
                position: _,
                minor_edit: _,
                tiny_link: _,
                resolution: _,
                is_reply: _,
            } = &mut **details;
            id(last_owner);
            *message = None;
        }
    }
    for file in &mut inventory.attachments {
        let Attachment {
            author,
            comment,
            old_versions,
            id: _,
            file_id: _,
            title: _,
            status: _,
            container: _,
            media_type: _,
            size: _,
            created_at: _,
            version: _,
            modified_at: _,
            download: _,
            webui: _,
            labels: _,
            unread: _,
            sha256: _,
            unsettled: _,
        } = file;
        id(author);
        *comment = None;
        for version in old_versions {
            let OldVersion { author, number: _, title: _, size: _, file_id: _, created_at: _ } = version;
            id(author);
        }
    }
    inventory.people = people.names();
    let OwnerFacts { accounts, administrators } = &mut inventory.owners;
    *accounts = accounts.iter().map(|(account, state)| (people.id(account), *state)).collect();
    administrators.values_mut().flatten().for_each(|account| *account = people.id(account));
}

/// Removes the names of the sheets in which people decided: each has the name of a person.
fn rename_sheets(rules: &mut AuditOptions) {
    rules.protect_from.clear();
    rules.kept.values_mut().for_each(|sheets| SHEETS.clone_into(sheets));
}

/// Replaces the account that read the site.
fn rename_reader(scan: &mut Scan, people: &NumberedPeople) {
    let Account { id, name } = &mut scan.account;
    *name = people.number(id).map_or_else(String::new, numbered_people::name);
    *id = people.id(id);
    if let Some(Visibility { account, site: _, admin_key: _, missing_scopes: _ }) = &mut scan.visibility {
        *account = people.id(account);
    }
}

/// Searches texts for the forms of names.
struct Texts<'f> {
    forms: &'f [TextForm],
    search: AhoCorasick,
    /// Account ids of Cloud that no field of a person has, such as in messages.
    unknown_ids: Regex,
}

impl<'f> Texts<'f> {
    fn new(forms: &'f [TextForm]) -> Result<Self, ReportError> {
        let patterns = forms.iter().map(|form| form.pattern.as_bytes());
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns);
        let unknown_ids = Regex::new(ACCOUNT_ID).map_err(|error| failed(error.to_string()))?;
        Ok(Self { forms, search: search.map_err(|error| failed(error.to_string()))?, unknown_ids })
    }

    /// Replaces the forms in every text of a value.
    fn replace<T: Serialize + DeserializeOwned>(&self, value: &T) -> Result<T, ReportError> {
        let json = serde_json::to_vec(value).map_err(|error| failed(error.to_string()))?;
        let mut replaced = Vec::with_capacity(json.len());
        let mut at = 0;
        for found in self.search.find_iter(&json) {
            let form = &self.forms[found.pattern()];
            let goes_on = json.get(found.end()).is_some_and(u8::is_ascii_alphanumeric);
            if form.ends_a_word && goes_on {
                continue;
            }
            replaced.extend_from_slice(&json[at..found.start()]);
            replaced.extend_from_slice(form.replacement.as_bytes());
            at = found.end();
        }
        replaced.extend_from_slice(&json[at..]);
        let replaced = self.unknown_ids.replace_all(&replaced, &b"person"[..]);
        // a person with the name of a field or of a kind of value changes the format
        serde_json::from_slice(&replaced).map_err(|error| failed(error.to_string()))
    }
}
