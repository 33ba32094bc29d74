internal import CGDAL
public import Diagnostics

/// The vector formats this program writes. The raw value is the name on the command line.
public enum VectorFormat: String, CaseIterable, Hashable, Sendable {
  case geoPackage = "gpkg"
  case geoJSON = "geojson"
  case flatGeobuf = "fgb"
  case shapefile = "shp"
  case csv
  case kml

  /// GDAL's driver, and the one to use where the first is not built in.
  var drivers: [String] {
    switch self {
    case .geoPackage: ["GPKG"]
    case .geoJSON: ["GeoJSON"]
    case .flatGeobuf: ["FlatGeobuf"]
    case .shapefile: ["ESRI Shapefile"]
    case .csv: ["CSV"]
    // LIBKML takes time with the square of the features: minutes for a region.
    case .kml: ["KML", "LIBKML"]
    }
  }

  /// Whether the format's own rules leave no choice but WGS 84 longitude and latitude.
  public var isAlwaysWGS84: Bool { self == .geoJSON || self == .kml }
}

/// A field of a layer with its type.
public struct VectorField: Hashable, Sendable {
  /// Type of a column; any value may be missing.
  public enum Kind: Hashable, Sendable {
    case text, integer, real
  }

  /// Column name in the file; at most 10 bytes in a shapefile.
  public let name: String
  /// Values must be of it.
  public let kind: Kind

  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// What a layer is: its name, fields, geometry and coordinate system.
public struct VectorLayer: Sendable {
  /// What every feature of the layer must have.
  public enum Geometry: Sendable {
    case none, point, polygon, multiPolygon
  }

  /// As map programs list it; formats with one layer per file may not keep it.
  public let name: String
  /// In column order; every feature gives one value for each.
  public let fields: [VectorField]
  /// `none` makes a table.
  public let geometry: Geometry
  /// `EPSG:n`, a PROJ string or WKT; not used without geometry.
  public let coordinateSystem: String
  /// What the coordinate system is called when it has no authority.
  public let coordinateSystemName: String?
  /// What the layer is, in words; kept by GeoPackage, GeoJSON and KML, and empty for nothing.
  public let description: String

  public init(
    name: String, fields: [VectorField], geometry: Geometry, coordinateSystem: String = "EPSG:4326",
    coordinateSystemName: String? = nil, description: String = ""
  ) {
    self.description = description
    self.name = name
    self.fields = fields
    self.geometry = geometry
    self.coordinateSystem = coordinateSystem
    self.coordinateSystemName = coordinateSystemName
  }
}

/// Geometry of a feature to be written; rings are not closed, exterior first, of either orientation.
public enum VectorShape: Sendable {
  case none
  case point(FilePoint)
  case polygon([[FilePoint]])
  case multiPolygon([[[FilePoint]]])
}

/// Writes one layer through GDAL; the file and its sidecars appear whole at `commit()` or not at all. One per task.
///
/// Times of writing are fixed in every format that has them, so that the same features give the same bytes.
public struct VectorWriter: ~Copyable {
  private let staged: StagedFiles
  private var dataset: GDALDatasetH?
  private let layer: OGRLayerH
  private let definition: OGRFeatureDefnH
  private let fields: [VectorField]
  /// Where each field is in a feature: the KML driver puts fields of its own before ours.
  private let positions: [Int32]
  private let reference: OGRSpatialReferenceH?
  private var number = 0
  private var isInTransaction: Bool
  /// Of a KML file, whose driver knows none.
  private let folderDescription: String

