internal import Digests
public import Sampling

/// Reads frame files: `id,score[,stratum,min_probability,max_probability,county,city,class,x,y | lon,lat]`.
public enum FrameFile {
  static let columns = [
    TableColumn("id", aliases: ["target_id", "uscc"]),
    TableColumn("score", aliases: []),
    TableColumn("stratum", isRequired: false, aliases: []),
    TableColumn("min_probability", isRequired: false, aliases: ["minimum_probability"]),
    TableColumn("max_probability", isRequired: false, aliases: ["maximum_probability"]),
    TableColumn("county", isRequired: false, aliases: ["county_code"]),
    TableColumn("city", isRequired: false, aliases: ["city_code"]),
    TableColumn("class", isRequired: false, aliases: ["unit_class"]),
    TableColumn("x", isRequired: false, aliases: []),
    TableColumn("y", isRequired: false, aliases: []),
    TableColumn("lon", isRequired: false, aliases: ["longitude"]),
    TableColumn("lat", isRequired: false, aliases: ["latitude"]),
  ]

  /// - Returns: Units in file order; rows that could not be used are in `rejects`.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[FrameUnit]> {
    var units: [FrameUnit] = []
    var degrees: [FrameDegrees?] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      func number(_ column: Int, _ name: String) throws(RowDefect) -> Double? {
        guard !row[column].isEmpty else { return nil }
        guard let value = Double(row[column]) else { throw RowDefect("\(name) is not a number") }
        return value
      }
      guard let score = Double(row[1]) else { throw RowDefect("score is not a number") }
      let (x, y) = (try number(8, "x"), try number(9, "y"))
      let (lon, lat) = (try number(10, "lon"), try number(11, "lat"))
      guard (x == nil) == (y == nil), (lon == nil) == (lat == nil) else {
        throw RowDefect("one of two coordinates is missing")
      }
      var position: FramePosition?
      if let x, let y { position = FramePosition(x: x, y: y) }
      var ofUnit: FrameDegrees?
      if position == nil, let lon, let lat {
        guard (-180...180).contains(lon), (-90...90).contains(lat) else {
          throw RowDefect("lon or lat is not a number of degrees on the earth")
        }
        ofUnit = FrameDegrees(longitude: lon, latitude: lat)
      }
      units.append(
        FrameUnit(
          id: row[0], score: score, stratum: row[2], minimumProbability: try number(3, "min_probability") ?? 0,
          maximumProbability: try number(4, "max_probability") ?? 1, county: row[5], city: row[6], unitClass: row[7],
          position: position))
      degrees.append(ofUnit)
    }
    let placed = FrameDegrees.place(units, degrees)
    return facts.result(placed, kept: placed.count)
  }
}

/// Degrees of a frame's row on their way to metres.
///
/// A cylinder true to scale in the middle latitude of the frame, in plain sums and products only, so that a verifier in
/// another language gets the same bits: distances serve to tell who is near whom, within a region.
struct FrameDegrees {
  let longitude: Double
  let latitude: Double

  /// Of one degree of a great circle of the earth's mean radius, 6371.0088 km.
  static let metresPerDegree = 111195.08
  static let radiansPerDegree = 0.017453292519943295

  static func place(_ units: [FrameUnit], _ degrees: [FrameDegrees?]) -> [FrameUnit] {
    let latitudes = degrees.compactMap { $0?.latitude }
    guard let south = latitudes.min(), let north = latitudes.max() else { return units }
    let scale = cosine(((south + north) / 2) * radiansPerDegree)
    return zip(units, degrees).map { unit, degrees in
      guard let degrees else { return unit }
      return FrameUnit(
        id: unit.id, score: unit.score, stratum: unit.stratum, minimumProbability: unit.minimumProbability,
        maximumProbability: unit.maximumProbability, county: unit.county, city: unit.city, unitClass: unit.unitClass,
        position: FramePosition(
          x: (degrees.longitude - 105) * metresPerDegree * scale, y: degrees.latitude * metresPerDegree))
    }
  }

