//! Words of the API: keys and values that may stand in a sample, because no site chose them.
//!
//! Everything else could be data of the site, so a sample never contains it.

/// Keys of JSON objects that this program reads, or that come with them. Any other key becomes [`UNKNOWN_KEY`].
const KEYS: &str = "\
    _expandable _links accountId accountIds accountStatus accountType actions active allowedInReadOnlyMode ancestors \
    approvals approved approvers archivedResultCount atlas_doc_format attachment attachmentId attributes authorId \
    authorized authors base baseUrl blogPostId body breadcrumbs buildDate buildNumber by children cloudId code color \
    colour comment commentId completed confRev container content contentId contentState contentStates contentStatus \
    content_state context contributors count cqlQuery createdAt createdBy createdDate currentActiveAlias currentState \
    currentStateColour currentStateStart currentStateStartedBy cursor customContentId data defaultLocale \
    defaultTimeZone descendants description detail display displayName download downloadLink draftVersion dueDate \
    edition editor editorVersion editui email entityType error errors excerpt expand expirationTime expires \
    externalCollaborator extensions fileId fileSize final fullName group hasMore hasWorkflow history homepage \
    homepageId iconCssClass icon id initial inlineProperties isDefault isExternalCollaborator isFilled isFinal isGuest \
    key label labels lastFinalVersionDate lastFinalVersionId lastFinalVersionNumber lastModified lastOwnerId \
    lastUpdated latest limit links location locale markerRef mediaType mediaTypeDescription message meta metadata \
    minimumRequiredApprovers minorEdit moduleKey name next nextVersion notes number operation operations options \
    originalSelection ownerId page pageId pageResponse pages parameters parentCommentId parentId parentType path \
    pendingRestore permissions plain pluginKey position prefix prev previousVersion profilePicture properties \
    publicName publishedState publishers read reason rejected representation resolution resolutionStatus resource \
    restriction restrictions resultGlobalContainer results resultType retentionPolicy roles rolename scope score \
    scopes searchDuration select self serverTime shortName shortUrl signals size source space spaceId spaceKey spaces \
    start state states status statusCode storage submit subtype successful suppressed syncRev taskable tasks \
    templateId templateType thumbnail tiny tinyui title totalCount totalSize transitions translation type update url \
    user userKey username users valid value version versions view viewed watcher watching webui webuiLink when width \
    height workflowName workflowParameters";

/// Keys below which every key was chosen by an app or a person, except these properties that this program reads.
const PROPERTIES: [&str; 5] = [
    "comalaworkflows",
    "content-appearance-published",
    "content-state-published",
    "cover-picture-id-draft",
    "cover-picture-id-published",
];

/// Objects whose keys are data.
const KEYED_BY_DATA: [&str; 1] = ["properties"];

/// Objects with data of apps: their words and numbers are never kept.
const DATA_OF_APPS: [&str; 2] = ["value", "properties"];

/// Objects that this program does not read, except below data of apps. A sample only says that they exist.
const LEFT_OUT: [&str; 3] = ["_expandable", "icon", "profilePicture"];

/// What stands in a sample for a key that is not a word of the API.
pub(super) const UNKNOWN_KEY: &str = "{key}";

/// Keys whose values are words of the API.
const KEYS_OF_WORDS: [&str; 17] = [
    "accountStatus",
    "accountType",
    "code",
    "edition",
    "entityType",
    "location",
    "operation",
    "parentType",
    "prefix",
    "representation",
    "resolution",
    "resolutionStatus",
    "resultType",
    "status",
    "subtype",
    "templateType",
    "type",
];

/// Values that such keys can have. Any other value is described by its form.
const WORDS: &str = "\
    active anonymous app archived atlassian atlas_doc_format attachment blogpost blueprint closed collaboration \
    comment comment_inline current customer dangling database deactivated deleted draft embed folder footer \
    FREE global group historical inactive inline known knowledge_base live my NOT_FOUND onboarding open page \
    person personal plain PREMIUM raw read reopened resolved space STANDARD ENTERPRISE DEVELOPER storage system team \
    trashed unknown update user view whiteboard wiki";

/// Words of which the values of headers consist.
const WORDS_OF_HEADERS: &str = "\
    AUTH AUTHENTICATED AUTHENTICATION AUTHORISATION AUTHORIZATION CHECK CLIENT DENIED EXPIRED FAILED FAILURE FALSE \
    INVALID MISMATCH OK OUT SCOPE SCOPES SERVER TOKEN TRUE based burst confluence global quota tenant true";

/// Parameters that a link of the API can have.
const PARAMETERS: &str = "\
    body-format cql cursor depth expand limit location next sort space-id spaceKey start status type";

fn contains(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split_ascii_whitespace().any(|known| known == word)
}

/// Returns the key as a sample shows it below `parent`.
pub(super) fn key<'a>(parent: &str, key: &'a str) -> &'a str {
    let known = if KEYED_BY_DATA.contains(&parent) {
        PROPERTIES.contains(&key)
    } else {
        contains(KEYS, key) || PROPERTIES.contains(&key)
    };
    if known { key } else { UNKNOWN_KEY }
}

/// Returns whether a sample does not show what is in an object.
pub(super) fn is_left_out(key: &str) -> bool {
    LEFT_OUT.contains(&key)
}

/// Returns whether the value of a key is data of an app, down to its last level.
pub(super) fn is_data_of_apps(key: &str) -> bool {
    DATA_OF_APPS.contains(&key) || key == UNKNOWN_KEY
}

/// Returns a value that is a word of the API.
pub(super) fn word<'a>(key: &str, value: &'a str) -> Option<&'a str> {
    (KEYS_OF_WORDS.contains(&key) && contains(WORDS, value)).then_some(value)
}

/// Returns a value as an answer may show it: a word of the API, or that it is none.
pub(in crate::doctor) fn api_word(key: &str, value: &serde_json::Value) -> String {
    match value.as_str() {
        Some(text) => word(key, text).unwrap_or("another word").to_owned(),
        None => "none".to_owned(),
    }
}

/// Returns whether the value of a header is a small number or consists of words like those of
/// `FAILURE_CLIENT_SCOPE_CHECK`.
pub(in crate::doctor) fn is_api_value(value: &str) -> bool {
    let number = value.len() <= 6 && !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    number || value.split(['_', '-']).all(|word| contains(WORDS_OF_HEADERS, word))
}

/// Returns whether a link may have a parameter of this name.
pub(super) fn is_parameter(name: &str) -> bool {
    contains(PARAMETERS, name)
}

/// Returns whether a text is one of the API's own: a test takes it out before it looks for names of the site.
#[cfg(test)]
pub(super) fn is_api_word(text: &str) -> bool {
    contains(KEYS, text) || contains(WORDS, text) || contains(PARAMETERS, text) || PROPERTIES.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_a_site_chose_are_replaced() {
        assert_eq!(key("", "title"), "title");
        assert_eq!(key("", "DOCS"), UNKNOWN_KEY);
        assert_eq!(key("properties", "title"), UNKNOWN_KEY);
        assert_eq!(key("properties", "comalaworkflows"), "comalaworkflows");
        assert_eq!(
            (word("status", "current"), word("status", "Salaries"), word("title", "current")),
            (Some("current"), None, None)
        );
    }
}