  /// - Parameters:
  ///   - path: The file; a shapefile's sidecars are put beside it.
  ///   - format: What to write.
  ///   - layer: Names longer than 10 bytes are refused in a shapefile.
  ///   - hasByteOrderMark: CSV only: begin with a BOM, for spreadsheets.
  /// - Throws: `Problem` with GDAL's reason.
  public init(path: String, format: VectorFormat, layer: VectorLayer, hasByteOrderMark: Bool = false) throws(Problem) {
    GDALLibrary.ready
    try Self.check(path, format, layer)
    let staged = try StagedFiles(path: path, ending: format == .csv ? ".csv" : "")
    guard let driver = format.drivers.lazy.compactMap({ GDALGetDriverByName($0) }).first else {
      throw Problem("this GDAL cannot write \(format.rawValue)", remedy: "install GDAL with \(format.drivers[0])")
    }
    // gpkg_contents holds the moment of the last change.
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", "1970-01-01T00:00:00.000Z")
    CPLErrorReset()
    guard let dataset = GDALCreate(driver, staged.stagedPath, 0, 0, 0, GDT_Unknown, nil) else {
      throw Self.refusal(path, format)
    }
    var isReferenceNeeded = layer.geometry != .none
    // KML has one system and says nothing of it.
    if format == .kml { isReferenceNeeded = false }
    var held: OGRSpatialReferenceH?
    let created: OGRLayerH
    do throws(Problem) {
      if isReferenceNeeded {
        let reference = try SpatialReference(layer.coordinateSystem, name: layer.coordinateSystemName)
        held = OSRClone(reference.handle)
        if let held { OSRSetAxisMappingStrategy(held, OAMS_TRADITIONAL_GIS_ORDER) }
      }
      created = try Self.create(dataset, layer, format, held, hasByteOrderMark, path)
    } catch {
      if let held { OSRRelease(held) }
      GDALClose(dataset)
      throw error
    }
    guard let definition = OGR_L_GetLayerDefn(created) else {
      if let held { OSRRelease(held) }
      GDALClose(dataset)
      throw Self.refusal(path, format)
    }
    self.staged = staged
    self.dataset = dataset
    self.layer = created
    self.definition = definition
    folderDescription = format == .kml ? layer.description : ""
    fields = layer.fields
    positions = layer.fields.map { OGR_FD_GetFieldIndex(definition, $0.name) }
    reference = held
    isInTransaction =
      GDALDatasetTestCapability(dataset, "Transactions") != 0 && GDALDatasetStartTransaction(dataset, 0) == OGRERR_NONE
  }

  deinit {
    if let dataset { GDALClose(dataset) }
    if let reference { OSRRelease(reference) }
  }

  private static func check(_ path: String, _ format: VectorFormat, _ layer: VectorLayer) throws(Problem) {
    if format == .shapefile {
      if let long = layer.fields.first(where: { $0.name.utf8.count > 10 }) {
        throw Problem("the field name \(long.name) has more than 10 bytes", remedy: "shorten it for shapefiles")
      }
      // GDAL would otherwise make a folder of that name.
      guard path.lowercased().hasSuffix(".shp") else {
        throw Problem(
          "a shapefile is named .shp, not \(path)", remedy: "write to \(path).shp", exitStatus: .usage)
      }
    }
    guard !format.isAlwaysWGS84 || layer.geometry == .none || layer.coordinateSystem == "EPSG:4326" else {
      throw Problem(
        "\(format.rawValue) is always in WGS 84", remedy: "leave out --crs or use gpkg, fgb or shp", exitStatus: .usage)
    }
  }

  private static func create(
    _ dataset: GDALDatasetH, _ layer: VectorLayer, _ format: VectorFormat, _ reference: OGRSpatialReferenceH?,
    _ hasByteOrderMark: Bool, _ path: String
  ) throws(Problem) -> OGRLayerH {
    let type =
      switch layer.geometry {
      case .none: wkbNone
      case .point: wkbPoint
      case .polygon: wkbPolygon
      case .multiPolygon: format == .shapefile ? wkbPolygon : wkbMultiPolygon
      }
    var choices = creationOptions(format, hasByteOrderMark)
    if !layer.description.isEmpty, format == .geoPackage || format == .geoJSON {
      choices.append("DESCRIPTION=\(layer.description)")
    }
    let options = OptionList(choices)
    guard let created = GDALDatasetCreateLayer(dataset, layer.name, reference, type, options.list) else {
      throw refusal(path, format)
    }
    guard add(layer.fields, to: created) else { throw refusal(path, format) }
    return created
  }

  private static func add(_ fields: [VectorField], to layer: OGRLayerH) -> Bool {
    fields.allSatisfy { field in
      let kind =
        switch field.kind {
        case .text: OFTString
        case .integer: OFTInteger64
        case .real: OFTReal
        }
      guard let definition = OGR_Fld_Create(field.name, kind) else { return false }
      defer { OGR_Fld_Destroy(definition) }
      return OGR_L_CreateField(layer, definition, 0) == OGRERR_NONE
    }
  }

  private static func creationOptions(_ format: VectorFormat, _ hasByteOrderMark: Bool) -> [String] {
    switch format {
    case .geoPackage: ["FID=fid", "GEOMETRY_NAME=geom"]
    case .geoJSON: ["RFC7946=YES", "WRITE_BBOX=NO", "WRITE_NAME=YES"]
    case .flatGeobuf: ["SPATIAL_INDEX=YES"]
    case .shapefile: ["ENCODING=UTF-8", "DBF_DATE_LAST_UPDATE=1970-01-01"]
    case .csv: ["WRITE_BOM=\(hasByteOrderMark ? "YES" : "NO")", "LINEFORMAT=LF", "STRING_QUOTING=IF_NEEDED"]
    case .kml: []
    }
  }

