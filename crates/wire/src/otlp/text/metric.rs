//! Metrics: only their validity and their data points count.

use crate::decoded::Tally;
use crate::fault::Parsed;
use crate::json::Json;
use crate::otlp::proto::metric::Metric;

/// Counts the data points of a metric.
pub(super) fn metric(json: &mut Json<'_>, _: &mut Tally) -> Parsed<Metric> {
    let mut points = 0;
    json.object(|json, key| match key {
        "name" | "description" | "unit" => json.text().map(drop),
        "gauge"
        | "sum"
        | "histogram"
        | "exponentialHistogram"
        | "exponential_histogram"
        | "summary" => json.object(|json, key| match key {
            "dataPoints" | "data_points" => json.array(|json, _| {
                points += 1;
                json.object(|json, _| json.skip())
            }),
            _ => json.skip(),
        }),
        _ => json.skip(),
    })?;
    Ok(Metric { points })
}
