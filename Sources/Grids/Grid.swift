public import Diagnostics
public import Geometry

/// A grid ready for use: its definition with the projection it names.
public struct Grid: Sendable, Equatable {
  public let definition: GridDefinition
  public let projection: EqualAreaProjection

  /// - Throws: `Problem` (usage) for a projection or levels that make no lattice.
  public init(definition: GridDefinition) throws(Problem) {
    projection = try EqualAreaProjection(projString: definition.crs)
    guard !definition.levelsMetres.isEmpty, definition.levelsMetres.allSatisfy({ $0 > 0 }) else {
      throw Problem(
        "the grid \(definition.name) has no cell sizes", remedy: "give levels_metres such as [3000, 500]",
        exitStatus: .usage)
    }
    for (coarse, fine) in zip(definition.levelsMetres, definition.levelsMetres.dropFirst()) {
      guard fine < coarse, coarse % fine == 0 else {
        throw Problem(
          "a cell of \(fine) m does not divide one of \(coarse) m",
          remedy: "order levels_metres from coarse to fine, each dividing the one before", exitStatus: .usage)
      }
    }
    self.definition = definition
  }

  /// Side of the coarsest cells, metres: the level of hotspots and targets.
  public var coarsestMetres: Int32 { definition.levelsMetres[0] }

  /// The lattice of one level. - Throws: `Problem` (usage) for a size the grid does not have.
  public func lattice(sizeMetres: Int32) throws(Problem) -> Lattice {
    guard let lattice = definition.lattice(sizeMetres: sizeMetres) else {
      throw Problem(
        "the grid \(definition.name) has no cells of \(sizeMetres) m",
        remedy: "use one of \(definition.levelsMetres.map { "\($0)" }.joined(separator: ", "))", exitStatus: .usage)
    }
    return lattice
  }

  /// The cell of a position. - Returns: `nil` when the grid has no such level or the position is too far away.
  public func cell(at position: LonLat, sizeMetres: Int32) -> CellID? {
    definition.lattice(sizeMetres: sizeMetres)?.cell(at: projection.forward(position))
  }
}

extension GridDefinition {
  /// The national lattice with the 28 cities of the 2017-18 campaign: the same as `grids/2p26.yml`.
  public static let national2p26 = GridDefinition(
    name: "2p26",
    crs: "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=GRS80 +units=m",
    origin: Origin(x: -3_000_000, y: 0), levelsMetres: [3000, 500],
    region: RegionDefinition(
      name: "2p26",
      codes: [
        "110000", "120000", "130100", "130200", "130400", "130500", "130600", "130900", "131000", "131100", "140100",
        "140300", "140400", "140500", "370100", "370300", "370800", "371400", "371500", "371600", "371700", "410100",
        "410200", "410500", "410600", "410700", "410800", "410900",
      ]))

  /// Whether a county belongs to the region: by its own code or its city's.
  public func includes(_ county: County) -> Bool {
    region.codes.contains(county.cityCode) || region.codes.contains(county.code)
  }
}
