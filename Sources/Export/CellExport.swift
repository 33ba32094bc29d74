public import Diagnostics
public import GeoFormats
internal import Geometry
public import Grids
internal import Quantities

/// Writes cells as squares (vector formats), as a table (CSV) or as a raster (GeoTIFF).
public enum CellExport {
  /// Columns of every vector format, with their names in shapefiles (at most 10 bytes).
  public static let fieldNames: [(name: String, shapefile: String)] = [
    ("cell", "cell"), ("period", "period"), ("value", "value"), ("neighbours", "neighbours"), ("z", "z"), ("p", "p"),
    ("p_perm", "p_perm"), ("bin", "bin"), ("class", "class"), ("reason", "reason"), ("support", "support"),
    ("county", "county"),
    ("city", "city"),
  ]
  private static let kinds: [VectorField.Kind] = [
    .text, .text, .real, .integer, .real, .real, .real, .integer, .text, .text, .text, .text, .text,
  ]

  /// Writes a vector file, or CSV with the cell's centre (`lon,lat`, or `x,y` with `--crs grid`).
  ///
  /// - Parameters:
  ///   - rows: In any order; written by period, then cell.
  ///   - title: Name of the layer and of its style.
  ///   - statement: What the map says of itself, in the layer's description and beside the file.
  /// - Throws: `Problem` for a cell size the grid does not have, or what cannot be written.
  public static func write(
    _ rows: [ExportCell], grid: Grid, to path: String, format: VectorFormat, reference: ExportReference = .usual,
    hasByteOrderMark: Bool = false, title: String = "cells", statement: MapStatement? = nil
  ) throws(Problem) {
    let plane = try MapPlane(reference, format: format, grid: grid)
    let isTable = format == .csv
    var fields = zip(fieldNames, kinds).map { VectorField(format == .shapefile ? $0.shapefile : $0.name, $1) }
    if isTable {
      fields += [
        VectorField(plane.isGeographic ? "lon" : "x", .real), VectorField(plane.isGeographic ? "lat" : "y", .real),
      ]
    }
    var writer = try VectorWriter(
      path: path, format: format,
      layer: VectorLayer(
        name: title, fields: fields, geometry: isTable ? .none : .polygon, coordinateSystem: plane.system,
        coordinateSystemName: plane.systemName, description: statement?.text ?? ""),
      hasByteOrderMark: hasByteOrderMark)
    let isTested = rows.contains { $0.bin != nil }
    for row in sorted(rows) {
      let lattice = try grid.lattice(sizeMetres: row.cell.sizeMetres)
      var values = values(row)
      if isTable {
        let centre = plane.point(lattice.centre(of: row.cell))
        // 1e-7 degrees is a centimetre.
        let scale = plane.isGeographic ? 1e7 : 1e3
        values += [.real((centre.x * scale).rounded() / scale), .real((centre.y * scale).rounded() / scale)]
        try writer.write(.none, values)
      } else {
        let style = row.bin.flatMap(ConfidenceBin.init).map { "PEN(c:\($0.hexColour),w:2px)" }
        try writer.write(.polygon([plane.square(lattice.box(of: row.cell))]), values, style: style)
      }
    }
    if format == .geoPackage, isTested {
      try writer.addStyle(
        layer: title, name: "hotspot confidence", qml: QGISStyle.confidenceBins(field: "bin"),
        description: "Gi* confidence bins after FDR; ColorBrewer RdBu, legend in docs/legend.md")
    }
    try writer.commit()
  }

  private static func values(_ row: ExportCell) -> [FieldValue?] {
    func text(_ text: String) -> FieldValue? { text.isEmpty ? nil : .text(text) }
    return [
      .text(row.cell.description), row.period.map { .text($0.description) }, .real(row.value),
      row.neighbours.map { .integer(Int64($0)) }, row.z.map { .real($0) }, row.p.map { .real($0) },
      row.permutationP.map { .real($0) }, row.bin.map { .integer(Int64($0)) }, text(row.classification),
      text(row.reason), text(row.support), text(row.county), text(row.city),
    ]
  }

  private static func sorted(_ rows: [ExportCell]) -> [ExportCell] {
    rows.sorted { a, b in
      if a.period != b.period {
        guard let first = a.period, let second = b.period else { return a.period == nil }
        if first < second || second < first { return first < second }
      }
      return a.cell < b.cell
    }
  }

  /// Writes one period as GeoTIFF in the grid's plane, north up: bands `value`, and `z` and `bin` when cells were
  /// tested. Cells that are not in `rows`, and cells without z, hold the no-data number -9999.
  ///
  /// - Throws: `Problem` for no rows, several periods or sizes, or cells too far apart for one raster.
  public static func writeRaster(
    _ rows: [ExportCell], grid: Grid, to path: String, unit: String = "", metadata: [(key: String, value: String)] = []
  ) throws(Problem) {
    let rows = sorted(rows)
    guard let first = rows.first else {
      throw Problem("there is no cell to write to \(path)", remedy: "check the cells file", exitStatus: .data)
    }
    guard let other = rows.first(where: { $0.period != first.period }) else {
      return try writeOnePeriod(rows, first, grid, path, unit, metadata)
    }
    func name(_ period: Period?) -> String { period.map(\.description) ?? "(none)" }
    throw Problem(
      "a GeoTIFF holds one period, but there are \(name(first.period)) and \(name(other.period))",
      remedy: "choose one with --period \(name(other.period))", exitStatus: .usage)
  }

  private static func writeOnePeriod(
    _ rows: [ExportCell], _ first: ExportCell, _ grid: Grid, _ path: String, _ unit: String,
    _ metadata: [(key: String, value: String)]
  ) throws(Problem) {
    let cells = rows.map(\.cell)
    guard zip(cells, cells.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw Problem("a cell occurs twice in one period", remedy: "remove the repeated row")
    }
    guard let window = LatticeWindow(cells: cells, margin: 0, maximumSize: 1 << 28) else {
      throw Problem(
        "the cells differ in size or lie too far apart for one raster", remedy: "export them as gpkg",
        exitStatus: .usage)
    }
    let box = try grid.lattice(sizeMetres: first.cell.sizeMetres).box(of: window.corner)
    let side = Double(first.cell.sizeMetres)
    func northUp(_ values: [Double]) -> [Double] {
      let dense = window.spread(values, empty: .nan)
      return (0..<window.height).reversed().flatMap { dense[$0 * window.stride..<($0 + 1) * window.stride] }
    }
    var bands = [RasterBand(name: "value", unit: unit, values: northUp(rows.map(\.value)))]
    if rows.contains(where: { $0.bin != nil }) {
      bands.append(RasterBand(name: "z", values: northUp(rows.map { $0.z ?? .nan })))
      bands.append(RasterBand(name: "bin", values: northUp(rows.map { $0.z == nil ? .nan : Double($0.bin ?? 0) })))
    }
    var items = metadata
    if let period = first.period { items.append((key: "PERIOD", value: period.description)) }
    let writer = RasterWriter(
      columns: window.stride, rows: window.height,
      placement: RasterPlacement(west: box.minX, north: box.minY + Double(window.height) * side, cellSize: side),
      coordinateSystem: grid.definition.crs, coordinateSystemName: "Albers equal area, grid \(grid.definition.name)",
      metadata: items)
    try writer.write(bands, to: path)
  }
}
