public import Diagnostics
public import GeoFormats
public import Geometry
public import Grids

/// One target of a day as it goes to inspectors' maps and tables.
public struct ExportTarget: Hashable, Sendable {
  /// `E-<credit code>`, `M-<meter>` or `C-<cell>`.
  public var id: String
  /// `enterprise`, `unregistered-meter` or `cell`, as in the target's kind.
  public var kind: String
  /// Of the firm, or what stands for one where nobody is registered.
  public var name: String
  /// GB/T 2260; empty when it is not known.
  public var countyCode: String
  /// Name of the county; empty when it is not known.
  public var county: String
  /// Name of its city; empty when it is not known.
  public var city: String
  /// The 3 km cell; `nil` for a target without a place.
  public var cell: CellID?
  /// The firm or meter, or the centre of the cell.
  public var position: LonLat?
  /// Sum of `parts`.
  public var score: Double
  /// `name=points` in the order of the policy, separated by `;`.
  public var parts: String
  /// Kinds of the leads, separated by `;`.
  public var leads: String
  /// The statement of the strongest lead; empty without leads.
  public var statement: String
  /// 0 < π ≤ 1; 0 where there was no draw.
  public var inclusionProbability: Double
  /// Hexadecimal digits.
  public var ticket: String
  /// By any arm.
  public var isDrawn: Bool
  /// Inspection team; empty when none is assigned.
  public var team: String
  /// Whether the day's input was simulated: then it is printed on every page and row.
  public var isSynthetic: Bool

  public init(
    id: String, kind: String, name: String, countyCode: String, county: String, city: String, cell: CellID?,
    position: LonLat?, score: Double, parts: String, leads: String, statement: String, inclusionProbability: Double,
    ticket: String, isDrawn: Bool, team: String, isSynthetic: Bool
  ) {
    self.id = id
    self.kind = kind
    self.name = name
    self.countyCode = countyCode
    self.county = county
    self.city = city
    self.cell = cell
    self.position = position
    self.score = score
    self.parts = parts
    self.leads = leads
    self.statement = statement
    self.inclusionProbability = inclusionProbability
    self.ticket = ticket
    self.isDrawn = isDrawn
    self.team = team
    self.isSynthetic = isSynthetic
  }
}

/// Writes the targets of a day in the order given.
public enum TargetsFile {
  /// Columns with their names in shapefiles.
  public static let fieldNames: [(name: String, shapefile: String)] = [
    ("target_id", "target_id"), ("date", "date"), ("kind", "kind"), ("name", "name"), ("county_code", "county_cod"),
    ("county", "county"), ("city", "city"), ("cell", "cell"), ("score", "score"), ("parts", "parts"),
    ("leads", "leads"), ("statement", "statement"), ("inclusion_probability", "incl_prob"), ("ticket", "ticket"),
    ("drawn", "drawn"), ("team", "team"), ("synthetic", "synthetic"), ("lon", "lon"), ("lat", "lat"),
  ]
  private static let reals: Set<String> = ["score", "inclusion_probability", "lon", "lat"]
  private static let integers: Set<String> = ["drawn", "synthetic"]

  /// Writes targets; longitude and latitude are fields too. Targets without a position keep their row without geometry.
  ///
  /// - Parameter date: The day of the plan, `2017-11-22`.
  public static func write(
    _ targets: [ExportTarget], date: String, grid: Grid, to path: String, format: VectorFormat,
    reference: ExportReference = .usual, hasByteOrderMark: Bool = false
  ) throws(Problem) {
    let plane = try MapPlane(reference, format: format, grid: grid)
    let fields = fieldNames.map { names in
      VectorField(
        format == .shapefile ? names.shapefile : names.name,
        reals.contains(names.name) ? .real : integers.contains(names.name) ? .integer : .text)
    }
    var writer = try VectorWriter(
      path: path, format: format,
      layer: VectorLayer(
        name: "targets", fields: fields, geometry: format == .csv ? .none : .point, coordinateSystem: plane.system,
        coordinateSystemName: plane.systemName), hasByteOrderMark: hasByteOrderMark)
    for target in targets {
      let shape = target.position.map { VectorShape.point(plane.point($0)) } ?? .none
      try writer.write(format == .csv ? .none : shape, values(target, date))
    }
    if format == .geoPackage {
      try writer.addStyle(
        layer: "targets", name: "drawn targets", qml: QGISStyle.drawn(field: "drawn"),
        description: "Drawn targets as filled dots; leads, not verdicts")
    }
    try writer.commit()
  }

  private static func values(_ target: ExportTarget, _ date: String) -> [FieldValue?] {
    func text(_ text: String) -> FieldValue? { text.isEmpty ? nil : .text(text) }
    func degrees(_ number: Double) -> FieldValue { .real((number * 1e7).rounded() / 1e7) }
    return [
      .text(target.id), .text(date), .text(target.kind), text(target.name), text(target.countyCode),
      text(target.county), text(target.city), target.cell.map { .text($0.description) }, .real(target.score),
      text(target.parts), text(target.leads), text(target.statement), .real(target.inclusionProbability),
      text(target.ticket), .integer(target.isDrawn ? 1 : 0), text(target.team), .integer(target.isSynthetic ? 1 : 0),
      target.position.map { degrees($0.longitude) }, target.position.map { degrees($0.latitude) },
    ]
  }
}
