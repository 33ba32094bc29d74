internal import GRDB

/// The tables of `hotgrid.sqlite`, as migrations. `docs/workspace.md` explains every table.
///
/// A migration that has been released is never edited: a change is a new migration and a new `version`.
enum Schema {
  /// `HGRD`, in the header of the database file.
  static let applicationID: Int32 = 0x4847_5244
  /// Number of migrations this program knows; kept in `user_version`.
  static let version = 3

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: inputs + stations + fields + register + events + results)
      try db.execute(sql: "PRAGMA user_version = 1")
    }
    migrator.registerMigration("2") { db in
      try db.execute(sql: outcomes + monitoring + details + draws)
      try db.execute(sql: "PRAGMA user_version = 2")
    }
    migrator.registerMigration("3") { db in
      try db.execute(sql: visits)
      try db.execute(sql: "PRAGMA user_version = 3")
    }
    return migrator
  }

  private static let outcomes = """
    CREATE TABLE outcome(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, line INTEGER NOT NULL, target_id TEXT NOT NULL,
      credit_code TEXT, day INTEGER NOT NULL, time INTEGER NOT NULL, inspectors TEXT NOT NULL,
      problems INTEGER NOT NULL, severity REAL NOT NULL, classes TEXT NOT NULL, notes TEXT NOT NULL,
      PRIMARY KEY(file, line)) STRICT, WITHOUT ROWID;
    CREATE INDEX outcome_day ON outcome(day);
    CREATE INDEX outcome_target ON outcome(target_id, day);
    CREATE INDEX outcome_credit_code ON outcome(credit_code, day);

    """

  private static let monitoring = """
    CREATE TABLE emission_day(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, day INTEGER NOT NULL,
      row_count INTEGER NOT NULL, block BLOB NOT NULL, UNIQUE(day, file)) STRICT;
    CREATE INDEX emission_day_file ON emission_day(file);
    CREATE TABLE dust_fall(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, line INTEGER NOT NULL, station_id TEXT NOT NULL,
      month TEXT NOT NULL, lon REAL, lat REAL, tonnes_per_km2 REAL NOT NULL, exposure_days REAL, county_code TEXT,
      cell TEXT, county TEXT, PRIMARY KEY(file, line)) STRICT, WITHOUT ROWID;
    CREATE INDEX dust_fall_month ON dust_fall(month);

    """

  // What registers, orders and complaints of format 1 did not say.
  private static let details = """
    ALTER TABLE enterprise ADD COLUMN uncertainty_metres REAL;
    ALTER TABLE enterprise ADD COLUMN uncertainty_origin TEXT;
    ALTER TABLE stop_order ADD COLUMN grades TEXT NOT NULL DEFAULT '';
    ALTER TABLE complaint ADD COLUMN declared_county TEXT;
    ALTER TABLE complaint ADD COLUMN place TEXT;
    ALTER TABLE complaint ADD COLUMN uncertainty_metres REAL;

    """

  // Draws by quotas, in two arms, sealed before a beacon: what a plan of format 1 does not have.
  private static let draws = """
    ALTER TABLE plan ADD COLUMN draw_rules TEXT NOT NULL DEFAULT '';
    ALTER TABLE plan ADD COLUMN seal TEXT;
    ALTER TABLE plan ADD COLUMN seal_secret TEXT;
    ALTER TABLE plan ADD COLUMN opening TEXT;
    ALTER TABLE frame_unit ADD COLUMN max_probability REAL NOT NULL DEFAULT 1;
    ALTER TABLE frame_unit ADD COLUMN unit_county TEXT NOT NULL DEFAULT '';
    ALTER TABLE frame_unit ADD COLUMN unit_city TEXT NOT NULL DEFAULT '';
    ALTER TABLE frame_unit ADD COLUMN unit_class TEXT NOT NULL DEFAULT '';
    ALTER TABLE frame_unit ADD COLUMN unit_x REAL;
    ALTER TABLE frame_unit ADD COLUMN unit_y REAL;
    ALTER TABLE frame_unit ADD COLUMN scored INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE frame_unit ADD COLUMN random_drawn INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE frame_unit ADD COLUMN random_ticket TEXT;
    ALTER TABLE frame_unit ADD COLUMN combined_probability REAL;
    ALTER TABLE frame_unit ADD COLUMN pool TEXT NOT NULL DEFAULT '';
    ALTER TABLE frame_unit ADD COLUMN reserve_place INTEGER;
    UPDATE frame_unit SET scored = drawn, combined_probability = inclusion_probability;

    """

  // Without a cascade from the plan: a dispatched day keeps its plan.
  private static let visits = """
    CREATE TABLE dispatch(
      plan INTEGER PRIMARY KEY REFERENCES plan, created_at INTEGER NOT NULL, actor TEXT NOT NULL,
      list_hash TEXT NOT NULL, summary TEXT NOT NULL) STRICT;
    CREATE TABLE visit(
      plan INTEGER NOT NULL REFERENCES dispatch ON DELETE CASCADE, position INTEGER NOT NULL, target_id TEXT NOT NULL,
      origin TEXT NOT NULL, team TEXT, visit_order INTEGER, arrive INTEGER, leave INTEGER, inspectors TEXT NOT NULL,
      approved_by TEXT, reason TEXT NOT NULL, PRIMARY KEY(plan, position)) STRICT, WITHOUT ROWID;
    CREATE INDEX visit_team ON visit(plan, team);
    CREATE INDEX visit_target ON visit(target_id, plan);

    """

  private static let inputs = """
    CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE input_file(
      id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL,
      sha256 TEXT NOT NULL, byte_count INTEGER NOT NULL, encoding TEXT NOT NULL, options TEXT NOT NULL,
      rows_read INTEGER NOT NULL, rows_kept INTEGER NOT NULL, rows_rejected INTEGER NOT NULL,
      ingested_at INTEGER NOT NULL, hotgrid_version TEXT NOT NULL, note TEXT NOT NULL,
      UNIQUE(sha256, kind)) STRICT;

    """

  // Blocks refer to stations and meters by a number that never changes, whatever order files arrive in.
  private static let stations = """
    CREATE TABLE station_name(number INTEGER PRIMARY KEY AUTOINCREMENT, station_id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE station(
      station INTEGER NOT NULL REFERENCES station_name, file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE,
      line INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, lon REAL, lat REAL, declared_x REAL,
      declared_y REAL, declared_crs TEXT, cell TEXT, county TEXT, PRIMARY KEY(station, file)) STRICT, WITHOUT ROWID;
    CREATE INDEX station_file ON station(file);
    CREATE INDEX station_county ON station(county);
    CREATE TABLE station_hours(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, pollutant TEXT NOT NULL, day INTEGER NOT NULL,
      row_count INTEGER NOT NULL, block BLOB NOT NULL, UNIQUE(pollutant, day, file)) STRICT;
    CREATE INDEX station_hours_file ON station_hours(file);
    CREATE TABLE mobile_hours(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, pollutant TEXT NOT NULL, day INTEGER NOT NULL,
      row_count INTEGER NOT NULL, block BLOB NOT NULL, UNIQUE(pollutant, day, file)) STRICT;
    CREATE INDEX mobile_hours_file ON mobile_hours(file);

    """

  private static let fields = """
    CREATE TABLE field(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, kind TEXT NOT NULL, variable TEXT NOT NULL,
      day INTEGER NOT NULL, cell_metres INTEGER NOT NULL, row_count INTEGER NOT NULL, block BLOB NOT NULL,
      UNIQUE(kind, variable, day, file)) STRICT;
    CREATE INDEX field_file ON field(file);
    CREATE TABLE wind(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, day INTEGER NOT NULL,
      row_count INTEGER NOT NULL, block BLOB NOT NULL, UNIQUE(day, file)) STRICT;
    CREATE INDEX wind_file ON wind(file);

    """

  private static let register = """
    CREATE TABLE enterprise(
      credit_code TEXT NOT NULL, file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, line INTEGER NOT NULL,
      name TEXT NOT NULL, industry_code TEXT NOT NULL, lon REAL, lat REAL, declared_x REAL, declared_y REAL,
      declared_crs TEXT, address TEXT, county_code TEXT, permit TEXT, grade TEXT, status TEXT, cell TEXT, county TEXT,
      PRIMARY KEY(credit_code, file)) STRICT, WITHOUT ROWID;
    CREATE INDEX enterprise_file ON enterprise(file);
    CREATE INDEX enterprise_county ON enterprise(county);
    CREATE INDEX enterprise_cell ON enterprise(cell);
    CREATE INDEX enterprise_name ON enterprise(name);
    CREATE TABLE meter_name(number INTEGER PRIMARY KEY AUTOINCREMENT, meter_id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE meter(
      meter INTEGER NOT NULL REFERENCES meter_name, file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE,
      line INTEGER NOT NULL, credit_code TEXT, tariff TEXT NOT NULL, lon REAL, lat REAL, declared_x REAL,
      declared_y REAL, declared_crs TEXT, cell TEXT, county TEXT, PRIMARY KEY(meter, file)) STRICT, WITHOUT ROWID;
    CREATE INDEX meter_file ON meter(file);
    CREATE INDEX meter_credit_code ON meter(credit_code);
    CREATE TABLE load_day(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, day INTEGER NOT NULL,
      row_count INTEGER NOT NULL, block BLOB NOT NULL, UNIQUE(day, file)) STRICT;
    CREATE INDEX load_day_file ON load_day(file);
    CREATE TABLE stop_order(
      id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, line INTEGER NOT NULL,
      order_id TEXT NOT NULL, kind TEXT NOT NULL, start_time INTEGER NOT NULL, end_time INTEGER NOT NULL,
      limit_percent REAL NOT NULL, scope_kind TEXT NOT NULL, UNIQUE(order_id, file, line)) STRICT;
    CREATE INDEX stop_order_file ON stop_order(file);
    CREATE TABLE order_scope(
      stop_order INTEGER NOT NULL REFERENCES stop_order ON DELETE CASCADE, position INTEGER NOT NULL,
      code TEXT NOT NULL, PRIMARY KEY(stop_order, position)) STRICT, WITHOUT ROWID;
    CREATE INDEX order_scope_code ON order_scope(code);

    """

  private static let events = """
    CREATE TABLE fire(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, line INTEGER NOT NULL, day INTEGER NOT NULL,
      time INTEGER NOT NULL, lon REAL NOT NULL, lat REAL NOT NULL, power_mw REAL, confidence_percent REAL,
      is_daytime INTEGER, satellite TEXT NOT NULL, cell TEXT, PRIMARY KEY(file, line)) STRICT, WITHOUT ROWID;
    CREATE INDEX fire_day ON fire(day);
    CREATE INDEX fire_cell ON fire(cell, day);
    CREATE TABLE complaint(
      file INTEGER NOT NULL REFERENCES input_file ON DELETE CASCADE, line INTEGER NOT NULL, day INTEGER NOT NULL,
      complaint_id TEXT NOT NULL, time INTEGER NOT NULL, lon REAL, lat REAL, category TEXT NOT NULL,
      text TEXT NOT NULL, cell TEXT, county TEXT, PRIMARY KEY(file, line)) STRICT, WITHOUT ROWID;
    CREATE INDEX complaint_day ON complaint(day);
    CREATE INDEX complaint_cell ON complaint(cell, day);
    CREATE INDEX complaint_county ON complaint(county, day);

    """

  private static let results = """
    CREATE TABLE plan(
      day INTEGER PRIMARY KEY, date TEXT NOT NULL UNIQUE, seed TEXT NOT NULL, created_at INTEGER NOT NULL,
      policy_hash TEXT NOT NULL, code_version TEXT NOT NULL, input_digest TEXT NOT NULL, summary TEXT NOT NULL) STRICT;
    CREATE TABLE plan_field(
      plan INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE, position INTEGER NOT NULL, name TEXT NOT NULL,
      period TEXT NOT NULL, field BLOB NOT NULL, hotspots BLOB NOT NULL, UNIQUE(plan, position)) STRICT;
    CREATE TABLE alarm(
      plan INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE, position INTEGER NOT NULL, field TEXT NOT NULL,
      cell TEXT NOT NULL, county TEXT, period TEXT NOT NULL, value REAL NOT NULL, ring_median REAL NOT NULL,
      ring_cells INTEGER NOT NULL, ratio REAL NOT NULL, robust_z REAL NOT NULL, rule TEXT NOT NULL,
      PRIMARY KEY(plan, position)) STRICT, WITHOUT ROWID;
    CREATE INDEX alarm_county ON alarm(county, plan);
    CREATE INDEX alarm_cell ON alarm(cell, plan);
    CREATE TABLE lead(
      plan INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE, position INTEGER NOT NULL, kind TEXT NOT NULL,
      cell TEXT, county TEXT, credit_code TEXT, meter_id TEXT, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL,
      strength REAL NOT NULL, statement TEXT NOT NULL, disproof TEXT NOT NULL, numbers TEXT NOT NULL,
      sources TEXT NOT NULL, PRIMARY KEY(plan, position)) STRICT, WITHOUT ROWID;
    CREATE INDEX lead_county ON lead(county, plan);
    CREATE INDEX lead_cell ON lead(cell, plan);
    CREATE INDEX lead_credit_code ON lead(credit_code, plan);
    CREATE TABLE frame_unit(
      plan INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE, position INTEGER NOT NULL, id TEXT NOT NULL,
      kind TEXT NOT NULL, name TEXT NOT NULL, cell TEXT, county TEXT, score REAL NOT NULL, parts TEXT NOT NULL,
      stratum TEXT NOT NULL, min_probability REAL NOT NULL, inclusion_probability REAL, ticket TEXT,
      drawn INTEGER NOT NULL, PRIMARY KEY(plan, position)) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX frame_unit_id ON frame_unit(id, plan);
    CREATE INDEX frame_unit_county ON frame_unit(county, plan);
    CREATE INDEX frame_unit_cell ON frame_unit(cell, plan);
    CREATE INDEX frame_unit_drawn ON frame_unit(plan, drawn);
    CREATE TABLE target_lead(
      plan INTEGER NOT NULL, unit INTEGER NOT NULL, position INTEGER NOT NULL, lead INTEGER NOT NULL,
      PRIMARY KEY(plan, unit, position),
      FOREIGN KEY(plan, unit) REFERENCES frame_unit(plan, position) ON DELETE CASCADE,
      FOREIGN KEY(plan, lead) REFERENCES lead(plan, position) ON DELETE CASCADE) STRICT, WITHOUT ROWID;
    CREATE INDEX target_lead_lead ON target_lead(plan, lead);
    CREATE TABLE list_entry(
      plan INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE, position INTEGER NOT NULL, list TEXT NOT NULL,
      rank INTEGER NOT NULL, cell TEXT, county TEXT, name TEXT NOT NULL, value REAL, detail TEXT NOT NULL,
      PRIMARY KEY(plan, position)) STRICT, WITHOUT ROWID;
    CREATE INDEX list_entry_county ON list_entry(county, plan);

    """
}
