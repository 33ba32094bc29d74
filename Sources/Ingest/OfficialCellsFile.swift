internal import Diagnostics
internal import GeoFormats
internal import Geometry
public import Grids
internal import Glibc

/// Reads an official list of cells with its own ids: polygons or points of any vector file, or a table.
///
/// A table has the four corners (`id,lon1,lat1,...,lon4,lat4`, in any order around the cell) or the centre
/// (`id,lon,lat[,size_m]`). Columns that are called longitude and latitude are degrees of WGS 84 unless a coordinate system
/// is declared; columns called x and y say nothing, and need one. Squares around a centre stand upright in the declared
/// system when that is a projected one, else on true north.
public enum OfficialCellsFile {
  private static let idNames = ["id", "official_id", "cell_id", "cell", "grid_id", "网格编号", "网格号", "编号"]

  /// - Parameters:
  ///   - idColumn: Name of the column or field with the ids; `nil` takes the first of the usual names.
  ///   - sizeMetres: Side of squares around centres whose row does not say.
  /// - Returns: Cells in file order; one without an id, without a place, outside China or with an id that came before is
  ///   rejected.
  /// - Throws: `Problem` for columns x and y without a declared coordinate system.
  public static func read(
    path: String, idColumn: String?, sizeMetres: Double, options: ReadOptions
  ) throws -> ReadResult<[OfficialCell]> {
    var lower = path.lowercased()
    if lower.hasSuffix(".gz") { lower.removeLast(3) }
    return [".csv", ".tsv", ".txt"].contains(where: { lower.hasSuffix($0) })
      ? try table(path, idColumn, sizeMetres, options) : try vector(path, idColumn, sizeMetres, options)
  }

  // MARK: Table

