//! Detects folders on network drives, where a lock of one computer may not be visible to another (F-82).

use std::path::Path;

/// Returns a warning if the folder is on a network drive.
pub fn remark(folder: &Path) -> Option<String> {
    let path = folder.canonicalize().ok()?;
    let kind = kind_of(&path)?;
    Some(format!(
        "{} is on a network drive ({kind}): other computers may not see the lock, so start runs one after another",
        folder.display()
    ))
}

#[cfg(target_os = "linux")]
fn kind_of(path: &Path) -> Option<String> {
    // without the list of mounts nothing is known: no warning
    network_mount(&std::fs::read_to_string("/proc/self/mountinfo").ok()?, &path.to_string_lossy())
}

#[cfg(windows)]
fn kind_of(path: &Path) -> Option<String> {
    use std::path::{Component, Prefix};
    match path.components().next()? {
        Component::Prefix(prefix) if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)) => {
            Some("a share of another computer".to_owned())
        }
        _ => None,
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
fn kind_of(_path: &Path) -> Option<String> {
    None
}

/// Returns the file system type of the innermost mount that contains the path, if it is a network file system. `mounts`
/// has the format of `proc_pid_mountinfo(5)`: mount point in the fifth field, type in the first field after ` - `.
#[cfg(target_os = "linux")]
fn network_mount(mounts: &str, path: &str) -> Option<String> {
    const NETWORK: [&str; 8] = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "ceph", "fuse.glusterfs"];
    let holds = |point: &str| point == "/" || path == point || path.starts_with(&format!("{point}/"));
    let innermost = mounts
        .lines()
        .filter_map(|line| {
            let (before, after) = line.split_once(" - ")?;
            let point = before.split(' ').nth(4)?.replace("\\040", " ");
            Some((point, after.split(' ').next()?))
        })
        .filter(|(point, _)| holds(point))
        // of two mounts on the same point, the later one is visible
        .max_by_key(|(point, _)| point.len());
    innermost.map(|(_, kind)| kind).filter(|kind| NETWORK.contains(kind)).map(str::to_owned)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:35 / /mnt/team\\040share rw - cifs //server/share rw
41 40 8:2 / /mnt/team\\040share/local rw - ext4 /dev/sdb1 rw
42 22 0:36 / /home rw - nfs4 server:/home rw
";

    #[test]
    fn network_drives_are_distinguished_from_disks_f_82() {
        assert_eq!(network_mount(MOUNTS, "/mnt/team share/data").as_deref(), Some("cifs"));
        assert_eq!(network_mount(MOUNTS, "/home").as_deref(), Some("nfs4"));
        for local in ["/mnt/team share/local/data", "/homes", "/var/data", "/mnt/team"] {
            assert_eq!(network_mount(MOUNTS, local), None, "{local}");
        }
    }
}
