//! `opentelemetry.proto.metrics.v1.Metric`: only its validity and its data points count.

use std::sync::Arc;

use clew_model::source::{Resource, Scope};

use crate::decoded::{Placed, Tally};
use crate::fault::{Fault, Parsed, Within};
use crate::protobuf::Field;

/// A metric, reduced to the number of its data points.
pub(crate) struct Metric {
    pub(crate) points: u64,
}

impl Placed for Metric {
    fn set_resource(&mut self, _: &Arc<Resource>) {}

    fn set_scope(&mut self, _: &Arc<Scope>) {}

    fn weight(&self) -> u64 {
        self.points
    }
}

/// Counts the data points of a metric.
pub(crate) fn metric(field: &Field<'_>, _: &mut Tally) -> Parsed<Metric> {
    let mut points = 0;
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => utf8(&field).within("name")?,
            2 => utf8(&field).within("description")?,
            3 => utf8(&field).within("unit")?,
            5 | 7 | 9 | 10 | 11 => points += data_points(&field).within("data")?,
            _ => {}
        }
    }
    Ok(Metric { points })
}

fn data_points(field: &Field<'_>) -> Parsed<u64> {
    let mut points = 0;
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        if field.number == 1 {
            check_fields(&field).map_err(|fault| fault.within(&format!("dataPoints[{points}]")))?;
            points += 1;
        }
    }
    Ok(points)
}

fn check_fields(field: &Field<'_>) -> Parsed<()> {
    let mut message = field.message()?;
    while message.next()?.is_some() {}
    Ok(())
}

fn utf8(field: &Field<'_>) -> Parsed<()> {
    match std::str::from_utf8(field.bytes()?) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::shape("is no UTF-8", field.offset + error.valid_up_to())),
    }
}
