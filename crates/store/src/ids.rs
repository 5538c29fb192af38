//! Ids that the store gives out itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A workspace by its row number. Every key of the store carries one; it is never used again
/// after the workspace was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkspaceId(pub i64);

impl WorkspaceId {
    /// The workspace `default` of a fresh install.
    pub const DEFAULT: WorkspaceId = WorkspaceId(1);
}

impl Default for WorkspaceId {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An agent's id: a UUID, written 8-4-4-4-12 in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentId(pub [u8; 16]);

/// The text is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an agent's id is a UUID, for example 3f0c1d2e-5b6a-4c7d-8e9f-0a1b2c3d4e5f")]
pub struct AgentIdError;

impl AgentId {
    /// A random (version 4) UUID out of sixteen random bytes.
    pub fn from_random(mut bytes: [u8; 16]) -> AgentId {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        AgentId(bytes)
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgentId({self})")
    }
}

impl FromStr for AgentId {
    type Err = AgentIdError;

    /// Reads 32 hex digits in either case, with the dashes of a UUID or without any.
    fn from_str(text: &str) -> Result<AgentId, AgentIdError> {
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        if groups != [8, 4, 4, 4, 12] && groups != [32] {
            return Err(AgentIdError);
        }
        let mut bytes = [0; 16];
        for (position, digit) in text.chars().filter(|digit| *digit != '-').enumerate() {
            let value = digit.to_digit(16).ok_or(AgentIdError)?;
            let byte = bytes.get_mut(position / 2).ok_or(AgentIdError)?;
            *byte = *byte << 4 | value as u8;
        }
        Ok(AgentId(bytes))
    }
}

impl Serialize for AgentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AgentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_id_is_a_uuid() {
        let id: AgentId = "3F0C1D2E-5B6A-4C7D-8E9F-0A1B2C3D4E5F".parse().unwrap();
        assert_eq!(id.to_string(), "3f0c1d2e-5b6a-4c7d-8e9f-0a1b2c3d4e5f");
        assert_eq!("3f0c1d2e5b6a4c7d8e9f0a1b2c3d4e5f".parse(), Ok(id));
        for text in [
            "",
            "planner",
            "3f0c1d2e-5b6a4c7d-8e9f-0a1b2c3d4e5f",
            "3f0c1d2e-5b6a-4c7d-8e9f-0a1b2c3d4e5g",
        ] {
            assert_eq!(text.parse::<AgentId>(), Err(AgentIdError), "{text}");
        }
    }

    #[test]
    fn random_ids_are_version_4() {
        let id = AgentId::from_random([0xff; 16]);
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
