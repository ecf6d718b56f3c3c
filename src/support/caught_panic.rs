//! Turns panics of a library into errors: some libraries panic when the disk is full.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static IS_CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a call of a library that may panic where it should return an error. Returns the message of the panic. What the
/// call changes must not be used after a panic, except to drop it.
pub fn catch<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    let outer = IS_CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    IS_CATCHING.set(outer);
    result.map_err(|payload| match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast_ref::<&str>().map_or("unknown cause", |message| message).to_owned(),
    })
}

/// Whether a panic on this thread becomes an error, so that the hook has nothing to report.
pub fn is_caught() -> bool {
    IS_CATCHING.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message_and_other_calls_return_their_value() {
        assert_eq!(catch(|| 7), Ok(7));
        assert_eq!(catch(|| -> () { panic!("on purpose") }), Err("on purpose".to_owned()));
        let number = 28;
        assert_eq!(catch(|| -> () { panic!("code {number}") }), Err("code 28".to_owned()));
    }

    #[test]
    fn only_panics_of_the_call_are_caught() {
        assert!(!is_caught());
        assert_eq!(catch(is_caught), Ok(true));
        assert_eq!(catch(|| catch(|| ()).map(|()| is_caught())), Ok(Ok(true)));
        assert!(!is_caught());
    }
}
