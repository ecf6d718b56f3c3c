//! The sentences of an explanation, with placeholders. The pages of a report have them once, and their script fills
//! them in from the data of the page, so that command and page say the same.

use serde::{Serialize, Serializer};

macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// A sentence with placeholders in braces.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum SentenceForm {
            $($(#[$doc])* $name,)+
        }

        impl SentenceForm {
            const ALL: &'static [Self] = &[$(Self::$name,)+];

            fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

sentences! {
    // where it is used
    Use = "The {content} {does}.",
    UseByName = "The {content} {does}, under the name \"{name}\".",
    UseByEarlierName = "The {content} {does}, under its earlier name \"{name}\".",
    UseById = "The {content} {does}, by the id {name}.",
    Possibly = "\"Possibly\" means: {why}. It counts as a use.",
    OnlyListed = "No text names it: readers find it in a list of attachments, and may download it there.",
    NoUseInAll = "No use was found, and everything that could hold one was read.",
    NoUse = "No use was found.",
    // what that means
    Usage = "Its usage is \"{usage}\": {meaning}.",
    Reason = "Reason: {reason}.",
    Remark = "It is {reason}.",
    Protected = "It is protected ({rule}), so no list of unreferenced files has it.",
    // what would make it unreferenced
    IncompleteScan = "An incomplete scan cannot say what would make a file unreferenced. Run the audit again until it is complete.",
    NotJudged = "Files in this state are not judged, so no audit calls it unreferenced.",
    AppKeeps = "An app may use it without any page that names it, so no audit calls it unreferenced.",
    WithinSpaces = "This scan read only the chosen spaces, so it calls no file unreferenced. Run the audit without --references-within.",
    IsUnreferenced = "It is unreferenced already.",
    WithoutReason = "If the reason above no longer applies, a new audit calls it unreferenced, unless it finds a use.",
    WithoutReasons = "If none of the {count} reasons above applies any more, a new audit calls it unreferenced, unless it finds a use.",
    WithoutUse = "If the use above is removed, a new audit calls it unreferenced, unless it finds another use.",
    WithoutUses = "If all {count} uses above are removed, a new audit calls it unreferenced, unless it finds another use.",
    WithoutList = "If the list above no longer shows it (remove the macro, or change its labels or patterns), a new audit calls it unreferenced, unless it finds another use.",
    WithoutLists = "If none of the {count} lists above shows it any more (remove the macros, or change their labels or patterns), a new audit calls it unreferenced, unless it finds another use.",
    StillProtected = "Even then the rule that protects it ({rule}) keeps it out of the lists.",
    // if it were deleted
    Breaks = "{effect}: {contents}.",
    NothingBreaks = "Nothing that was read would change for readers. What was not covered (see below) may use it.",
    MayBreak = "What would change for readers is not known: no use was found, but one may be hidden.",
    NotKnown = "What would change for readers is not known: the file is not judged.",
    InTrash = "It is in the trash already: readers no longer see it. Purging the trash cannot be undone.",
    MovesOne = "Deleting it moves it to the trash ({size}). The storage is free when a space administrator purges the trash.",
    MovesAll = "Deleting it moves all of its {count} versions to the trash ({size}). The storage is free when a space administrator purges the trash.",
    DoNotDelete = "Do not delete files on the basis of an incomplete scan.",
    Old = "This scan is {age} old, and files may have come into use since then: run the audit again before you delete anything.",
    // parts
    UnknownSize = "size not known",
    More = "{count} more",
    // what the file is
    OnPage = "\"{name}\" is a file of the {content} in the space {space}.",
    OnPageOfUnknownSpace = "\"{name}\" is a file of the {content}. Its space is not known.",
    OnUnknownPage = "\"{name}\" is a file of the content {container}, which was not found.",
    OnNoPage = "\"{name}\" is a file of no page or blog post.",
    Size = "Its attachment id is {id}. It has one version: {size}.",
    Sizes = "Its attachment id is {id}. It has {count} versions: {all} in all, {size} the current one.",
    EarlierNames = "Earlier versions had other names: {names}.",
    Uploaded = "{person} uploaded the current version on {day}.",
    UploadedFirst = "{person} uploaded the current version on {day}, and the first version is of {first}.",
    // which scan says so
    Scan = "The audit of {time} read {site} as {account}.",
    Complete = "It is complete: {read}.",
    Accepted = "It is complete except for what was accepted as unread: {contents}.",
    Incomplete = "It is INCOMPLETE: {reasons}. An incomplete scan calls no file unreferenced.",
    Age = "The scan is {age} old.",
    FreshToday = "The scan is from today.",
    OtherProgram = "Version {version} of this program read the site. This version may find more uses: run the audit again before you delete anything.",
    // what was looked at
    Looked = "The audit searched {contents} for uses.",
    HeaderImages = "It also read the header images of pages and blog posts.",
    NotRead = "Not read: {reasons}.",
}

impl SentenceForm {
    /// Returns the sentence with its placeholders filled in. Values are never searched for placeholders.
    pub(super) fn fill(self, values: &[(&str, &str)]) -> String {
        let mut sentence = String::new();
        let mut rest = self.text();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = values.iter().find(|(known, _)| *known == name);
            debug_assert!(value.is_some(), "{self:?} needs {name}");
            sentence.push_str(before);
            sentence.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        sentence.push_str(rest);
        sentence
    }
}

/// Serializes as an object with the text of each sentence by its name.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct SentenceForms;

impl Serialize for SentenceForms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(SentenceForm::ALL.iter().map(|form| (form.name(), form.text())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_even_if_they_look_like_placeholders() {
        let hostile = SentenceForm::UseByName.fill(&[
            ("content", "page \"{name}\" (1)"),
            ("does", "shows it as an image"),
            ("name", "{content}.png"),
        ]);
        assert_eq!(hostile, "The page \"{name}\" (1) shows it as an image, under the name \"{content}.png\".");
    }

    #[test]
    fn no_sentence_says_that_deleting_is_harmless() {
        for form in SentenceForm::ALL {
            let text = form.text().to_lowercase();
            for word in ["safe", "unused", "orphan", "harmless"] {
                assert!(!text.contains(word), "{text}");
            }
        }
    }
}