  /// The series of the cosine up to the 14th power, from the inside out; its error is below 1e-10 up to 90°.
  private static func cosine(_ t: Double) -> Double {
    let square = t * t
    var cosine = 1.0
    for divisor in [182.0, 132, 90, 56, 30, 12, 2] { cosine = 1 - square / divisor * cosine }
    return cosine
  }
}

/// Reads drawn files: `id,inclusion_probability,ticket,drawn[,arm,random_ticket,combined_probability,pool,reserve]`.
public enum DrawnFile {
  static let columns = [
    TableColumn("id", aliases: []),
    TableColumn("inclusion_probability", aliases: []),
    TableColumn("ticket", aliases: []),
    TableColumn("drawn", aliases: []),
    TableColumn("arm", isRequired: false, aliases: []),
    TableColumn("random_ticket", isRequired: false, aliases: []),
    TableColumn("combined_probability", isRequired: false, aliases: []),
    TableColumn("pool", isRequired: false, aliases: []),
    TableColumn("reserve", isRequired: false, aliases: []),
  ]

  /// - Returns: Rows in file order; rows that could not be used are in `rejects`.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[DrawnUnit]> {
    let read = try readOutcomes(path: path, options: options)
    return ReadResult(
      value: read.value.map(\.unit), rejects: read.rejects, rowsRead: read.rowsRead, rowsKept: read.rowsKept,
      encoding: read.encoding)
  }

  /// The same with every column; a file of four columns has no random arm and no reserve.
  public static func readOutcomes(path: String, options: ReadOptions) throws -> ReadResult<[DrawOutcome]> {
    var units: [DrawOutcome] = []
    var facts = TableFacts()
    facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      units.append(try outcome(row))
    }
    return facts.result(units, kept: units.count)
  }

  private static func outcome(_ row: TableRow) throws(RowDefect) -> DrawOutcome {
    guard let probability = Double(row[1]) else { throw RowDefect("inclusion_probability is not a number") }
    guard let ticket = SHA256Digest(hex: row[2]) else { throw RowDefect("ticket is not 64 hexadecimal digits") }
    guard row[3] == "0" || row[3] == "1" else { throw RowDefect("drawn is not 0 or 1") }
    guard ["", "scored", "random", "both"].contains(row[4]) else {
      throw RowDefect("arm is not scored, random, both or empty")
    }
    let isDrawn = row[3] == "1"
    guard row[4].isEmpty || isDrawn else { throw RowDefect("a unit that was not drawn has an arm") }
    let randomTicket = SHA256Digest(hex: row[5])
    guard row[5].isEmpty || randomTicket != nil else { throw RowDefect("random_ticket is not 64 hexadecimal digits") }
    let combined = row[6].isEmpty ? probability : Double(row[6])
    guard let combined else { throw RowDefect("combined_probability is not a number") }
    let place = Int(row[8])
    guard row[8].isEmpty || (place ?? 0) > 0 else { throw RowDefect("reserve is not a place from 1") }
    return DrawOutcome(
      id: row[0], inclusionProbability: probability, ticket: ticket,
      isScored: isDrawn && row[4] != "random", randomTicket: randomTicket,
      isRandom: row[4] == "random" || row[4] == "both", combinedProbability: combined, pool: row[7],
      reservePlace: place)
  }
}

/// Reads override files: `id,action,reason,who`, action = add or drop.
public enum OverridesFile {
  static let columns = [
    TableColumn("id", aliases: []),
    TableColumn("action", aliases: []),
    TableColumn("reason", aliases: []),
    TableColumn("who", aliases: []),
  ]

  /// - Returns: Rows in file order; rows that could not be used are in `rejects`. Empty reasons are kept for the caller to
  ///   refuse by name.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[DrawOverride]> {
    var overrides: [DrawOverride] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let action = DrawOverride.Action(rawValue: row[1]) else { throw RowDefect("action is not add or drop") }
      overrides.append(DrawOverride(id: row[0], action: action, reason: row[2], who: row[3]))
    }
    return facts.result(overrides, kept: overrides.count)
  }
}
