public import Readings
internal import Diagnostics
internal import Geometry

/// Reads `stations` files: `station_id,name,kind,lon,lat[,crs]`.
public enum StationsFile {
  static let columns = [
    TableColumn("station_id", aliases: ["stationid", "id", "code", "stationcode", "station", "站点编号", "监测点编码"]),
    TableColumn("name", isRequired: false, aliases: ["positionname", "station_name", "监测点名称", "站点名称"]),
    TableColumn("kind", isRequired: false, aliases: ["type", "类型"]),
    TableColumn("lon", isRequired: false, aliases: ["longitude", "lng", "x", "经度"]),
    TableColumn("lat", isRequired: false, aliases: ["latitude", "y", "纬度"]),
    TableColumn("crs", isRequired: false, aliases: ["datum", "坐标系"]),
  ]

  /// - Parameter defaultKind: Of stations whose row has no kind.
  /// - Returns: Stations in file order with their lines.
  public static func read(
    path: String, options: ReadOptions, defaultKind: StationKind = .national
  ) throws -> ReadResult<[(station: Station, line: Int32)]> {
    var rows: [(id: String, name: String, kind: StationKind, line: Int32)] = []
    var positions = PositionColumns(reference: options.reference)
    var lines: [String: Int32] = [:]
    var repeated: [String] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      let id = row[0]
      guard !id.isEmpty else { throw RowDefect("station_id is empty") }
      guard let kind = kind(row[2], defaultKind) else {
        throw RowDefect("kind is not national, provincial, county, micro or mobile")
      }
      let position = try positions.parse(x: row[3], y: row[4], crs: row[5])
      if position == nil, kind != .mobile { throw RowDefect("a fixed station has no position") }
      if lines[id] != nil {
        repeated.append(id)
        throw RowDefect("station_id occurs twice in the file")
      }
      lines[id] = Int32(row.line)
      positions.append(position)
      rows.append((id, row[1].isEmpty ? id : row[1], kind, Int32(row.line)))
    }
    let converted = try positions.converted()
    let stations = rows.indices.map { k in
      (
        station: Station(
          id: rows[k].id, name: rows[k].name, kind: rows[k].kind, position: converted[k],
          declared: positions.declared[k]), line: rows[k].line
      )
    }
    return facts.result(stations, kept: stations.count)
  }

  static func kind(_ text: String, _ defaultKind: StationKind) -> StationKind? {
    switch text.lowercased() {
    case "": defaultKind
    case "国控", "国控站", "国控点": .national
    case "省控", "省控站": .provincial
    case "县控", "区县", "县级", "市控": .county
    case "微站", "微型站", "小微站": .micro
    case "移动", "走航", "出租车", "taxi": .mobile
    case let word: StationKind(rawValue: word)
    }
  }
}
