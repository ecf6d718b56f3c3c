-- DuckDB views of the page metrics; nothing is copied. Every snapshot rewrites this file.
--
-- In the folder confluence_data:      duckdb -init model/views.sql
-- In a session started there:         .read model/views.sql
-- In a session started elsewhere, set the folder first:
--   SET file_search_path = '/srv/confluence/confluence_data';
--   .read /srv/confluence/confluence_data/model/views.sql
--
-- NULL means not read or not present; the view data_dictionary says when. 0 and '' were read.

-- All weeks, one row per page and week.
CREATE OR REPLACE VIEW pages AS
SELECT * FROM read_parquet(
    'history/*/pages.parquet',
    hive_partitioning = true, hive_types = {'snapshot_week': VARCHAR}, union_by_name = true
);

-- Each week: its status, its last run and its number of rows.
CREATE OR REPLACE VIEW weeks AS
SELECT
    entries['snapshot_week'] AS snapshot_week,
    entries['status'] AS status,
    entries['run_id'] AS run_id,
    CAST(entries['taken_at'] AS TIMESTAMPTZ) AS taken_at,
    CAST(entries['row_count'] AS BIGINT) AS row_count,
    entries['site'] AS site,
    entries['account'] AS account,
    entries['program_version'] AS program_version
FROM (
    SELECT map_from_entries(list((decode(key), decode(value)))) AS entries
    FROM parquet_kv_metadata('history/*/pages.parquet')
    GROUP BY file_name
);

-- The rows that trends use: all except those of incomplete spaces. Includes blog posts.
CREATE OR REPLACE VIEW pages_in_trends AS
SELECT * FROM pages WHERE snapshot_status IS DISTINCT FROM 'incomplete';

-- The star schema. bridge_label has one row per label of a page in a week:
--   SELECT label, count(*) FROM fact_page_week JOIN bridge_label USING (snapshot_week, page_id) GROUP BY label;
{% for table in tables -%}
CREATE OR REPLACE VIEW {{ table.name }} AS SELECT * FROM read_parquet('model/{{ table.name }}.parquet');
{% endfor %}
-- Number of pages for which the condition holds; NULL when it is unknown for every page.
CREATE OR REPLACE MACRO tally(is_so) AS CAST(sum(CAST(is_so AS INTEGER)) AS BIGINT);

-- Figures of each week from the first to the newest, without blog posts and incomplete spaces. A week that is missing,
-- or in which no space is complete, has a row without figures.
CREATE OR REPLACE VIEW trend AS
SELECT snapshot_week, monday, status, figures.* EXCLUDE (snapshot_week)
FROM dim_week LEFT JOIN (
    SELECT
        snapshot_week,
        count(*) AS pages,
        CAST(sum(word_count) AS BIGINT) AS words,
        CAST(sum(attachment_bytes) AS BIGINT) AS attachment_bytes,
        CAST(sum(edits_7d) AS BIGINT) AS edits_7d,
        avg(health_score) AS mean_health_score,
        tally(staleness IN ({{ outdated }})) AS outdated,
        tally(is_orphan_tree) AS orphans_tree,
        tally(is_orphan_link) AS orphans_links,
        tally(is_stub) AS stubs,
        tally(label_count = 0) AS without_labels,
        tally(unique_contributors = 1) AS single_contributor,
        tally(NOT owner_active) AS inactive_owner,
        tally(workflow_overdue) AS overdue,
        CAST(sum(broken_internal_links) AS BIGINT) AS broken_links
    FROM pages_in_trends
    WHERE content_type IS DISTINCT FROM 'blogpost'
    GROUP BY snapshot_week
) AS figures USING (snapshot_week)
ORDER BY snapshot_week;

-- Every column: meaning, unit, source, and when it is empty.
CREATE OR REPLACE VIEW data_dictionary AS
SELECT * FROM read_csv('model/data_dictionary.csv', header = true, all_varchar = true);

