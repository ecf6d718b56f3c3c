//! Spark reads the folder unchanged. This test is never required, because `pip install pyspark` and Java are too much
//! to install for a check.

use std::process::Command;

use super::{Rows, data, duckdb, output_of};
use test_support::optional_tests::Requirement;

const SPARK: Requirement = Requirement {
    what: "pyspark (and Java) for python3",
    is_available: || {
        Command::new("python3").args(["-c", "import pyspark"]).output().is_ok_and(|run| run.status.success())
    },
    required_by: "REQUIRE_PYSPARK",
};

test_support::trials! {
    [SPARK, DUCKDB]: sync spark_and_duckdb_return_the_same;
}

const SCRIPT: &str = "\
import json, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.master('local[2]').config('spark.ui.enabled', 'false').getOrCreate()
spark.read.option('mergeSchema', True).parquet('history').createOrReplaceTempView('pages')
for table in ['dim_page', 'dim_week']:
    spark.read.parquet(f'model/{table}.parquet').createOrReplaceTempView(table)
print(json.dumps([[list(row) for row in spark.sql(query).collect()] for query in sys.argv[1:]]))";

fn spark_and_duckdb_return_the_same() {
    let queries = [
        "SELECT snapshot_week, count(*) FROM pages GROUP BY snapshot_week ORDER BY snapshot_week",
        "SELECT dim_page.space_key, dim_page.language, count(*), sum(word_count) \
         FROM pages JOIN dim_page ON pages.page_id = dim_page.page_id \
         GROUP BY dim_page.space_key, dim_page.language ORDER BY dim_page.space_key, dim_page.language NULLS FIRST",
        "SELECT dim_week.snapshot_week, dim_week.status, count(page_id), sum(word_count), round(avg(health_score), 6) \
         FROM dim_week LEFT JOIN pages ON pages.snapshot_week = dim_week.snapshot_week AND in_trends \
         GROUP BY dim_week.snapshot_week, dim_week.status ORDER BY dim_week.snapshot_week",
    ];
    let mut python = Command::new("python3");
    python.current_dir(data()).args(["-c", SCRIPT]).args(queries);
    let spark: Vec<Rows> = serde_json::from_str(&output_of(&mut python)).unwrap();
    assert!(spark.iter().all(|rows| rows.len() > 7), "{spark:?}");
    // convert sums of DuckDB to a type that Python's JSON module supports
    assert_eq!(spark, duckdb::ask(queries));
}