  private static func table(
    _ path: String, _ idColumn: String?, _ sizeMetres: Double, _ options: ReadOptions
  ) throws -> ReadResult<[OfficialCell]> {
    var columns = [TableColumn(idColumn ?? idNames[0], aliases: idColumn == nil ? Array(idNames.dropFirst()) : [])]
    columns.append(TableColumn("size_m", isRequired: false, aliases: ["size", "side_m", "边长"]))
    columns += [
      TableColumn("lon", isRequired: false, aliases: ["longitude", "lng", "经度", "中心经度"]),
      TableColumn("lat", isRequired: false, aliases: ["latitude", "纬度", "中心纬度"]),
    ]
    for corner in 1...4 {
      columns.append(TableColumn("lon\(corner)", isRequired: false, aliases: ["经度\(corner)"]))
      columns.append(TableColumn("lat\(corner)", isRequired: false, aliases: ["纬度\(corner)"]))
    }
    let nameless = columns.count
    for corner in ["", "1", "2", "3", "4"] {
      columns.append(TableColumn("x\(corner)", isRequired: false, aliases: []))
      columns.append(TableColumn("y\(corner)", isRequired: false, aliases: []))
    }
    let reference = options.reference ?? .wgs84
    let converter = try PositionConverter(from: reference)
    let positions = PositionColumns(reference: reference)
    var known: Set<String> = []
    var cells: [OfficialCell] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("the cell has no id") }
      // 0 is the centre, 1 to 4 the corners.
      func place(_ corner: Int) -> (x: String, y: String) {
        let (x, y) = (row[2 + 2 * corner], row[3 + 2 * corner])
        return x.isEmpty && y.isEmpty ? (row[nameless + 2 * corner], row[nameless + 1 + 2 * corner]) : (x, y)
      }
      let corners = (1...4).map(place)
      var ring: [LonLat]
      if corners.allSatisfy({ !$0.x.isEmpty && !$0.y.isEmpty }) {
        var points: [FilePoint] = []
        for (x, y) in corners {
          guard let place = try positions.parse(x: x, y: y, crs: "") else { throw RowDefect("a corner is empty") }
          points.append(FilePoint(x: place.x, y: place.y))
        }
        ring = try convert(aroundMiddle(points), converter)
      } else {
        guard let centre = try positions.parse(x: place(0).x, y: place(0).y, crs: "") else {
          throw RowDefect("the cell has neither four corners nor a centre")
        }
        let size = row[1].isEmpty ? sizeMetres : Double(row[1]) ?? .nan
        guard size > 0, size < 1e6 else { throw RowDefect("size_m is not a length in metres") }
        ring = try square(FilePoint(x: centre.x, y: centre.y), size, reference, converter)
      }
      try checkPlace(ring)
      guard known.insert(row[0]).inserted else { throw RowDefect("the id occurs twice in the file") }
      cells.append(OfficialCell(id: row[0], polygons: [[ring]], line: row.line))
    }
    let meant = zip(columns, facts.present).dropFirst(nameless).filter { $1 }.map { $0.0.name }
    guard meant.isEmpty || options.reference != nil else {
      throw Problem(
        "columns \(meant.joined(separator: ", ")) do not say what they count",
        at: SourcePlace(file: path, line: 1),
        remedy: "declare their coordinate system, such as --crs EPSG:4526 or --crs gcj02, "
          + "or call degrees of WGS 84 \(meant.map { $0.replacing("x", with: "lon").replacing("y", with: "lat") }.joined(separator: ", "))"
      )
    }
    return facts.result(cells, kept: cells.count)
  }

  // MARK: Vector

  private static func vector(
    _ path: String, _ idColumn: String?, _ sizeMetres: Double, _ options: ReadOptions
  ) throws -> ReadResult<[OfficialCell]> {
    let file = try VectorFile(path: path)
    let own = file.coordinateSystem().map { CoordinateReference($0) ?? .proj($0) }
    let reference = options.reference ?? own ?? .wgs84
    let converter = try PositionConverter(from: reference)
    let names = idColumn.map { [$0.lowercased()] } ?? idNames
    var known: Set<String> = []
    var cells: [OfficialCell] = []
    var rejects = RejectLog()
    var features = 0
    var fieldsSeen: Set<String> = []
    var hasIDField = false
    try file.forEachFeature { feature throws(Problem) in
      features += 1
      fieldsSeen.formUnion(feature.fields.keys)
      var id: String?
      for name in names where id == nil {
        for (key, value) in feature.fields where key.lowercased() == name { id = value.text }
      }
      if id != nil { hasIDField = true }
      do throws(RowDefect) {
        guard let id, !id.isEmpty else { throw RowDefect("the cell has no id") }
        var polygons: [[[LonLat]]] = []
        for rings in feature.polygons {
          var converted: [[LonLat]] = []
          for ring in rings { converted.append(try convert(ring, converter)) }
          polygons.append(converted)
        }
        if let point = feature.point { polygons = [[try square(point, sizeMetres, reference, converter)]] }
        guard !polygons.isEmpty else { throw RowDefect("the cell is neither a polygon nor a point") }
        for polygon in polygons { for ring in polygon { try checkPlace(ring) } }
        guard known.insert(id).inserted else { throw RowDefect("the id occurs twice in the file") }
        cells.append(OfficialCell(id: id, polygons: polygons, line: feature.number))
      } catch {
        rejects.reject(line: feature.number, reason: error.reason, text: id ?? "")
      }
    }
    guard hasIDField || features == 0 else {
      throw Problem(
        "no field \(idColumn ?? idNames[0]); the file has \(fieldsSeen.sorted().joined(separator: ", "))",
        at: SourcePlace(file: path), remedy: "name the field with the ids with --id-column")
    }
    return ReadResult(
      value: cells, rejects: rejects, rowsRead: features, rowsKept: cells.count, encoding: "utf-8",
      notes: own == nil && options.reference == nil ? ["\(path) says no coordinate system: taken for wgs84"] : [])
  }

  // MARK: Shapes

  /// A list in another system than declared mostly lands somewhere else on the earth.
  private static func checkPlace(_ ring: [LonLat]) throws(RowDefect) {
    guard ring.allSatisfy({ (73...136).contains($0.longitude) && (3...54).contains($0.latitude) }) else {
      throw RowDefect("the cell lies outside 73-136 E, 3-54 N: declare the list's coordinate system with --crs")
    }
  }

  /// Four corners in the order of their bearing from the middle, so that no order in the file crosses itself.
  private static func aroundMiddle(_ points: [FilePoint]) -> [FilePoint] {
    let n = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.x } / n, points.reduce(0) { $0 + $1.y } / n)
    return points.sorted { atan2($0.y - y, $0.x - x) < atan2($1.y - y, $1.x - x) }
  }

  private static func convert(
    _ points: [FilePoint], _ converter: borrowing PositionConverter
  ) throws(RowDefect) -> [LonLat] {
    var ring: [LonLat] = []
    for point in points {
      do throws(Problem) { ring.append(try converter.wgs84(x: point.x, y: point.y)) } catch {
        throw RowDefect("a corner lies outside its coordinate system")
      }
    }
    return ring
  }

  private static func square(
    _ centre: FilePoint, _ size: Double, _ reference: CoordinateReference, _ converter: borrowing PositionConverter
  ) throws(RowDefect) -> [LonLat] {
    let signs: [(Double, Double)] = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    guard reference.isGeographic else {
      return try convert(
        signs.map { FilePoint(x: centre.x + $0.0 * size / 2, y: centre.y + $0.1 * size / 2) }, converter)
    }
    guard let middle = try convert([centre], converter).first else { return [] }
    // Radii of curvature of WGS 84 at this latitude: metres of a degree north and east.
    let latitude = middle.latitude * .pi / 180
    let (a, e2) = (6_378_137.0, 0.006_694_379_990_14)
    let w = 1 - e2 * sin(latitude) * sin(latitude)
    let north = a * (1 - e2) / (w * w.squareRoot()) * .pi / 180
    let east = a / w.squareRoot() * cos(latitude) * .pi / 180
    return signs.map {
      LonLat(
        longitude: middle.longitude + $0.0 * size / 2 / east, latitude: middle.latitude + $0.1 * size / 2 / north)
    }
  }
}

/// Reads values of official cells: `official_id[,period],value`.
public enum OfficialValuesFile {
  static let columns = [
    TableColumn("official_id", aliases: ["id", "网格编号", "编号"]),
    TableColumn("period", isRequired: false, aliases: ["time", "date", "month"]),
    TableColumn("value", aliases: ["mean"]),
  ]

  /// - Returns: Rows in file order; the period as text, empty where there is none.
  public static func read(
    path: String, options: ReadOptions
  ) throws -> ReadResult<[(id: String, period: String, value: Double)]> {
    var rows: [(id: String, period: String, value: Double)] = []
    var known: Set<[String]> = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("official_id is empty") }
      guard let value = Double(row[2]), value.isFinite else { throw RowDefect("value is not a number") }
      guard known.insert([row[0], row[1]]).inserted else { throw RowDefect("official_id occurs twice in the period") }
      rows.append((row[0], row[1], value))
    }
    return facts.result(rows, kept: rows.count)
  }
}
