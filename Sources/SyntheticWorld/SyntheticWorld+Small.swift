public import Diagnostics
internal import Grids

extension SyntheticWorld {
  /// A campaign on a rectangle of 60 by 40 cells in ten made-up counties, for what needs firms and no map.
  ///
  /// - Throws: When the built-in grid cannot be made.
  public static func small(_ options: SyntheticOptions) throws(Problem) -> SyntheticWorld {
    let grid = try Grid(definition: .national2p26)
    let lattice = try grid.lattice(sizeMetres: grid.coarsestMetres)
    let cells = (0..<40).flatMap { row in
      (0..<60).map { CellID(sizeMetres: lattice.sizeMetres, column: 1250 + Int32($0), row: 1350 + Int32(row)) }
    }
    let counties = (1...10).map {
      County(
        code: "1301\($0 < 10 ? "0" : "")\($0)", name: "合成县\($0)", cityCode: "130100", cityName: "合成市",
        provinceName: "合成省")
    }
    let region = Region(
      name: "synthetic", lattice: lattice, counties: counties, cells: cells,
      shareStarts: (0...cells.count).map { Int32($0) }, shareCounties: cells.map { ($0.column - 1250) / 6 },
      shares: cells.map { _ in 1 })
    return SyntheticWorld(options: options, region: region, grid: grid)
  }
}
