/// What a grid file (`grids/*.yml`) says: the projection, the lattice and the region.
public struct GridDefinition: Hashable, Sendable, Codable {
  public struct Origin: Hashable, Sendable, Codable {
    /// Projected metres.
    public let x: Double
    /// Projected metres.
    public let y: Double
  }

  public struct RegionDefinition: Hashable, Sendable, Codable {
    /// Short name used in file names, such as `2p26`.
    public let name: String
    /// GB/T 2260 codes of prefecture-level cities (or of single counties) that make up the region.
    public let codes: [String]
  }

  public let name: String
  /// PROJ string of an equal-area system in metres.
  public let crs: String
  public let origin: Origin
  /// Sides of the cells in metres, coarsest first; each divides the one before.
  public let levelsMetres: [Int32]
  public let region: RegionDefinition

  enum CodingKeys: String, CodingKey {
    case name, crs, origin, region
    case levelsMetres = "levels_metres"
  }

  /// The same grid with one level of another size and its origin moved; its cell ids have nothing to do with ours.
  ///
  /// - Parameters: `dx`, `dy`: Projected metres.
  public func moved(sizeMetres: Int32, dx: Double, dy: Double) -> GridDefinition {
    GridDefinition(
      name: "\(name) moved by \(dx), \(dy) m", crs: crs, origin: Origin(x: origin.x + dx, y: origin.y + dy),
      levelsMetres: [sizeMetres], region: region)
  }

  /// The lattice of one level. - Returns: `nil` when the grid has no level of that size.
  public func lattice(sizeMetres: Int32) -> Lattice? {
    guard levelsMetres.contains(sizeMetres) else { return nil }
    return Lattice(originX: origin.x, originY: origin.y, sizeMetres: sizeMetres)
  }
}
