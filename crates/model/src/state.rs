//! Whether a run still goes on, as far as anybody can tell.

use serde::{Deserialize, Serialize};

/// The state of a run at a moment. Senders do not say that they have died, so only
/// `done` is a fact; the rest follows from how long there has been no news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Not ended, and there was news a moment ago.
    Live,
    /// Not ended, and no news for a while.
    Quiet,
    /// Not ended, and no news for so long that none is expected.
    Abandoned,
    /// Not ended; it was quiet or abandoned, and then there was news after all.
    Resumed,
    /// Every root has ended.
    Done,
}

/// After how long without news a run counts as quiet or abandoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// Nanoseconds.
    pub quiet_nanos: i64,
    /// Nanoseconds.
    pub abandoned_nanos: i64,
}

impl Default for Patience {
    /// A minute, and half an hour.
    fn default() -> Self {
        const MINUTE: i64 = 60_000_000_000;
        Patience { quiet_nanos: MINUTE, abandoned_nanos: 30 * MINUTE }
    }
}

/// What a trace row keeps to tell the state at any later moment: set at each arrival,
/// compared with now by readers and filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Liveness {
    /// When news last came.
    pub last_arrival_nanos: i64,
    /// From then on it is quiet.
    pub quiet_at: i64,
    /// From then on it is abandoned.
    pub abandoned_at: i64,
    /// It was quiet when news came last, or has been since it resumed.
    pub resumed: bool,
}

impl Liveness {
    /// After the first arrival.
    pub fn first(now_nanos: i64, patience: Patience) -> Liveness {
        Liveness {
            last_arrival_nanos: now_nanos,
            quiet_at: now_nanos.saturating_add(patience.quiet_nanos),
            abandoned_at: now_nanos.saturating_add(patience.abandoned_nanos),
            resumed: false,
        }
    }

    /// After a further arrival. A run that had ended does not resume: what comes late
    /// belongs to what is over.
    pub fn after_arrival(
        &self,
        ended_before: bool,
        now_nanos: i64,
        patience: Patience,
    ) -> Liveness {
        let slept = !ended_before && now_nanos >= self.quiet_at;
        Liveness { resumed: self.resumed || slept, ..Liveness::first(now_nanos, patience) }
    }
}

impl RunState {
    /// The state at `now_nanos`.
    pub fn at(ended: bool, liveness: &Liveness, now_nanos: i64) -> RunState {
        if ended {
            RunState::Done
        } else if now_nanos >= liveness.abandoned_at {
            RunState::Abandoned
        } else if now_nanos >= liveness.quiet_at {
            RunState::Quiet
        } else if liveness.resumed {
            RunState::Resumed
        } else {
            RunState::Live
        }
    }

    /// The word used in API, CLI and UI.
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Live => "live",
            RunState::Quiet => "quiet",
            RunState::Abandoned => "abandoned",
            RunState::Resumed => "resumed",
            RunState::Done => "done",
        }
    }
}

impl std::str::FromStr for RunState {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [RunState::Live, RunState::Quiet, RunState::Abandoned, RunState::Resumed, RunState::Done]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn without_news_it_falls_asleep_and_then_counts_as_abandoned() {
        let row = Liveness::first(0, Patience::default());
        for (second, want) in [
            (0, RunState::Live),
            (59, RunState::Live),
            (60, RunState::Quiet),
            (1_799, RunState::Quiet),
            (1_800, RunState::Abandoned),
            (1_000_000, RunState::Abandoned),
        ] {
            assert_eq!(RunState::at(false, &row, second * SECOND), want, "{second}");
            assert_eq!(RunState::at(true, &row, second * SECOND), RunState::Done);
        }
    }

    #[test]
    fn news_in_time_keep_it_live_and_late_ones_resume_it() {
        let patience = Patience::default();
        let row = Liveness::first(0, patience).after_arrival(false, 59 * SECOND, patience);
        assert_eq!(RunState::at(false, &row, 100 * SECOND), RunState::Live);
        let row = row.after_arrival(false, 119 * SECOND, patience);
        assert_eq!(RunState::at(false, &row, 120 * SECOND), RunState::Resumed);
        assert_eq!(RunState::at(false, &row, 179 * SECOND), RunState::Quiet);
        // It stays resumed however often it goes on.
        let row = row.after_arrival(false, 130 * SECOND, patience);
        assert_eq!(RunState::at(false, &row, 131 * SECOND), RunState::Resumed);
        assert_eq!(RunState::at(true, &row, 131 * SECOND), RunState::Done);
    }

    #[test]
    fn what_comes_after_the_end_does_not_resume_it() {
        let patience = Patience::default();
        let row = Liveness::first(0, patience).after_arrival(true, 500 * SECOND, patience);
        assert!(!row.resumed);
    }

    #[test]
    fn every_state_has_a_word() {
        for word in ["live", "quiet", "abandoned", "resumed", "done"] {
            assert_eq!(word.parse::<RunState>().unwrap().as_str(), word);
        }
        assert!("running".parse::<RunState>().is_err());
    }
}
