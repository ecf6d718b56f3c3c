//! How each command gets its configuration: all of them by [`Configured::load`].

use std::path::{Path, PathBuf};

use config::Value;

use super::ini::LABEL;
use super::keys::{AUDIT, READING, SNAPSHOT, THRESHOLDS, WORKFLOW};
use super::layers::{Flags, Layers, Surroundings};
use super::snapshot::SnapshotConfig;
use super::warning::Warning;
use super::{Config, Loaded, authorities, connection, proxy, values};
use crate::audit::AuditOptions;
use crate::cli::{AuditArgs, DoctorArgs, ReportArgs, SnapshotArgs};
use crate::error::Failure;
use crate::inventory::workflow::{DocumentReport, PinnedProperty};
use crate::metrics::{LabelRule, Rules, ThresholdChanges, Thresholds};

/// The arguments of a command that needs a configuration.
pub trait Configured {
    /// What the command is configured with.
    type Config;

    /// Reads the layers. Fails with exit status 2 and a message that names what to mend.
    fn load(&self, around: &mut Surroundings<'_>) -> Result<Loaded<Self::Config>, Failure>;
}

impl Configured for AuditArgs {
    /// Beside the audit the snapshot, where it is to take one as well.
    type Config = (Config, Option<SnapshotConfig>);

    fn load(&self, around: &mut Surroundings<'_>) -> Result<Loaded<Self::Config>, Failure> {
        load(self, self.snapshot.then(|| SnapshotArgs::of_audit(self)).as_ref(), around)
    }
}

impl Configured for SnapshotArgs {
    /// That of an audit over the same spaces, and what is its own.
    type Config = (Config, SnapshotConfig);

    fn load(&self, around: &mut Surroundings<'_>) -> Result<Loaded<Self::Config>, Failure> {
        let Loaded { value: (mut config, snapshot), file, warnings } = load(&self.as_audit(), Some(self), around)?;
        let snapshot = snapshot.unwrap_or_default();
        config.crawl.include_spaces.clone_from(&snapshot.include_spaces);
        Ok(Loaded { value: (config, snapshot), file, warnings })
    }
}

impl Configured for DoctorArgs {
    type Config = Config;

    fn load(&self, around: &mut Surroundings<'_>) -> Result<Loaded<Self::Config>, Failure> {
        let Loaded { value: (config, _), file, warnings } = load(&self.as_audit(), None, around)?;
        Ok(Loaded { value: config, file, warnings })
    }
}

impl Configured for ReportArgs {
    /// The rules alone; address and token may be missing.
    type Config = AuditOptions;

