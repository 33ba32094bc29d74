internal import Diagnostics
internal import Quantities

/// Where the columns of a readings file are, and how its hours are labelled.
struct ReadingsLayout: Sendable {
  enum Shape: Sendable {
    /// One row per station and time.
    case long
    /// The national archive: one row per time and pollutant, one column per station from `firstStation` on.
    case wide(type: Int, firstStation: Int)
  }

  enum TimeColumns: Sendable {
    case one(Int)
    case dateAndHour(date: Int, hour: Int)
    case parts(year: Int, month: Int, day: Int, hour: Int)
  }

  var shape: Shape
  var delimiter: UInt8
  /// Of the long shape.
  var station: Int
  var time: TimeColumns
  var lon: Int?
  var lat: Int?
  /// Columns with values, by pollutant, and what brings them to its unit.
  var pollutants: [(column: Int, pollutant: Pollutant, scale: ColumnUnit.Scale)]
  /// What a person should know about the columns, one sentence each.
  var notes: [String] = []
  /// Station ids of the wide shape, in the order of their columns.
  var wideStations: [String]
  /// Whether a time names the end of its hour, as in the national feed; it is moved to the beginning.
  var labelsEnd: Bool

  var lastColumn: Int {
    var last = station
    if case .wide(let type, _) = shape { last = max(last, type) }
    switch time {
    case .one(let column): last = max(last, column)
    case .dateAndHour(let date, let hour): last = max(last, date, hour)
    case .parts(let year, let month, let day, let hour): last = max(last, year, month, day, hour)
    }
    return pollutants.reduce(max(last, lon ?? 0, lat ?? 0)) { max($0, $1.column) }
  }

  private static let pollutantNames: [Pollutant: [String]] = [
    .pm25: ["pm25", "pm2_5", "细颗粒物"], .pm10: ["pm10", "可吸入颗粒物"], .so2: ["so2", "二氧化硫"], .no2: ["no2", "二氧化氮"],
    .o3: ["o3", "臭氧"], .co: ["co", "一氧化碳"],
  ]

  /// The pollutant a column or a type is named after. - Returns: `nil` for anything else, such as 24-hour means.
  static func pollutant(named name: String) -> Pollutant? {
    let plain = TableColumn.normalised(name)
    return Pollutant.allCases.first { pollutant in
      (pollutantNames[pollutant] ?? []).contains { TableColumn.normalised($0) == plain }
    }
  }

  /// Recognises one of the three documented layouts, or separate year, month, day and hour columns.
  ///
  /// - Throws: `Problem` that says what is missing and what is there.
  init(header: [String], delimiter: UInt8, path: String) throws(Problem) {
    let names = header.map(TableColumn.normalised)
    func column(_ aliases: String...) -> Int? { aliases.lazy.compactMap { names.firstIndex(of: $0) }.first }
    self.delimiter = delimiter
    let timepoint = column("timepoint")
    let date = column("date", "日期")
    let hour = column("hour", "小时")
    if let time = timepoint ?? column("time", "datetime", "timestamp", "时间") {
      self.time = .one(time)
    } else if let date, let hour {
      time = .dateAndHour(date: date, hour: hour)
    } else if let year = column("year"), let month = column("month"), let day = column("day"), let hour {
      time = .parts(year: year, month: month, day: day, hour: hour)
    } else if let date {
      time = .one(date)
    } else {
      throw Self.missing("time", header, path)
    }
    if let date, let hour, let type = column("type"), column("stationid", "stationcode", "station") == nil {
      let first = max(date, hour, type) + 1
      guard first < header.count else { throw Self.missing("station columns such as 1001A", header, path) }
      shape = .wide(type: type, firstStation: first)
      wideStations = header[first...].map(trimmed)
      station = 0
      (lon, lat) = (nil, nil)
      pollutants = []
      labelsEnd = true
      return
    }
    shape = .long
    wideStations = []
    guard let station = column("stationid", "stationcode", "station", "id", "deviceid", "sensorindex", "站点编号") else {
      throw Self.missing("station_id", header, path)
    }
    self.station = station
    lon = column("lon", "longitude", "lng", "经度")
    lat = column("lat", "latitude", "纬度")
    let units = header.map(ColumnUnit.init)
    notes = units.compactMap { $0?.note }
    pollutants = header.enumerated().compactMap { position, name in
      if let pollutant = Self.pollutant(named: name) { return (position, pollutant, .none) }
      return units[position].flatMap { unit in unit.scale.map { (position, unit.pollutant, $0) } }
    }
    if pollutants.isEmpty, let note = notes.first {
      throw Problem(
        note, at: SourcePlace(file: path, line: 1), remedy: "name the column by the pollutant alone when done")
    }
    guard !pollutants.isEmpty else { throw Self.missing("a pollutant (pm25, pm10, so2, no2, o3, co)", header, path) }
    guard Set(pollutants.map(\.pollutant)).count == pollutants.count else {
      throw Problem(
        "two columns of one pollutant: \(pollutants.map { header[$0.column] }.joined(separator: ", "))",
        at: SourcePlace(file: path, line: 1), remedy: "leave only the column to be used")
    }
    labelsEnd = timepoint != nil
  }

  private static func missing(_ what: String, _ header: [String], _ path: String) -> Problem {
    Problem(
      "no column \(what); the file has \(header.prefix(20).joined(separator: ", "))",
      at: SourcePlace(file: path, line: 1),
      remedy:
        "readings are station_id,time,<pollutants>[,lon,lat], or date,hour,type,<stations>, or the national hourly feed"
    )
  }
}
