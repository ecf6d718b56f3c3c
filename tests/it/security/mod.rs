//! The security checklist (`reliability-security.md` B6), as far as tokens and the network are concerned: S-11, S-15,
//! S-16, S-17, S-19, S-20. Other lines are tested where their code is.

mod network;
mod token;