    fn load(&self, around: &mut Surroundings<'_>) -> Result<Loaded<Self::Config>, Failure> {
        let mut flags = Flags::default();
        set(&mut flags, "--keep-versions", self.keep_versions.as_ref());
        let layers = Layers::read(self.config.as_deref(), &flags, around)?;
        let mut value = AuditOptions::default();
        layers.set(AUDIT, &mut value)?;
        Ok(Loaded { value, file: layers.file, warnings: layers.warnings })
    }
}

/// What the layers say about an audit, and about the snapshot beside it.
fn load(
    args: &AuditArgs,
    snapshot: Option<&SnapshotArgs>,
    around: &mut Surroundings<'_>,
) -> Result<Loaded<(Config, Option<SnapshotConfig>)>, Failure> {
    let args = &AuditArgs {
        space: values::list_of_flag("--space", &args.space)?,
        exclude_space: values::list_of_flag("--exclude-space", &args.exclude_space)?,
        ..args.clone()
    };
    let site = &args.reading.site;
    let mut flags = flags(args, snapshot)?;
    let mut warnings: Vec<_> = connection::set_token(&mut flags, site, around)?.into_iter().collect();
    let layers = Layers::read(site.config.as_deref(), &flags, around)?;
    let mut connection = connection::from_layers(&layers, &mut warnings)?;
    connection.proxy = proxy::on_the_way(&connection.base_url, &around.variables)?;
    authorities::check(&around.variables)?;
    for (flag, patterns) in [("--space", &args.space), ("--exclude-space", &args.exclude_space)] {
        for pattern in patterns {
            values::check_pattern(pattern, flag)?;
        }
    }
    let mut audit = AuditOptions::default();
    layers.set(AUDIT, &mut audit)?;
    let mut config = Config::new(connection, audit, args, around);
    layers.set(READING, &mut config.crawl)?;
    let snapshot = snapshot.map(|args| snapshot_of(&layers, args, around)).transpose()?;
    config.crawl.measures = snapshot.as_ref().map(|snapshot| snapshot.todo_markers.clone());
    config.crawl.blog_post_rows = snapshot.as_ref().is_some_and(|snapshot| snapshot.blog_posts);
    warnings.extend(layers.warnings);
    if config.cache.is_none() && !args.reading.no_cache {
        warnings.push(Warning::NoCacheFolder);
    }
    Ok(Loaded { value: (config, snapshot), file: layers.file, warnings })
}

/// The flags that stand for keys.
fn flags(args: &AuditArgs, snapshot: Option<&SnapshotArgs>) -> Result<Flags, Failure> {
    let mut flags = Flags::default();
    set(&mut flags, "--keep-versions", args.keep_versions.as_ref());
    set(&mut flags, "--concurrency", args.reading.concurrency.as_ref());
    set(&mut flags, "--max-wait", args.reading.max_wait.as_ref());
    let accepted = values::list_of_flag("--accept-unread", &args.reading.accept_unread)?;
    if !accepted.is_empty() {
        flags.set("--accept-unread", accepted.into_iter().map(Value::from).collect::<Vec<_>>());
    }
    if let Some(snapshot) = snapshot {
        set(&mut flags, "--retain", snapshot.retain.as_ref());
        for (flag, texts) in [("--metrics", &snapshot.metrics), ("--space", &snapshot.space)] {
            let parts = values::list_of_flag(flag, texts)?;
            if !parts.is_empty() {
                flags.set(flag, parts.into_iter().map(Value::from).collect::<Vec<_>>());
            }
        }
    }
    Ok(flags)
}

fn set(flags: &mut Flags, flag: &'static str, text: Option<&String>) {
    if let Some(text) = text {
        flags.set(flag, text.as_str());
    }
}

fn snapshot_of(layers: &Layers, args: &SnapshotArgs, around: &Surroundings<'_>) -> Result<SnapshotConfig, Failure> {
    let file = |path: &PathBuf| around.working_directory.join(path);
    let mut snapshot = SnapshotConfig::default();
    layers.set(SNAPSHOT, &mut snapshot)?;
    snapshot.retention.archive = !args.no_archive;
    snapshot.fail_on.clone_from(&args.fail_on);
    snapshot.accept_account_change = args.accept_account_change;
    snapshot.import_history = args.import_history.as_ref().map(file);
    set_thresholds(layers, &mut snapshot.rules)?;
    let workflow = &mut snapshot.workflow;
    layers.set(WORKFLOW, workflow)?;
    workflow.property = workflow.property.take().map_or(Ok(None), whole)?;
    workflow.import = args.workflow_import.as_ref().map(|path| document_report(&file(path))).transpose()?;
    Ok(snapshot)
}

/// The thresholds for all pages, and those of the sections about some.
fn set_thresholds(layers: &Layers, rules: &mut Rules) -> Result<(), Failure> {
    let mut changes = ThresholdChanges::default();
    layers.set(THRESHOLDS, &mut changes)?;
    check_growth(&changes, SNAPSHOT[0].key.section)?;
    rules.usual = Thresholds::default().with(&changes);
    for (word, name, values) in layers.exceptions() {
        let mut changes = ThresholdChanges::default();
        for row in THRESHOLDS {
            values.get(row.key.name).map_or(Ok(()), |value| row.set(&mut changes, value))?;
        }
        check_growth(&changes, &format!("{word} {}", values::shown(&name)))?;
        if word == LABEL {
            rules.by_label.push(LabelRule { label: name, changes });
        } else {
            rules.by_space.insert(name, rules.usual.with(&changes));
        }
    }
    Ok(())
}

/// A page ages in this order, so the days that one section sets have to grow. Those that it does not set follow.
fn check_growth(changes: &ThresholdChanges, section: &str) -> Result<(), Failure> {
    let days = ["aging_days", "stale_days", "expired_days"].into_iter().zip(changes.days());
    let set: Vec<(&str, u32)> = days.filter_map(|(name, days)| Some((name, days?))).collect();
    if set.is_sorted_by_key(|(_, days)| *days) {
        return Ok(());
    }
    let set: Vec<String> = set.into_iter().map(|(name, days)| format!("{name} = {days}")).collect();
    Err(Failure::usage(format!("[{section}]: the days after which a page is aging, stale and expired do not grow"))
        .because(set.join(", "))
        .remedy("a page is aging before it is stale, and stale before it is expired; one that is left out follows the others"))
}

/// A property with all that is needed to read it; none where neither its key nor the state in it is named.
fn whole(property: PinnedProperty) -> Result<Option<PinnedProperty>, Failure> {
    match (property.key.is_empty(), property.state.is_empty()) {
        (false, false) => Ok(Some(property)),
        (true, true) => Ok(None),
        _ => Err(Failure::usage("[workflow]: `property_key` and `state_pointer` belong together")
            .remedy("set both, as a run that looked for the property has printed them, or neither")),
    }
}

/// The report exported from the workflow app.
fn document_report(path: &Path) -> Result<DocumentReport, Failure> {
    let failure = |why: String| {
        Failure::usage(format!("--workflow-import: {} cannot be read", path.display()))
            .because(why)
            .remedy("give the CSV file of the workflow app's document report")
    };
    let bytes = std::fs::read(path).map_err(|error| failure(error.to_string()))?;
    DocumentReport::parse(&bytes).map_err(|error| failure(error.to_string()))
}
