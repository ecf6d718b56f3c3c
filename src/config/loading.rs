//! Loads the configuration of each command, see [`LoadConfig::load`].

use std::path::{Path, PathBuf};

use config::Value;

use super::ini::LABEL;
use super::keys::{AUDIT, CRAWL, FORMATS, SNAPSHOT, THRESHOLDS, WORKFLOW};
use super::layers::{Environment, FlagValues, Layers};
use super::snapshot::SnapshotConfig;
use super::warning::ConfigWarning;
use super::{Config, LoadedConfig, ReportConfig, authorities, connection, proxy, values};
use crate::audit::AuditOptions;
use crate::cli::{AuditArgs, DoctorArgs, RecheckArgs, ReportArgs, SnapshotArgs};
use crate::decisions::Decisions;
use crate::error::Failure;
use crate::inventory::workflow::{DocumentReport, PinnedProperty};
use crate::metrics::{LabelRule, Rules, ThresholdChanges, Thresholds};

/// Arguments of a command that needs a configuration.
pub trait LoadConfig {
    type Config;

    /// Loads the configuration. Fails with exit status 2 and a message that names what to correct.
    fn load(&self, environment: &mut Environment<'_>) -> Result<LoadedConfig<Self::Config>, Failure>;
}

impl LoadConfig for AuditArgs {
    /// The audit, and the snapshot if it takes one.
    type Config = (Config, Option<SnapshotConfig>);

    fn load(&self, environment: &mut Environment<'_>) -> Result<LoadedConfig<Self::Config>, Failure> {
        let snapshot = self.snapshot.then(|| SnapshotArgs::of_audit(self));
        let mut loaded = load(self, snapshot.as_ref(), environment)?;
        loaded.warnings.extend(read_decisions(&mut loaded.value.0.audit, environment)?);
        Ok(loaded)
    }
}

impl LoadConfig for SnapshotArgs {
    /// The configuration of an audit of the same spaces, and that of the snapshot.
    type Config = (Config, SnapshotConfig);

    fn load(&self, environment: &mut Environment<'_>) -> Result<LoadedConfig<Self::Config>, Failure> {
        let LoadedConfig { value: (mut config, snapshot), file, warnings } =
            load(&self.as_audit(), Some(self), environment)?;
        let snapshot = snapshot.unwrap_or_default();
        config.crawl.include_spaces.clone_from(&snapshot.include_spaces);
        Ok(LoadedConfig { value: (config, snapshot), file, warnings })
    }
}

impl LoadConfig for DoctorArgs {
    type Config = Config;

    fn load(&self, environment: &mut Environment<'_>) -> Result<LoadedConfig<Self::Config>, Failure> {
        let LoadedConfig { value: (config, _), file, warnings } = load(&self.as_audit(), None, environment)?;
        Ok(LoadedConfig { value: config, file, warnings })
    }
}

impl LoadConfig for RecheckArgs {
    type Config = Config;

    fn load(&self, environment: &mut Environment<'_>) -> Result<LoadedConfig<Self::Config>, Failure> {
        let LoadedConfig { value: (config, _), file, warnings } = load(&self.as_audit(), None, environment)?;
        Ok(LoadedConfig { value: config, file, warnings })
    }
}

impl LoadConfig for ReportArgs {
    /// Address and token may be missing.
    type Config = ReportConfig;

