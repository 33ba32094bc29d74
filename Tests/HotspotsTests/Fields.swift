import Grids
import Quantities

func cell(_ column: Int32, _ row: Int32) -> CellID { CellID(sizeMetres: 3000, column: column, row: row) }

/// A field from values on arbitrary cells; neither variance nor coverage is known unless given.
func field(_ pairs: [(CellID, Double)], variance: Double = .nan) -> CellField {
  let sorted = pairs.sorted { $0.0 < $1.0 }
  return CellField(
    cells: sorted.map(\.0), values: sorted.map(\.1), variances: [Double](repeating: variance, count: pairs.count),
    counts: [Int32](repeating: 1, count: pairs.count), coverages: [Double](repeating: .nan, count: pairs.count))
}

/// A square field, value by column and row.
func square(side: Int32, _ value: (Int32, Int32) -> Double) -> CellField {
  field((0..<side).flatMap { row in (0..<side).map { (cell($0, row), value($0, row)) } })
}

let november = Period.day(LocalDay(ordinal: 17_491))