  /// Adds a feature.
  ///
  /// - Parameters:
  ///   - shape: In the coordinates of the layer.
  ///   - values: One per field in their order; `nil` is null.
  ///   - style: OGR style string, which KML keeps and other formats ignore.
  public mutating func write(_ shape: VectorShape, _ values: [FieldValue?], style: String? = nil) throws(Problem) {
    precondition(values.count == fields.count, "one value per field")
    number += 1
    guard let feature = OGR_F_Create(definition) else { throw featureRefusal() }
    defer { OGR_F_Destroy(feature) }
    Self.set(values, at: positions, of: feature)
    if let geometry = Self.geometry(shape) { OGR_F_SetGeometryDirectly(feature, geometry) }
    if let style { OGR_F_SetStyleString(feature, style) }
    guard OGR_L_CreateFeature(layer, feature) == OGRERR_NONE else { throw featureRefusal() }
  }

  private static func set(_ values: [FieldValue?], at positions: [Int32], of feature: OGRFeatureH) {
    for (k, value) in zip(positions, values) where k >= 0 {
      switch value {
      case .text(let text): OGR_F_SetFieldString(feature, k, text)
      case .integer(let number): OGR_F_SetFieldInteger64(feature, k, number)
      case .real(let number) where number.isFinite: OGR_F_SetFieldDouble(feature, k, number)
      case .real, nil: OGR_F_SetFieldNull(feature, k)
      }
    }
  }

  /// Adds a table without geometry to a GeoPackage, such as its styles.
  public mutating func addTable(name: String, fields: [VectorField], rows: [[FieldValue?]]) throws(Problem) {
    let options = OptionList(["FID=id", "ASPATIAL_VARIANT=GPKG_ATTRIBUTES"])
    guard let dataset, let table = GDALDatasetCreateLayer(dataset, name, nil, wkbNone, options.list) else {
      throw featureRefusal()
    }
    guard Self.add(fields, to: table) else { throw featureRefusal() }
    for row in rows {
      guard let feature = OGR_F_Create(OGR_L_GetLayerDefn(table)) else { throw featureRefusal() }
      defer { OGR_F_Destroy(feature) }
      Self.set(row, at: fields.indices.map { Int32($0) }, of: feature)
      guard OGR_L_CreateFeature(table, feature) == OGRERR_NONE else { throw featureRefusal() }
    }
  }

  /// Closes the file and gives it its name.
  public mutating func commit() throws(Problem) {
    guard let open = dataset else { return }
    if isInTransaction, GDALDatasetCommitTransaction(open) != OGRERR_NONE { throw featureRefusal() }
    dataset = nil
    CPLErrorReset()
    // GDALClose tells of a full disk only through the error text.
    GDALClose(open)
    guard CPLGetLastErrorType() != CE_Failure else { throw featureRefusal() }
    if !folderDescription.isEmpty { try KMLDescription.insert(folderDescription, into: staged.stagedPath) }
    try staged.moveIntoPlace()
  }

  private static func geometry(_ shape: VectorShape) -> OGRGeometryH? {
    switch shape {
    case .none: return nil
    case .point(let point):
      let geometry = OGR_G_CreateGeometry(wkbPoint)
      OGR_G_SetPoint_2D(geometry, 0, point.x, point.y)
      return geometry
    case .polygon(let rings): return polygon(rings)
    case .multiPolygon(let polygons):
      let geometry = OGR_G_CreateGeometry(wkbMultiPolygon)
      for rings in polygons { OGR_G_AddGeometryDirectly(geometry, polygon(rings)) }
      return geometry
    }
  }

  private static func polygon(_ rings: [[FilePoint]]) -> OGRGeometryH? {
    let polygon = OGR_G_CreateGeometry(wkbPolygon)
    for points in rings {
      let ring = OGR_G_CreateGeometry(wkbLinearRing)
      OGR_G_SetPointCount(ring, Int32(points.count + 1))
      for (k, point) in (points + points.prefix(1)).enumerated() {
        OGR_G_SetPoint_2D(ring, Int32(k), point.x, point.y)
      }
      OGR_G_AddGeometryDirectly(polygon, ring)
    }
    return polygon
  }

  private static func refusal(_ path: String, _ format: VectorFormat) -> Problem {
    Problem(
      "cannot write \(path) as \(format.rawValue): \(GDALLibrary.takeMessage())",
      remedy: "check that the folder can be written to and that the disk is not full")
  }

  private borrowing func featureRefusal() -> Problem {
    Problem(
      "cannot write \(staged.path), stopped at feature \(number): \(GDALLibrary.takeMessage())",
      remedy: "check that the disk is not full; nothing was left behind under that name")
  }
}
