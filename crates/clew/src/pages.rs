//! The web pages that `web/dist` held when this binary was built; `build.rs` wrote the table.

use clew_server::{PageFile, Pages};

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The pages of this binary, if it was built with any.
pub(crate) fn built() -> Pages {
    if FILES.is_empty() { Pages::Absent } else { Pages::Built(FILES) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The server looks files up by halving the table.
    #[test]
    fn files_stand_in_the_order_of_their_paths() {
        assert!(FILES.is_sorted_by(|one, next| one.path < next.path));
    }
}
