CREATE TABLE footfall_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT footfall_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE frames (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	frame_index BIGINT NOT NULL, 
	media_time_s DOUBLE NOT NULL, 
	width BIGINT NOT NULL, 
	height BIGINT NOT NULL, 
	persons BIGINT NOT NULL, analysis_id VARCHAR, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_frames_stream_time ON frames (stream_id, event_time);
CREATE TABLE persons (
	frame_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	track_id BIGINT, 
	box_left BIGINT NOT NULL, 
	box_top BIGINT NOT NULL, 
	box_right BIGINT NOT NULL, 
	box_bottom BIGINT NOT NULL, 
	score DOUBLE NOT NULL, foot VARCHAR DEFAULT 'unknown' NOT NULL, foot_x DOUBLE, foot_y DOUBLE, floor_x_m DOUBLE, floor_y_m DOUBLE, foot_confidence DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (frame_id, position), 
	FOREIGN KEY(frame_id) REFERENCES frames (event_id) ON DELETE CASCADE
);
CREATE TABLE person_garments (
	frame_id VARCHAR NOT NULL, 
	person_position BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	part VARCHAR NOT NULL, 
	color VARCHAR NOT NULL, 
	share DOUBLE NOT NULL, 
	color_share DOUBLE NOT NULL, 
	confidence DOUBLE NOT NULL, 
	PRIMARY KEY (frame_id, person_position, position), 
	FOREIGN KEY(frame_id, person_position) REFERENCES persons (frame_id, position) ON DELETE CASCADE
);
CREATE TABLE visits (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	track_id BIGINT NOT NULL, 
	started_at DATETIME NOT NULL, 
	duration_s DOUBLE NOT NULL, 
	frames BIGINT NOT NULL, 
	ended_by VARCHAR NOT NULL, 
	sleeves VARCHAR NOT NULL, 
	trousers VARCHAR NOT NULL, analysis_id VARCHAR, views BIGINT, role VARCHAR DEFAULT 'visitor' NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_visits_stream_time ON visits (stream_id, event_time);
CREATE TABLE visit_garments (
	visit_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	part VARCHAR NOT NULL, 
	color VARCHAR NOT NULL, 
	share DOUBLE NOT NULL, 
	color_share DOUBLE NOT NULL, 
	confidence DOUBLE NOT NULL, 
	PRIMARY KEY (visit_id, position), 
	FOREIGN KEY(visit_id) REFERENCES visits (event_id) ON DELETE CASCADE
);
CREATE INDEX ix_visit_garments_part_color ON visit_garments (part, color);
CREATE TABLE windows (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	window_start DATETIME NOT NULL, 
	window_s BIGINT NOT NULL, 
	persons_min BIGINT NOT NULL, 
	persons_mean DOUBLE NOT NULL, 
	persons_max BIGINT NOT NULL, 
	visits_begun BIGINT NOT NULL, 
	visits_ended BIGINT NOT NULL, 
	frames_read BIGINT NOT NULL, 
	frames_sampled BIGINT NOT NULL, 
	frames_parsed BIGINT NOT NULL, 
	frames_dropped BIGINT NOT NULL, 
	seconds_observed DOUBLE NOT NULL, 
	seconds_without_signal DOUBLE NOT NULL, 
	coverage_share DOUBLE NOT NULL, frames_damaged BIGINT DEFAULT '0' NOT NULL, analysis_id VARCHAR, staff_ended BIGINT DEFAULT '0' NOT NULL, staff_mean DOUBLE DEFAULT '0' NOT NULL, groups_ended BIGINT DEFAULT '0' NOT NULL, grouped_ended BIGINT DEFAULT '0' NOT NULL, tracks_ended BIGINT, visitors_first BIGINT DEFAULT '0' NOT NULL, visitors_again BIGINT DEFAULT '0' NOT NULL, min_group BIGINT DEFAULT '1' NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_windows_stream_length_start ON windows (stream_id, window_s, window_start);
CREATE TABLE window_garments (
	window_id VARCHAR NOT NULL, 
	part VARCHAR NOT NULL, 
	color VARCHAR NOT NULL, 
	visits BIGINT NOT NULL, 
	PRIMARY KEY (window_id, part, color), 
	FOREIGN KEY(window_id) REFERENCES windows (event_id) ON DELETE CASCADE
);
CREATE TABLE stream_health (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	gap_s DOUBLE, 
	frames_read BIGINT NOT NULL, 
	frames_sampled BIGINT NOT NULL, 
	frames_parsed BIGINT NOT NULL, 
	frames_dropped BIGINT NOT NULL, frames_damaged BIGINT DEFAULT '0' NOT NULL, analysis_id VARCHAR, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_stream_health_stream_time ON stream_health (stream_id, event_time);
CREATE TABLE runs (
	run_id VARCHAR NOT NULL, 
	footfall_version VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	settings VARCHAR NOT NULL, 
	PRIMARY KEY (run_id)
);
CREATE TABLE analyses (
	analysis_id VARCHAR NOT NULL, 
	source_id VARCHAR NOT NULL, 
	live BOOLEAN NOT NULL, 
	content VARCHAR, 
	footfall_version VARCHAR NOT NULL, 
	packages VARCHAR NOT NULL, 
	parser_name VARCHAR NOT NULL, 
	parser_version VARCHAR NOT NULL, 
	parser_precision VARCHAR NOT NULL, 
	parser_checksum VARCHAR NOT NULL, 
	settings VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	complete_at DATETIME, 
	PRIMARY KEY (analysis_id)
);
CREATE INDEX ix_analyses_source ON analyses (source_id);
CREATE TABLE run_streams (
	run_id VARCHAR NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	analysis_id VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	problem VARCHAR, 
	PRIMARY KEY (run_id, stream_id, analysis_id), 
	FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE, 
	FOREIGN KEY(analysis_id) REFERENCES analyses (analysis_id)
);
CREATE INDEX ix_run_streams_stream ON run_streams (stream_id);
CREATE TABLE crossings (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	analysis_id VARCHAR, 
	line VARCHAR NOT NULL, 
	direction VARCHAR NOT NULL, 
	certainty VARCHAR NOT NULL, 
	track_id BIGINT NOT NULL, 
	role VARCHAR NOT NULL, 
	line_position DOUBLE NOT NULL, 
	x DOUBLE NOT NULL, 
	y DOUBLE NOT NULL, 
	foot VARCHAR NOT NULL, 
	foot_confidence DOUBLE NOT NULL, 
	floor_x_m DOUBLE, 
	floor_y_m DOUBLE, 
	speed_m_s DOUBLE, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_crossings_stream_time ON crossings (stream_id, event_time);
CREATE INDEX ix_crossings_line_time ON crossings (line, event_time);
CREATE TABLE zone_visits (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	analysis_id VARCHAR, 
	zone VARCHAR NOT NULL, 
	track_id BIGINT NOT NULL, 
	entered_at DATETIME NOT NULL, 
	dwell_s DOUBLE NOT NULL, 
	unseen_s DOUBLE NOT NULL, 
	began_by VARCHAR NOT NULL, 
	ended_by VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	foot_confidence DOUBLE NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_zone_visits_stream_time ON zone_visits (stream_id, event_time);
CREATE INDEX ix_zone_visits_zone_time ON zone_visits (zone, event_time);
CREATE TABLE alerts (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	analysis_id VARCHAR, 
	zone VARCHAR NOT NULL, 
	quantity VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	value DOUBLE NOT NULL, 
	allowed DOUBLE NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_alerts_stream_time ON alerts (stream_id, event_time);
CREATE TABLE window_lines (
	window_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	line VARCHAR NOT NULL, 
	came_in BIGINT NOT NULL, 
	went_out BIGINT NOT NULL, 
	staff_in BIGINT NOT NULL, 
	staff_out BIGINT NOT NULL, 
	uncertain_in BIGINT NOT NULL, 
	uncertain_out BIGINT NOT NULL, 
	PRIMARY KEY (window_id, position), 
	FOREIGN KEY(window_id) REFERENCES windows (event_id) ON DELETE CASCADE
);
CREATE TABLE window_zones (
	window_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	zone VARCHAR NOT NULL, 
	entries BIGINT NOT NULL, 
	staff_entries BIGINT NOT NULL, 
	ended BIGINT NOT NULL, 
	occupancy_min BIGINT NOT NULL, 
	occupancy_mean DOUBLE NOT NULL, 
	occupancy_max BIGINT NOT NULL, 
	dwell_median_s DOUBLE, 
	dwell_p90_s DOUBLE, 
	captured BIGINT, 
	PRIMARY KEY (window_id, position), 
	FOREIGN KEY(window_id) REFERENCES windows (event_id) ON DELETE CASCADE
);
CREATE TABLE window_rooms (
	window_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	room VARCHAR NOT NULL, 
	inside BIGINT NOT NULL, 
	inside_max BIGINT NOT NULL, 
	drift BIGINT NOT NULL, 
	uncertain BIGINT NOT NULL, 
	PRIMARY KEY (window_id, position), 
	FOREIGN KEY(window_id) REFERENCES windows (event_id) ON DELETE CASCADE
);
CREATE TABLE window_staff_garments (
	window_id VARCHAR NOT NULL, 
	part VARCHAR NOT NULL, 
	color VARCHAR NOT NULL, 
	visits BIGINT NOT NULL, 
	PRIMARY KEY (window_id, part, color), 
	FOREIGN KEY(window_id) REFERENCES windows (event_id) ON DELETE CASCADE
);
CREATE TABLE visitor_groups (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	analysis_id VARCHAR, 
	size BIGINT NOT NULL, 
	started_at DATETIME NOT NULL, 
	duration_s DOUBLE NOT NULL, 
	together_s DOUBLE NOT NULL, 
	confidence DOUBLE NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_visitor_groups_stream_time ON visitor_groups (stream_id, event_time);
CREATE TABLE visitor_group_members (
	group_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	track_id BIGINT NOT NULL, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME NOT NULL, 
	PRIMARY KEY (group_id, position), 
	FOREIGN KEY(group_id) REFERENCES visitor_groups (event_id) ON DELETE CASCADE
);
CREATE TABLE exposures (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	analysis_id VARCHAR, 
	window_start DATETIME NOT NULL, 
	window_s BIGINT NOT NULL, 
	seconds_observed DOUBLE NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_exposures_stream_time ON exposures (stream_id, event_time);
CREATE TABLE exposure_items (
	exposure_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	zone VARCHAR, 
	part VARCHAR, 
	color VARCHAR, 
	brand VARCHAR, 
	screen_s DOUBLE NOT NULL, 
	person_s DOUBLE NOT NULL, 
	picture_share DOUBLE NOT NULL, 
	PRIMARY KEY (exposure_id, position), 
	FOREIGN KEY(exposure_id) REFERENCES exposures (event_id) ON DELETE CASCADE
);
CREATE INDEX ix_exposure_items_brand ON exposure_items (brand);
CREATE TABLE visitors (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	analysis_id VARCHAR, 
	visitor BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	seen VARCHAR NOT NULL, 
	track_id BIGINT NOT NULL, 
	started_at DATETIME NOT NULL, 
	away_s DOUBLE, 
	likeness DOUBLE NOT NULL, 
	next_likeness DOUBLE NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_visitors_stream_time ON visitors (stream_id, event_time);
CREATE TABLE presence (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	analysis_id VARCHAR, 
	interval_start DATETIME NOT NULL, 
	interval_s BIGINT NOT NULL, 
	width BIGINT NOT NULL, 
	height BIGINT NOT NULL, 
	columns BIGINT NOT NULL, 
	rows BIGINT NOT NULL, 
	frames_read BIGINT NOT NULL, 
	frames_sampled BIGINT NOT NULL, 
	frames_parsed BIGINT NOT NULL, 
	frames_dropped BIGINT NOT NULL, 
	frames_damaged BIGINT NOT NULL, 
	seconds_observed DOUBLE NOT NULL, 
	seconds_without_signal DOUBLE NOT NULL, 
	coverage_share DOUBLE NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_presence_stream_start ON presence (stream_id, interval_start);
CREATE TABLE presence_cells (
	presence_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	across BIGINT NOT NULL, 
	down BIGINT NOT NULL, 
	seconds DOUBLE NOT NULL, 
	square_metres DOUBLE, 
	PRIMARY KEY (presence_id, position), 
	FOREIGN KEY(presence_id) REFERENCES presence (event_id) ON DELETE CASCADE
);
CREATE TABLE presence_flows (
	presence_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	across BIGINT NOT NULL, 
	down BIGINT NOT NULL, 
	toward VARCHAR NOT NULL, 
	persons BIGINT NOT NULL, 
	PRIMARY KEY (presence_id, position), 
	FOREIGN KEY(presence_id) REFERENCES presence (event_id) ON DELETE CASCADE
);
CREATE INDEX ix_frames_time ON frames (event_time, stream_id, persons, analysis_id, time_source);
CREATE INDEX ix_visits_time ON visits (event_time, stream_id, event_id);
CREATE INDEX ix_windows_stream_time ON windows (stream_id, event_time, event_id);
CREATE INDEX ix_windows_time ON windows (event_time, stream_id, event_id);
CREATE TABLE visit_body (
	visit_id VARCHAR NOT NULL, 
	position BIGINT NOT NULL, 
	part VARCHAR NOT NULL, 
	garment VARCHAR NOT NULL, 
	garment_confidence DOUBLE NOT NULL, 
	color VARCHAR NOT NULL, 
	share DOUBLE NOT NULL, 
	color_share DOUBLE NOT NULL, 
	confidence DOUBLE NOT NULL, 
	PRIMARY KEY (visit_id, position), 
	FOREIGN KEY(visit_id) REFERENCES visits (event_id) ON DELETE CASCADE
);
CREATE INDEX ix_visit_body_part_color ON visit_body (part, color);
CREATE TABLE window_body (
	window_id VARCHAR NOT NULL, 
	part VARCHAR NOT NULL, 
	color VARCHAR NOT NULL, 
	visits BIGINT NOT NULL, 
	PRIMARY KEY (window_id, part, color), 
	FOREIGN KEY(window_id) REFERENCES windows (event_id) ON DELETE CASCADE
);
CREATE TABLE site_visitors (
	event_id VARCHAR NOT NULL, 
	schema_version BIGINT NOT NULL, 
	stream_id VARCHAR NOT NULL, 
	event_time DATETIME NOT NULL, 
	time_source VARCHAR NOT NULL, 
	analysis_id VARCHAR, 
	site VARCHAR NOT NULL, 
	visitor BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	seen VARCHAR NOT NULL, 
	track_id BIGINT NOT NULL, 
	started_at DATETIME NOT NULL, 
	before_stream_id VARCHAR, 
	away_s DOUBLE, 
	likeness DOUBLE NOT NULL, 
	next_likeness DOUBLE NOT NULL, 
	in_doubt BOOLEAN NOT NULL, 
	remembered_s DOUBLE NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX ix_site_visitors_site_time ON site_visitors (site, event_time);
CREATE TABLE window_staff_body (
	window_id VARCHAR NOT NULL, 
	part VARCHAR NOT NULL, 
	color VARCHAR NOT NULL, 
	visits BIGINT NOT NULL, 
	PRIMARY KEY (window_id, part, color), 
	FOREIGN KEY(window_id) REFERENCES windows (event_id) ON DELETE CASCADE
);
INSERT INTO footfall_version (version_num) VALUES ('0018');
