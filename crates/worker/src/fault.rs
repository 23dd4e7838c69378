//! Faults of our own among the errors of the system: what a receiver has no part in.

use std::io;

use domain::attempt::OwnFault;
use rustix::io::Errno;

/// What the error of a socket says about us, whoever it was to lead to.
pub(crate) fn of_io(error: &io::Error) -> Option<OwnFault> {
    match Errno::from_io_error(error) {
        Some(Errno::MFILE | Errno::NFILE) => Some(OwnFault::Descriptors),
        Some(Errno::NOBUFS | Errno::NOMEM) => Some(OwnFault::Memory),
        _ if error.kind() == io::ErrorKind::OutOfMemory => Some(OwnFault::Memory),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_ran_out_of_is_ours_and_nothing_else() {
        let cases = [
            (Errno::MFILE, Some(OwnFault::Descriptors)),
            (Errno::NFILE, Some(OwnFault::Descriptors)),
            (Errno::NOBUFS, Some(OwnFault::Memory)),
            (Errno::NOMEM, Some(OwnFault::Memory)),
            (Errno::CONNREFUSED, None),
            (Errno::CONNRESET, None),
            (Errno::HOSTUNREACH, None),
            (Errno::TIMEDOUT, None),
            (Errno::PIPE, None),
        ];
        for (errno, expected) in cases {
            assert_eq!(of_io(&errno.into()), expected, "{errno:?}");
        }
        assert_eq!(of_io(&io::ErrorKind::OutOfMemory.into()), Some(OwnFault::Memory));
    }
}
