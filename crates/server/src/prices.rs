//! The price table in use. The store derives facts of combined spans with the same one,
//! so it is a handle that both hold and that overrides are swapped into.

use std::sync::{Arc, RwLock};

use clew_model::prices::PriceTable;

/// A shared price table. Clones see each other's changes.
#[derive(Clone)]
pub struct Prices(Arc<RwLock<Arc<PriceTable>>>);

impl Prices {
    /// Starts with this table.
    pub fn new(table: PriceTable) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(table))))
    }

    /// The table as it is now.
    pub fn current(&self) -> Arc<PriceTable> {
        Arc::clone(&self.0.read().unwrap_or_else(|e| e.into_inner()))
    }

    /// Puts another table in its place. Spans that come from now on are priced by it.
    pub fn replace(&self, table: PriceTable) {
        *self.0.write().unwrap_or_else(|e| e.into_inner()) = Arc::new(table);
    }
}