    fn load(&self, environment: &mut Environment<'_>) -> Result<LoadedConfig<Self::Config>, Failure> {
        let mut flags = FlagValues::default();
        set(&mut flags, "--keep-versions", self.keep_versions.as_ref());
        set_paths(&mut flags, "--protect-from", &self.protect_from);
        set_list(&mut flags, "--formats", &self.formats.formats)?;
        set(&mut flags, "--migration-throughput", self.migration_throughput.as_ref());
        let layers = Layers::read(self.config.as_deref(), &flags, environment)?;
        let mut value = ReportConfig::default();
        layers.set(AUDIT, &mut value.rules)?;
        layers.set(FORMATS, &mut value.formats)?;
        let mut warnings = layers.warnings;
        warnings.extend(read_decisions(&mut value.rules, environment)?);
        Ok(LoadedConfig { value, file: layers.file, warnings })
    }
}

/// Loads the configuration of an audit, and of a snapshot if there is one.
fn load(
    args: &AuditArgs,
    snapshot: Option<&SnapshotArgs>,
    environment: &mut Environment<'_>,
) -> Result<LoadedConfig<(Config, Option<SnapshotConfig>)>, Failure> {
    let args = &AuditArgs {
        space: values::list_of_flag("--space", &args.space)?,
        exclude_space: values::list_of_flag("--exclude-space", &args.exclude_space)?,
        ..args.clone()
    };
    let site = &args.crawl.site;
    let mut flags = flags(args, snapshot)?;
    let mut warnings: Vec<_> = connection::set_token(&mut flags, site, environment)?.into_iter().collect();
    let layers = Layers::read(site.config.as_deref(), &flags, environment)?;
    let mut connection = connection::from_layers(&layers, &mut warnings)?;
    connection.proxy = proxy::for_site(&connection.base_url, &environment.variables)?;
    authorities::check(&environment.variables)?;
    for (flag, patterns) in [("--space", &args.space), ("--exclude-space", &args.exclude_space)] {
        for pattern in patterns {
            values::check_pattern(pattern, flag)?;
        }
    }
    let mut audit = AuditOptions::default();
    layers.set(AUDIT, &mut audit)?;
    let mut config = Config::new(connection, audit, args, environment);
    layers.set(CRAWL, &mut config.crawl)?;
    layers.set(FORMATS, &mut config.formats)?;
    let snapshot = snapshot.map(|args| snapshot_of(&layers, args, environment)).transpose()?;
    config.crawl.measures = snapshot.as_ref().map(|snapshot| snapshot.todo_markers.clone());
    config.crawl.blog_post_rows = snapshot.as_ref().is_some_and(|snapshot| snapshot.blog_posts);
    warnings.extend(layers.warnings);
    if config.cache.is_none() && !args.crawl.no_cache {
        warnings.push(ConfigWarning::NoCacheFolder);
    }
    Ok(LoadedConfig { value: (config, snapshot), file: layers.file, warnings })
}

/// Returns the values of the flags that set keys.
fn flags(args: &AuditArgs, snapshot: Option<&SnapshotArgs>) -> Result<FlagValues, Failure> {
    let mut flags = FlagValues::default();
    set(&mut flags, "--keep-versions", args.keep_versions.as_ref());
    set(&mut flags, "--migration-throughput", args.migration_throughput.as_ref());
    set_paths(&mut flags, "--protect-from", &args.protect_from);
    set(&mut flags, "--concurrency", args.crawl.concurrency.as_ref());
    set(&mut flags, "--max-wait", args.crawl.max_wait.as_ref());
    set(&mut flags, "--max-quota-wait", args.crawl.max_quota_wait.as_ref());
    set_list(&mut flags, "--accept-unread", &args.crawl.accept_unread)?;
    set_list(&mut flags, "--formats", &args.formats.formats)?;
    if let Some(snapshot) = snapshot {
        set(&mut flags, "--retain", snapshot.retain.as_ref());
        for (flag, texts) in [("--metrics", &snapshot.metrics), ("--space", &snapshot.space)] {
            set_list(&mut flags, flag, texts)?;
        }
    }
    Ok(flags)
}

fn set(flags: &mut FlagValues, flag: &'static str, text: Option<&String>) {
    if let Some(text) = text {
        flags.set(flag, text.as_str());
    }
}

/// Sets a flag whose values are paths, which may contain commas.
fn set_paths(flags: &mut FlagValues, flag: &'static str, paths: &[String]) {
    if !paths.is_empty() {
        flags.set(flag, paths.iter().map(|path| Value::from(path.as_str())).collect::<Vec<_>>());
    }
}

/// Reads the sheets in which people decided about files. Returns a warning about files that are no such sheets.
fn read_decisions(rules: &mut AuditOptions, environment: &Environment<'_>) -> Result<Option<ConfigWarning>, Failure> {
    let paths: Vec<PathBuf> = rules.protect_from.iter().map(|path| environment.working_directory.join(path)).collect();
    let Decisions { kept, skipped } = Decisions::read(&paths)?;
    rules.kept = kept;
    Ok((!skipped.is_empty()).then_some(ConfigWarning::NotFilledSheets { files: skipped }))
}

fn set_list(flags: &mut FlagValues, flag: &'static str, texts: &[String]) -> Result<(), Failure> {
    let parts = values::list_of_flag(flag, texts)?;
    if !parts.is_empty() {
        flags.set(flag, parts.into_iter().map(Value::from).collect::<Vec<_>>());
    }
    Ok(())
}

fn snapshot_of(layers: &Layers, args: &SnapshotArgs, environment: &Environment<'_>) -> Result<SnapshotConfig, Failure> {
    let file = |path: &PathBuf| environment.working_directory.join(path);
    let mut snapshot = SnapshotConfig::default();
    layers.set(SNAPSHOT, &mut snapshot)?;
    snapshot.retention.archive = !args.no_archive;
    snapshot.fail_on.clone_from(&args.fail_on);
    snapshot.accept_account_change = args.accept_account_change;
    snapshot.import_history = args.import_history.as_ref().map(file);
    set_thresholds(layers, &mut snapshot.rules)?;
    let workflow = &mut snapshot.workflow;
    layers.set(WORKFLOW, workflow)?;
    workflow.property = workflow.property.take().map_or(Ok(None), complete_property)?;
    workflow.import = args.workflow_import.as_ref().map(|path| document_report(&file(path))).transpose()?;
    Ok(snapshot)
}

/// Sets the thresholds for all pages, and those of the sections about some pages.
fn set_thresholds(layers: &Layers, rules: &mut Rules) -> Result<(), Failure> {
    let mut changes = ThresholdChanges::default();
    layers.set(THRESHOLDS, &mut changes)?;
    check_order_of_days(&changes, SNAPSHOT[0].key.section)?;
    rules.usual = Thresholds::default().with(&changes);
    for (word, name, values) in layers.exceptions() {
        let mut changes = ThresholdChanges::default();
        for row in THRESHOLDS {
            values.get(row.key.name).map_or(Ok(()), |value| row.set(&mut changes, value))?;
        }
        check_order_of_days(&changes, &format!("{word} {}", values::shown(&name)))?;
        if word == LABEL {
            rules.by_label.push(LabelRule { label: name, changes });
        } else {
            rules.by_space.insert(name, rules.usual.with(&changes));
        }
    }
    Ok(())
}

/// Checks that the days that one section sets are in ascending order, since a page passes these stages in that order.
/// Values that it does not set are adjusted to the others.
fn check_order_of_days(changes: &ThresholdChanges, section: &str) -> Result<(), Failure> {
    let days = ["aging_days", "stale_days", "expired_days"].into_iter().zip(changes.days());
    let set: Vec<(&str, u32)> = days.filter_map(|(name, days)| Some((name, days?))).collect();
    if set.is_sorted_by_key(|(_, days)| *days) {
        return Ok(());
    }
    let set: Vec<String> = set.into_iter().map(|(name, days)| format!("{name} = {days}")).collect();
    Err(Failure::usage(format!("[{section}]: aging_days, stale_days and expired_days must be in ascending order"))
        .because(set.join(", "))
        .remedy("a page is first aging, then stale, then expired; a key that is left out is adjusted to the others"))
}

/// Checks that a property has both its key and the pointer to the state; `None` if it has neither.
fn complete_property(property: PinnedProperty) -> Result<Option<PinnedProperty>, Failure> {
    match (property.key.is_empty(), property.state.is_empty()) {
        (false, false) => Ok(Some(property)),
        (true, true) => Ok(None),
        _ => Err(Failure::usage("[workflow]: `property_key` and `state_pointer` belong together")
            .remedy("set both, with the values that an earlier run printed, or neither")),
    }
}

/// Reads the report exported from the workflow app.
fn document_report(path: &Path) -> Result<DocumentReport, Failure> {
    let failure = |why: String| {
        Failure::usage(format!("--workflow-import: cannot read {}", path.display()))
            .because(why)
            .remedy("use the CSV file of the workflow app's document report")
    };
    let bytes = std::fs::read(path).map_err(|error| failure(error.to_string()))?;
    DocumentReport::parse(&bytes).map_err(|error| failure(error.to_string()))
}
